"""Line drawings of figures: learning curves and ROC curves, as geometry for an SVG."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

WIDTH, HEIGHT = 440.0, 260.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 14.0, 12.0, 40.0
MOST_TICKS = 6
MOST_POINTS = 240
"""A longer line is thinned: the eye sees no more on this width."""
Point = tuple[float, float]


class Band(NamedTuple):
    """The lower and the upper ends of an interval along a line."""

    low: Sequence[Point]
    high: Sequence[Point]


NO_BAND = Band((), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line and its name; `path` is in the drawing's own units."""

    name: str
    number: int
    """Chooses colour and dash."""
    path: str
    end: Point | None
    values: str
    """What its points stand for, in their order: "x y,x y"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on an axis."""

    at: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing of lines, with a sentence for those who cannot see it."""

    across: str
    up: str
    told: str
    lines: Sequence[Line]
    band: str
    """A path around the interval of the first line; empty where there is none."""
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    right: float = WIDTH - RIGHT
    top: float = TOP
    bottom: float = HEIGHT - BOTTOM


def chart(  # noqa: PLR0913 - each is one thing that a drawing is made of
    series: dict[str, list[Point]], across: str, up: str, told: str, *, is_share: bool,
    band: Band = NO_BAND,
) -> Chart | None:  # fmt: skip
    """The series over common axes, or None where there is no point; `is_share`: 0 to 1 upwards.

    `band` is the interval of the first series.
    """
    points = [point for line in (*series.values(), *band) for point in line]
    if not points:
        return None
    xs, ys = [x for x, _ in points], [y for _, y in points]
    x_ticks = ticks(min(xs), max(xs), whole=not is_share or max(xs) > 1)
    y_ticks = [n / 5 for n in range(6)] if is_share else ticks(min(0.0, *ys), max(ys))
    x_span, y_span = _span(x_ticks, min(xs), max(xs)), _span(y_ticks, min(ys), max(ys))

    def place(point: Point) -> Point:
        x = LEFT + (point[0] - x_span[0]) / (x_span[1] - x_span[0]) * (WIDTH - LEFT - RIGHT)
        y = (
            HEIGHT
            - BOTTOM
            - (point[1] - y_span[0]) / (y_span[1] - y_span[0]) * (HEIGHT - TOP - BOTTOM)
        )
        return x, y

    return Chart(
        across=across, up=up, told=told,
        lines=[_line(name, number, thinned(line), place)
               for number, (name, line) in enumerate(series.items())],
        band=_around(band, place),
        x_ticks=[Tick(at=place((x, 0))[0], words=f"{x:g}") for x in x_ticks],
        y_ticks=[Tick(at=place((0, y))[1], words=f"{y:g}") for y in y_ticks],
    )  # fmt: skip


def ticks(low: float, high: float, *, whole: bool = False) -> list[float]:
    """Round numbers that hold [low, high] between them."""
    span = max(high - low, 1e-9)
    size = 10.0 ** math.floor(math.log10(span))
    step = next(size * part for part in (0.2, 0.5, 1, 2, 5) if span / (size * part) <= MOST_TICKS)
    if whole:
        step = max(1.0, math.ceil(step))
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(n * step, 10) for n in range(first, max(last, first + 1) + 1)]


def thinned(line: Sequence[Point]) -> list[Point]:
    """At most `MOST_POINTS` of the points, the first and the last among them."""
    if len(line) <= MOST_POINTS:
        return list(line)
    steps = (len(line) - 1) / (MOST_POINTS - 1)
    return [line[round(number * steps)] for number in range(MOST_POINTS)]


def column(table: pd.DataFrame, across: str, up: str) -> list[Point]:
    """The points of two columns; a row with an empty cell is no point."""
    if not {across, up} <= set(table.columns):
        return []
    pairs: Iterable[tuple[object, object]] = zip(
        pd.to_numeric(table[across], errors="coerce"),
        pd.to_numeric(table[up], errors="coerce"), strict=True,
    )  # fmt: skip
    points = [(float(str(x)), float(str(y))) for x, y in pairs]
    return [point for point in points if math.isfinite(point[0]) and math.isfinite(point[1])]


def _line(name: str, number: int, given: Sequence[Point], place: Callable[[Point], Point]) -> Line:
    points = [place(point) for point in given]
    path = _path(points)
    values = ",".join(f"{x:.4g} {y:.4g}" for x, y in given)
    return Line(
        name=name, number=number, path=path, end=points[-1] if points else None, values=values
    )


def _around(band: Band, place: Callable[[Point], Point]) -> str:
    edge = [*thinned(band.low), *reversed(thinned(band.high))]
    return _path([place(point) for point in edge]) + ("Z" if edge else "")


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) if points else ""


def _span(marks: Sequence[float], low: float, high: float) -> Point:
    return min(low, *marks), max(high, *marks)
