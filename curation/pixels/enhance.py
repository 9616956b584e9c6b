"""Contrast enhancement of a film (paper 3.2), where it can be as a table from level to level.

Every function is pure: uint8[H, W] -> uint8[H, W], the film itself untouched, at least one pixel.
A table of 256 entries costs as much as a small film does, so that large films come almost free.
"""

import cv2
import numpy as np
import numpy.typing as npt

from curation.pixels.histogram import Counts, counts
from curation.pixels.local_ranks import local_ranks
from manifests.contract.images import Pixels

Tones = npt.NDArray[np.float64]
"""float64[T]: one value for each of T neighbouring grey levels."""
WHITE = 255
LEVELS_UP = np.arange(WHITE + 1)
STEEPNESS = 5
"""Of the sigmoids, in units of gamma; the paper's constant."""


def equalize(pixels: Pixels) -> Pixels:
    """Histogram equalisation, to the bit OpenCV's `equalizeHist`.

    uint8[H, W] -> uint8[H, W], from 0 to 255. A film of one grey level comes back unchanged.
    """
    return np.asarray(cv2.equalizeHist(pixels), np.uint8)


def clahe(pixels: Pixels, clip: float, tiles: int) -> Pixels:
    """Contrast-limited equalisation in `tiles` x `tiles` regions.

    uint8[H, W] -> uint8[H, W], to the bit OpenCV's `createCLAHE`. `clip` > 0 limits a bin, in
    multiples of the mean one; the paper uses 2, and 8 tiles. Raises `ValueError` for a clip of 0 or
    less, and for no tiles.
    """
    if not (clip > 0 and tiles > 0):
        raise ValueError(f"CLAHE with a clip of {clip} in {tiles} tiles; both are above 0")
    return np.asarray(cv2.createCLAHE(clip, (tiles, tiles)).apply(pixels), np.uint8)


def ahe(pixels: Pixels, radius: int) -> Pixels:
    """Adaptive equalisation: each pixel's rank in the disk around it (paper figure 3c).

    uint8[H, W] -> uint8[H, W], to the bit scikit-image's `rank.equalize`. `radius` is 0 to 127
    pixels; the paper uses 40. Raises `ValueError` for another.
    """
    return local_ranks(pixels, radius)


def beasf(pixels: Pixels, gamma: float) -> Pixels:
    """Stretch contrast on both sides of the mean with a sigmoid (Arriaga-Garcia et al. 2014).

    uint8[H, W] -> uint8[H, W]. `gamma` > 0 is the slope; the paper uses 1.5. What was brighter
    never becomes darker; black, the mean and white stay in their places. A film of one grey level,
    or of a mean below 1, where no tone is left on the dark side, comes back unchanged. Raises
    `ValueError` for a slope of 0 or less.
    """
    _check(gamma)
    found = counts(pixels)
    mean = _mean(found)
    if mean == 0 or found.max() == pixels.size:
        return pixels.copy()
    shares = found / pixels.size
    dark, light = shares[: mean + 1], shares[mean:]
    low = _sigmoid(np.arange(mean + 1) - _half(dark, dark.sum()), mean, gamma)
    high = _sigmoid(np.arange(WHITE - mean + 1) - _half(light, light.sum()), WHITE - mean, gamma)
    table = np.concatenate([_stretched(low) * mean, mean + _stretched(high)[1:] * (WHITE - mean)])
    return _looked_up(pixels, np.rint(table))


def beasf_reference(pixels: Pixels, gamma: float) -> Pixels:
    """BEASF with the faults of the paper's published code, to compare with its results.

    uint8[H, W] -> uint8[H, W]: value by value what that gives wherever it divides by no zero. Its
    histogram spans the film's own range but is read as grey levels; its upper tones stand
    one too low; it truncates in between. Raises `ValueError` for a slope of 0 or less, and where
    that code fails:

    - a mean below 1, or of 255: a side of the mean has no width;
    - one grey level other than 128: its histogram is a single bin in the middle, and the dark side
      (of a level above 128 the light one) has no pixel;
    - a side of the mean whose tones all become one, because the slope is so small, or the side so
      narrow, or the half of its pixels so far away: it cannot be stretched.

    Above 8.4 million pixels that code's sum may overflow; the true mean is taken here.
    """
    _check(gamma)
    found = counts(pixels)
    mean, shares = _mean(found), _over_own_range(found) / pixels.size
    dark, light = shares[: mean + 1], shares[mean:]
    if mean in {0, WHITE} or not (dark.any() and light.any()):
        raise ValueError(f"the published BEASF fails at a mean of {mean}; use `beasf`")
    # Added one by one, as that code does: by halves the last digit is another, and with it a half.
    half_low, half_up = (_half(side, np.cumsum(side)[-1]) for side in (dark, light))
    low = np.trunc(mean * _sigmoid(np.arange(mean + 1) - half_low, mean, gamma))
    tones = np.arange(WHITE - mean) - max(0, half_up - 1)
    high = np.trunc(mean + (WHITE - mean) * _sigmoid(tones, WHITE - mean, gamma))
    if low[0] == low[-1] or high[0] == high[-1]:
        raise ValueError(f"the published BEASF fails at a slope of {gamma}; use `beasf`")
    # The order of these operations is the published one: another one rounds otherwise.
    low = np.trunc(mean / (low[-1] - low[0]) * (low - low[0]))
    high = (high - high[0]) * (WHITE - mean) / (high[-1] - high[0]) + mean
    return _looked_up(pixels, np.concatenate([low, high]))


def _over_own_range(found: Counts) -> Tones:
    """The histogram as `numpy.histogram` gives it: 256 bins from the darkest to the brightest."""
    levels = np.flatnonzero(found)
    # Around a single level numpy makes room, half a level on both sides.
    room = 0.5 if len(levels) == 1 else 0.0
    edges = np.linspace(levels[0] - room, levels[-1] + room, WHITE + 2)
    bins = np.minimum(np.searchsorted(edges, levels, side="right") - 1, WHITE)
    return np.bincount(bins, weights=found[levels], minlength=WHITE + 1).astype(np.float64)


def _mean(found: Counts) -> int:
    """The mean grey level, truncated."""
    return int(found @ LEVELS_UP // found.sum())


def _check(gamma: float) -> None:
    if not gamma > 0:
        raise ValueError(f"BEASF with a slope of {gamma}; it is above 0")


def _half(shares: Tones, total: float) -> int:
    """The first index at which more than half of `total`, the sum of `shares`, is reached."""
    return int(np.argmax(np.cumsum(shares / total) > 0.5))  # noqa: PLR2004 - half


def _sigmoid(distance: npt.NDArray[np.integer], span: int, gamma: float) -> Tones:
    # A steep slope overflows to infinity, whose inverse is the 0 that is meant.
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(-gamma * STEEPNESS * distance / span)), np.float64)


def _stretched(tones: Tones) -> Tones:
    """The rising `tones` stretched to 0 to 1; equal ones become a straight line."""
    if tones[-1] <= tones[0]:
        return np.linspace(0, 1, len(tones))
    return np.asarray((tones - tones[0]) / (tones[-1] - tones[0]), np.float64)


def _looked_up(pixels: Pixels, table: Tones) -> Pixels:
    return np.asarray(cv2.LUT(pixels, table.astype(np.uint8)), np.uint8)
