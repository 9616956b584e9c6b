"""What a probe gives: figures with intervals, controls, or the reason why there are none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from pydantic import Field

from manifests.contract.association import wilson
from training.metrics import ENOUGH, Floats, interval
from training.predictions import DIGITS
from training.shortcuts.asked import Asked
from training.telling import Asking as Telling


class Asking(Telling):
    """How the probes learn, and how they are judged."""

    least_groups: int = Field(ge=2, le=10_000)
    """Groups of each label, or source; one with fewer is left out."""
    shuffles: int = Field(ge=10, le=1000)
    """Rounds of labels dealt anew, for each of the controls."""
    worst: int = Field(ge=0, le=1000)
    """Films named per probe: those whose label it is surest of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A value and its interval; without a value nothing could be compared."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """The same where labels were dealt anew: `chance` must lie in the interval."""

    mean: float
    low: float
    high: float
    chance: float
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one probe found; without figures it has a reason."""

    found: Figure = Figure()
    within: Figure = Figure()
    """Where only films of one source are compared."""
    controls: Mapping[str, Control] = field(default_factory=dict)
    films: int = 0
    groups: int = 0
    names: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    reason: str | None = None
    known_best: Sequence[tuple[int, float]] = ()
    """Rows of the prepared table whose label it is surest of, and how sure, 0 to 1."""


def of(asked: Asked, reason: str | None = None) -> Measured:
    """The films alone, with the reason why no more is known."""
    return Measured(
        films=len(asked.places), groups=len(set(asked.groups)), names=asked.names,
        left_out=asked.left_out, reason=reason or asked.reason,
    )  # fmt: skip


def figure(value: float, drawn: Floats, groups: int, confidence: float) -> Figure:
    """`value` with the interval of its resamples.

    A perfect value is perfect in every resample, which says nothing of how sure one may be: then
    Wilson's interval for as many trials as the rarest label has `groups` stands in.
    """
    if np.isnan(value):
        return Figure()
    span = interval(drawn, confidence)
    if span is None and np.isnan(drawn).mean() < ENOUGH:
        span = wilson(min(1.0, max(0.0, value)), groups, confidence)
    low, high = (round(end, DIGITS) for end in span) if span else (None, None)
    return Figure(value=round(value, DIGITS), low=low, high=high)


def control(drawn: Floats, chance: float, confidence: float) -> Control | None:
    """The middle `confidence` of rounds; None where no round could be judged.

    Rounds that are all the same, as where each source has one label, were not dealt anew at all.
    """
    known = drawn[~np.isnan(drawn)]
    if not len(known) or np.ptp(known) == 0:
        return None
    tail = (1 - confidence) / 2
    low, high = (round(float(end), DIGITS) for end in np.quantile(known, [tail, 1 - tail]))
    mean = round(float(known.mean()), DIGITS) + 0.0  # never -0.0
    return Control(mean=mean, low=low, high=high, chance=chance, holds=low <= chance <= high)
