"""The rate at which a network learns fastest: ever larger steps, and where the loss falls steepest.

The range test of Smith (2017), as the paper's 5.1 and figure 10 use it. S steps.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import nn

from training.films import Whole
from training.learner import to_learn
from training.loop import Lesson, NoNumber, gather
from training.metrics import Floats

DIVERGED = 2.0
"""Times the loss at the start, at which larger steps tell nothing more."""
LEAST_FALL = 0.01
"""Of the first loss; less is chance."""
FEWEST = 10
"""Steps that a slope is read from at least."""


class Ramp(BaseModel):
    """From which rate to which."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lowest: float = Field(gt=0, le=1)
    highest: float = Field(gt=0, le=10)
    steps: int = Field(ge=FEWEST, le=100_000)
    """Steps; after the last film the first come again, in another order."""
    smoothing: float = Field(ge=0, lt=1)
    """Weight of what was before in the running mean of the loss."""

    @model_validator(mode="after")
    def _rises(self) -> "Ramp":
        if self.highest <= self.lowest:
            raise ValueError("highest is not above lowest; a ramp goes up")
        return self

    @property
    def rates(self) -> Floats:
        """float64[steps], each the same factor above the one before."""
        return np.geomspace(self.lowest, self.highest, self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramped:
    """What the losses were on the way up, and the rate to take."""

    rates: Floats
    """float64[S]; fewer than asked for where the loss ran away."""
    losses: Floats
    """float64[S], running means."""
    chosen: float | None
    """None where the loss never fell."""


def ramped(net: nn.Module, lesson: Lesson, ramp: Ramp) -> Ramped:
    """Train `net` with ever larger steps of Adam; it is of no use afterwards.

    Uses training films only, weighted and varied as in training.
    """
    weights = lesson.weights().to(next(net.parameters()).device)
    adam = torch.optim.Adam((p for p in net.parameters() if p.requires_grad), lr=ramp.lowest)
    means: list[float] = []
    running = 0.0
    to_learn(net)
    for step, (rate, batches) in enumerate(zip(ramp.rates, _without_end(lesson), strict=False), 1):
        for group in adam.param_groups:
            group["lr"] = float(rate)
        adam.zero_grad(set_to_none=True)
        try:
            loss = gather(net, lesson, batches, weights)
        except NoNumber:
            break
        adam.step()
        running = ramp.smoothing * running + (1 - ramp.smoothing) * loss
        # The first means would lean towards the zero that they began with.
        means.append(running / (1 - ramp.smoothing**step))
        if means[-1] > DIVERGED * means[0]:
            break
    rates, losses = ramp.rates[: len(means)], np.array(means)
    return Ramped(rates=rates, losses=losses, chosen=steepest(rates, losses))


def steepest(rates: Floats, losses: Floats) -> float | None:
    """The rate at which the loss falls fastest per factor of the rate, before it is least.

    None where it never falls, or there are too few steps to say.
    """
    lowest = int(np.argmin(losses)) if len(losses) else 0
    if lowest < FEWEST or losses[lowest] > (1 - LEAST_FALL) * losses[0]:
        return None
    slopes = np.gradient(losses[: lowest + 1], np.log10(rates[: lowest + 1]))
    return float(rates[int(np.argmin(slopes))])


def _without_end(lesson: Lesson) -> Iterator[list[Whole]]:
    while True:
        yield from lesson.order()
