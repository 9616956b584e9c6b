"""The flow of films through the stages: what every source gave, and where it left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from curation.pages.counts import Stop, stops

WIDTH, TOP, TALL = 1080.0, 46.0, 250.0
"""Of the drawing: width, first line of the bands, height of all films that came in."""
LEFT, RIGHT, BAR, GAP, FALL, LINE = 124.0, 64.0, 12.0, 5.0, 56.0, 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A ribbon or a bar of one source."""

    path: str
    colour: int
    """Number of the source: the style sheet knows its colour."""
    title: str
    kind: str
    """ribbon | bar, with " leaving" behind it for films that leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Words at a place."""

    x: float
    y: float
    words: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The drawing, ready to be printed."""

    height: float
    bands: Sequence[Band]
    labels: Sequence[Label]
    width: float = WIDTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One stage as a piece of the drawing."""

    x: float
    wide: float
    stop: Stop
    before: Mapping[str, int]
    """Source -> its films when the stage began."""
    scale: float
    """Height of one film."""
    floor: float
    """Where the bars of those that left begin."""

    @property
    def after(self) -> dict[str, int]:
        return {key: n - self.stop.left.get(key, 0) for key, n in self.before.items()}

    @property
    def out(self) -> float:
        """Left edge of the bars of those that left."""
        return self.x + self.wide * 0.42


def drawn(kept: pd.DataFrame, rejected: pd.DataFrame, sources: Sequence[str]) -> Flow:
    """The flow as ribbons from left to right, one colour for each source."""
    line = stops(kept, rejected)
    wide = (WIDTH - LEFT - RIGHT - BAR) / len(line)
    scale = TALL / max(line[0].came_in, 1)
    floor = TOP + TALL + GAP * len(sources) + FALL
    now = {
        key: int((kept["source"] == key).sum() + (rejected["source"] == key).sum())
        for key in sources
    }
    labels = [
        *_names(now, scale),
        Label(x=LEFT, y=TOP - 26, words="came in", kind="stage"),
        Label(x=LEFT, y=TOP - 10, words=str(line[0].came_in), kind="count"),
    ]
    bands: list[Band] = []
    for number, stop in enumerate(line):
        step = Step(x=LEFT + number * wide, wide=wide, stop=stop, before=now, scale=scale,
                    floor=floor)  # fmt: skip
        bands += _bands(step)
        labels += _labels(step)
        now = step.after
    bands += _pillar(now, WIDTH - RIGHT - BAR, scale)
    return Flow(height=max(label.y for label in labels) + LINE, bands=bands, labels=labels)


def _bands(step: Step) -> list[Band]:
    """The bars at the left edge of a step and the ribbons that leave them."""
    made = _pillar(step.before, step.x, step.scale)
    left, right, down, edge = TOP, TOP, step.floor, step.x + BAR
    for colour, key in enumerate(step.before):
        stay, gone = step.after[key], step.before[key] - step.after[key]
        tall, lost = stay * step.scale, gone * step.scale
        if stay:
            path = _ribbon((edge, left), (step.x + step.wide, right), tall)
            title = f"{key}: {stay} stayed at {step.stop.stage}"
            made.append(Band(path=path, colour=colour, title=title, kind="ribbon"))
        if gone:
            path = _ribbon((edge, left + tall), (step.out, down), lost)
            title = f"{key}: {gone} left at {step.stop.stage}"
            made.append(Band(path=path, colour=colour, title=title, kind="ribbon leaving"))
            path = _bar((step.out, down), lost)
            made.append(Band(path=path, colour=colour, title=title, kind="bar leaving"))
        left, right, down = left + tall + lost + GAP, right + tall + GAP, down + lost
    return made


def _pillar(now: Mapping[str, int], x: float, scale: float) -> list[Band]:
    """One bar per source, from the top down."""
    made, y = [], TOP
    for colour, (key, n) in enumerate(now.items()):
        if n:
            made.append(
                Band(path=_bar((x, y), n * scale), colour=colour, title=f"{key}: {n}", kind="bar")
            )
        y += n * scale + GAP
    return made


def _bar(corner: tuple[float, float], tall: float) -> str:
    # A single film among thousands is still to be seen.
    return f"M{corner[0]:.1f} {corner[1]:.2f}h{BAR:.1f}v{max(tall, 0.6):.2f}h-{BAR:.1f}z"


def _ribbon(start: tuple[float, float], end: tuple[float, float], tall: float) -> str:
    (x0, y0), (x1, y1), tall = start, end, max(tall, 0.6)
    middle = (x0 + x1) / 2
    return (
        f"M{x0:.1f} {y0:.2f}C{middle:.1f} {y0:.2f} {middle:.1f} {y1:.2f} {x1:.1f} {y1:.2f}"
        f"v{tall:.2f}C{middle:.1f} {y1 + tall:.2f} {middle:.1f} {y0 + tall:.2f} "
        f"{x0:.1f} {y0 + tall:.2f}z"
    )


def _names(before: Mapping[str, int], scale: float) -> list[Label]:
    made: list[Label] = []
    y = TOP
    for key, count in before.items():
        tall = count * scale
        if count:
            # A thin band's name must not stand on that of the band above it.
            at = max(y + tall / 2 + 4, made[-1].y + LINE if made else 0.0)
            made.append(Label(x=LEFT - 8, y=at, words=key, kind="source"))
        y += tall + GAP
    return made


def _labels(step: Step) -> list[Label]:
    """What stands over the end of a step, and under those that left."""
    stop, end = step.stop, step.x + step.wide
    made = [
        Label(x=end, y=TOP - 26, words=stop.stage, kind="stage"),
        Label(x=end, y=TOP - 10, words=str(stop.kept), kind="count"),
    ]
    if stop.rejected:
        y = step.floor + stop.rejected * step.scale + LINE
        made.append(Label(x=step.out, y=y, words=f"\u2212{stop.rejected}", kind="count"))
        for number, (reason, n) in enumerate(stop.reasons.items(), start=1):
            words = f"{n} {reason.replace('_', ' ')}"
            made.append(Label(x=step.out, y=y + LINE * number, words=words, kind="reason"))
    return made
