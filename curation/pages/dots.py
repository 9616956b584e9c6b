"""Line drawings of figures in rows: a dot for each series, with its interval where there is one.

Names stand above their rows, not beside them, so that the drawing can be read on a telephone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curation.pages.charts import Tick, ticks

WIDTH, LEFT, RIGHT = 440.0, 18.0, 22.0
NAME, STEP, BELOW = 20.0, 13.0, 42.0
"""Heights of a name, of a line of dots under it, and of the axis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A figure with its interval; what does not exist is None."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One figure: its place, the ends of its interval, the number of its colour, and in words."""

    x: float
    y: float
    low: float | None
    high: float | None
    number: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The name of a row, above its dots."""

    y: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dots:
    """A drawing of rows, with a sentence for those who cannot see it."""

    told: str
    across: str
    series: Sequence[str]
    names: Sequence[Named]
    dots: Sequence[Dot]
    ticks: Sequence[Tick]
    rule: float | None
    """Where a line stands across all rows: what chance would give."""
    bottom: float
    height: float
    left: float = LEFT
    right: float = WIDTH - RIGHT
    width: float = WIDTH


def dots(
    rows: Mapping[str, Sequence[Score]], series: Sequence[str], across: str, told: str,
    rule: float | None = None,
) -> Dots | None:  # fmt: skip
    """The rows over one axis that holds all of them; None where there is no figure.

    Intervals would hide each other, so each series has a line of its own; dots share one.
    """
    known = [
        end for scores in rows.values() for score in scores
        for end in (score.value, score.low, score.high) if end is not None
    ]  # fmt: skip
    if not known:
        return None
    marks = ticks(min([*known, *_given(rule)]), max([*known, *_given(rule)]))
    low, high = min(marks), max(marks)

    def at(value: float) -> float:
        return LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    names, made, y = [], [], 0.0
    for name, scores in rows.items():
        y += NAME
        names.append(Named(y=y - 5, words=name))
        has_spans = any(score.low is not None for score in scores)
        for number, score in enumerate(scores):
            if score.value is not None:
                ends = (None if end is None else at(end) for end in (score.low, score.high))
                made.append(Dot(
                    x=at(score.value), y=y + STEP / 2, low=next(ends), high=next(ends),
                    number=number, words=f"{name}, {series[number]}: {_said(score)}",
                ))  # fmt: skip
            y += STEP if has_spans or number == len(scores) - 1 else 0
    return Dots(
        told=told, across=across, series=series, names=names, dots=made,
        ticks=[Tick(at=at(mark), words=f"{mark:g}") for mark in marks],
        rule=None if rule is None else at(rule), bottom=y + 6, height=y + BELOW,
    )  # fmt: skip


def _said(score: Score) -> str:
    if score.value is None or score.low is None or score.high is None:
        return f"{score.value:.3g}"
    return f"{score.value:.3g} ({score.low:.3g} to {score.high:.3g})"


def _given(value: float | None) -> list[float]:
    return [] if value is None else [value]
