"""How far the grey levels of sources lie apart: Kolmogorov-Smirnov distances of their histograms.

N films, S sources, U groups.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

from manifests.contract.prepared import Prepared
from training.films import Whole
from training.frames import image_channel
from training.metrics import Floats

LEVELS = 256
Levels = npt.NDArray[np.int64]
"""int64[..., 256]: how many pixels have each grey level."""


def level_counts(prepared: Prepared, places: Whole) -> Levels:
    """int64[N, 256] of the channel `image` (or the first) of each film."""
    channel = image_channel(prepared)
    made = np.zeros((len(places), LEVELS), np.int64)
    for n, place in enumerate(places):
        film = prepared.stack(int(place))[:, :, channel]
        made[n] = np.bincount(film.reshape(-1), minlength=LEVELS)
    return made


def pooled(counts: Levels, targets: Whole, sources: int) -> Levels:
    """int64[S, 256]: the pixels of all films of each source together."""
    return np.stack([counts[targets == n].sum(0) for n in range(sources)])


def shares(by_source: Levels, bins: int) -> Floats:
    """float64[S, `bins`]: how much of each source's pixels lies in each of so many equal bins."""
    binned = by_source.reshape(len(by_source), bins, -1).sum(2)
    return np.asarray(binned / np.maximum(binned.sum(1, keepdims=True), 1), np.float64)


def distance(one: Levels, other: Levels) -> float:
    """The Kolmogorov-Smirnov distance of two histograms: 0 if alike, 1 if no level is shared.

    The largest gap between the shares of pixels up to a level; what scipy's `ks_2samp` gives for
    the pixels themselves. Raises `ValueError` for a histogram without pixels.
    """
    if not one.sum() or not other.sum():
        raise ValueError("a histogram without pixels has no distance to another")
    gap = np.cumsum(one) / one.sum() - np.cumsum(other) / other.sum()
    return float(np.abs(gap).max())


def to_the_rest(by_source: Levels) -> Floats:
    """float64[S]: the distance of each source to the pixels of all others together; S >= 2."""
    every = by_source.sum(0)
    return np.array([distance(own, every - own) for own in by_source])


def between(by_source: Levels) -> Floats:
    """float64[S, S]: the distance of each source to each other one."""
    return np.array([[distance(a, b) for b in by_source] for a in by_source])


def by_chance(
    counts: Levels, targets: Whole, groups: Sequence[str], times: int, generator: torch.Generator
) -> Floats:
    """float64[`times`]: the mean of `to_the_rest` where sources are dealt out to groups at random.

    What few films give although nothing tells their sources apart. A group keeps its films; one
    that two sources share counts as two.
    """
    units, own = np.unique([f"{n} {name}" for n, name in zip(targets, groups, strict=True)],
                           return_inverse=True)  # fmt: skip
    source = np.array([int(unit.split()[0]) for unit in units])
    by_unit = np.zeros((len(units), LEVELS), np.int64)
    np.add.at(by_unit, own, counts)
    made = np.empty(times)
    for n in range(times):
        dealt = source[torch.randperm(len(units), generator=generator).numpy()]
        made[n] = to_the_rest(pooled(by_unit, dealt, int(source.max()) + 1)).mean()
    return made
