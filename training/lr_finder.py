"""The rate at which a network learns fastest: ever larger steps, and where the loss falls steepest.

The range test of Smith (2017), as the paper's 5.1 and figure 10 use it. S steps.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import nn

from training.films import Whole
from training.learner import optimizer_of, to_learn
from training.lecture import NoNumber, lecture
from training.lesson import Lesson
from training.machine import Machine
from training.metrics import Floats

DIVERGED = 2.0
"""Times the first loss, at which larger steps tell nothing more."""
LEAST_FALL = 0.03
"""Of the loss at the start; less is chance."""
FEWEST = 10
"""Steps at the start whose mean loss is that of a network that has learnt nothing yet."""
WINDOW = 12
"""Part of the steps, one in so many, over which losses are averaged for a slope: batches differ."""


class Ramp(BaseModel):
    """From which rate to which."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lowest: float = Field(gt=0, le=1)
    highest: float = Field(gt=0, le=10)
    steps: int = Field(gt=2 * FEWEST, le=100_000)
    """Steps; after the last film the first come again, in another order."""

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
    """float64[S], step by step."""
    means: Floats
    """float64[S], of the steps around each."""
    chosen: float | None
    reason: str
    """Why none is chosen; else empty."""


def ramped(net: nn.Module, lesson: Lesson, ramp: Ramp) -> Ramped:
    """Train `net` with ever larger steps of its optimizer; it is of no use afterwards.

    Uses training films only, weighted and varied as in training.
    """
    machine = Machine(lesson.plan.precision)
    given = lecture(net, lesson, machine)
    optimizer = machine.optimizer(optimizer_of(net, lesson.plan))
    seen: list[float] = []
    to_learn(given.learning)
    for rate, step in zip(ramp.rates, given.steps(_without_end(lesson)), strict=False):
        for group in optimizer.param_groups:
            group["lr"] = float(rate)
        optimizer.zero_grad(set_to_none=True)
        try:
            seen.append(given.gather(step))
        except NoNumber:
            break
        optimizer.step()
        if np.mean(seen[-FEWEST:]) > DIVERGED * seen[0]:
            break
    rates, losses = ramp.rates[: len(seen)], np.array(seen)
    means = around(losses)
    chosen, reason = steepest(rates, means)
    return Ramped(rates=rates, losses=losses, means=means, chosen=chosen, reason=reason)


def around(losses: Floats) -> Floats:
    """float64[S]: the mean of the steps on both sides, so that it stands where its losses are."""
    if not len(losses):
        return losses
    half = len(losses) // (2 * WINDOW)
    padded = np.pad(losses, half, mode="edge")
    return np.convolve(padded, np.ones(2 * half + 1) / (2 * half + 1), "valid")


def steepest(rates: Floats, means: Floats) -> tuple[float | None, str]:
    """The rate at which the loss falls fastest per factor of the rate, before it is least.

    None, and a reason, where it hardly falls, or there are too few steps to say.
    """
    if len(means) <= 2 * FEWEST:
        return None, f"the loss ran away within {len(means)} steps; begin at a lower rate"
    lowest = FEWEST + int(np.argmin(means[FEWEST:]))
    if means[lowest] > (1 - LEAST_FALL) * means[:FEWEST].mean():
        return None, "the loss hardly falls on the way up; take more steps, or look at the films"
    if lowest < FEWEST + 2:
        return None, "the loss is least at the start; begin at a lower rate"
    slopes = np.gradient(means[FEWEST : lowest + 1], np.log10(rates[FEWEST : lowest + 1]))
    return float(rates[FEWEST + int(np.argmin(slopes))]), ""


def _without_end(lesson: Lesson) -> Iterator[list[Whole]]:
    while True:
        yield from lesson.order()
