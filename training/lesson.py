"""What a network learns from before it is judged, and in which order.

C classes, N films.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from training.balance import Draw, draw_of
from training.data import Look, portions
from training.films import Films, Whole, class_weights
from training.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """Films to learn from, films to choose the best epoch by, and how to go about it."""

    train: Films
    val: Films
    look: Look
    plan: Plan
    generator: torch.Generator

    @property
    def steps(self) -> int:
        """Steps in all epochs."""
        return self.plan.epochs * -(-self.drawn // (self.plan.batch * self.plan.accumulate))

    @property
    def draw(self) -> Draw:
        """Which films come how often."""
        return draw_of(self.train, self.plan.balance)

    @property
    def drawn(self) -> int:
        """Films in an epoch; where sources or labels are balanced some come again."""
        return self.draw.drawn

    @property
    def least_batch(self) -> int:
        """Films in the smallest batch: steps are nearly equal parts, and so are their batches."""
        step = self.drawn // -(-self.drawn // (self.plan.batch * self.plan.accumulate))
        return step // -(-step // self.plan.batch)

    def weights(self) -> Tensor:
        """float32[C]: what a film of each label weighs; the same for all where they are even."""
        films = self.train
        return class_weights(
            np.bincount(films.targets, self.draw.rates, minlength=len(films.labels))
        )

    def order(self) -> Iterator[list[Whole]]:
        """The batches of each step of one epoch, films by their numbers in `train`."""
        plan, films = self.plan, self.draw.epoch(self.generator)
        for picked in portions(len(films), plan.batch * plan.accumulate, self.generator):
            yield np.array_split(films[picked], -(-len(picked) // plan.batch))
