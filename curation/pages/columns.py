"""Drawings of counts: films by a number of theirs, those that stayed beside those that left."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from curation.pages.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Tick, ticks


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A part of a column; `number` chooses its colour, `words` say what it counts."""

    x: float
    y: float
    width: float
    height: float
    number: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A line across all columns: a threshold."""

    at: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A drawing of columns, with a sentence for those who cannot see it."""

    told: str
    across: str
    series: Sequence[str]
    bars: Sequence[Bar]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    rule: Rule | None
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    top: float = TOP
    bottom: float = HEIGHT - BOTTOM


def columns(
    series: Mapping[str, Sequence[float]], edges: Sequence[float], across: str, told: str,
    threshold: float | None = None,
) -> Columns | None:  # fmt: skip
    """The series on top of each other in bins between `edges`; None where nothing is counted.

    A bin holds its left edge and not its right one, but for the last, which holds both.
    """
    counts = np.array([np.histogram(list(values), edges)[0] for values in series.values()])
    if not counts.size or not counts.sum():
        return None
    y_ticks = ticks(0, int(counts.sum(0).max()), whole=True)
    wide = WIDTH - LEFT - RIGHT
    tall = HEIGHT - TOP - BOTTOM

    def at(value: float) -> float:
        return LEFT + (value - edges[0]) / (edges[-1] - edges[0]) * wide

    scale = tall / y_ticks[-1]
    return Columns(
        told=told, across=across, series=list(series),
        bars=_bars(counts, list(series), edges, at, scale),
        x_ticks=[Tick(at=at(x), words=f"{x:g}") for x in ticks(edges[0], edges[-1])
                 if edges[0] <= x <= edges[-1]],
        y_ticks=[Tick(at=HEIGHT - BOTTOM - y * scale, words=f"{y:g}")
                 for y in y_ticks],
        rule=None if threshold is None else Rule(at=at(threshold), words=f"{threshold:g}"),
    )  # fmt: skip


def _bars(
    counts: npt.NDArray[np.int64], names: Sequence[str],
    edges: Sequence[float], at: Callable[[float], float], scale: float,
) -> list[Bar]:  # fmt: skip
    made = []
    for n, (low, high) in enumerate(pairwise(edges)):
        y = HEIGHT - BOTTOM
        for number, count in enumerate(int(own[n]) for own in counts):
            if not count:
                continue
            y -= count * scale
            made.append(Bar(
                x=at(low) + 0.5, y=y, width=at(high) - at(low) - 1, height=count * scale,
                number=number, words=f"{low:g} to {high:g}: {count} {names[number]}",
            ))  # fmt: skip
    return made
