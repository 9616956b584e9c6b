"""What a network learns from before it is judged, and in which order.

C classes, N films.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from training.data import Look, evenly, portions
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
    def drawn(self) -> int:
        """Films in an epoch; with up-sampling some come again."""
        counts = self.train.counts
        is_even = self.plan.upsampling
        return int((counts > 0).sum() * counts.max()) if is_even else len(self.train)

    @property
    def least_batch(self) -> int:
        """Films in the smallest batch: steps are nearly equal parts, and so are their batches."""
        step = self.drawn // -(-self.drawn // (self.plan.batch * self.plan.accumulate))
        return step // -(-step // self.plan.batch)

    def weights(self) -> Tensor:
        """float32[C]: what a film of each label weighs; the same for all where they are even."""
        weights = class_weights(self.train)
        return (weights > 0).float() if self.plan.upsampling else weights

    def order(self) -> Iterator[list[Whole]]:
        """The batches of each step of one epoch, films by their numbers in `train`."""
        plan, films = self.plan, None
        if plan.upsampling:
            films = evenly(self.train.targets, self.generator)
        for picked in portions(self.drawn, plan.batch * plan.accumulate, self.generator):
            numbers = picked if films is None else films[picked]
            yield np.array_split(numbers, -(-len(numbers) // plan.batch))
