"""Blobs of thin strokes on a film, brighter or darker than what is behind them: may be letters.

What an object of lead or bone hardly has, print has: strokes much thinner than they are high, of
one grey level, whose edges are as sharp as the picture can show (Epshtein et al. 2010 use the
stroke's width in the same way).
"""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from manifests.contract.images import Pixels

THICKEST = 7
"""Pixels; a stroke is thinner. Larger letters are looked for on a smaller copy of the film."""
LOWEST, HIGHEST = 6, 30
"""Height of a letter, pixels."""
LEAST_CONTRAST = 26
"""Grey levels between a stroke and what is beside it."""
CLIPPED = 32
RESTLESS = 2.2
"""Times the mean contrast of the neighbourhood, clipped so that its own words count little."""
COARSE, NEIGHBOURHOOD = 8, 9
"""The neighbourhood is 9 x 9 cells of 8 x 8 points."""
NOISY, GAPLESS = 2.6, 7
"""Times the contrast that 7 x 7 cells have without a gap: noise does, words leave paper between."""
Numbers = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


class Blobs(NamedTuple):
    """float32[N] each; positions and sizes in pixels, contrasts in grey levels."""

    left: Numbers
    top: Numbers
    right: Numbers
    """The first column that is not the blob's."""
    bottom: Numbers
    area: Numbers
    middle: Numbers
    """Mean column of its points."""
    centre: Numbers
    """Mean row of its points."""
    contrast: Numbers
    """Of the strokes' middle to what is beside them."""
    level: Numbers
    """Grey level of the strokes."""
    spread: Numbers
    """Deviation of that level along the middle of the strokes, grey levels: print has none."""
    sharpness: Numbers
    """How much of the contrast is gained within three points of the edge, about 1 in print."""
    across: Numbers
    """Strokes that a level cut through the blob meets, on average."""
    down: Numbers
    """Strokes that an upright cut through it meets."""

    @property
    def height(self) -> Numbers:
        return self.bottom - self.top

    @property
    def width(self) -> Numbers:
        return self.right - self.left

    @property
    def stroke(self) -> Numbers:
        """How thick the strokes are, pixels."""
        level, upright = self.across * self.height, self.down * self.width
        return np.asarray(self.area / np.maximum(level, upright), np.float32)

    def where(self, is_kept: npt.NDArray[np.bool_]) -> "Blobs":
        return Blobs(*(values[is_kept] for values in self))


def blobs(pixels: Pixels, gains: Pixels) -> tuple[Blobs, Blobs]:
    """The bright and the dark blobs of uint8[H, W] that are as high as a letter.

    Letters that touch are one blob. `gains` uint8[H, W] is what `steps` gives, of this film or of
    the one twice as large.
    """
    kernel = np.ones((THICKEST, THICKEST), np.uint8)
    bright, dark = (
        np.asarray(cv2.morphologyEx(pixels, how, kernel), np.uint8)
        for how in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT)
    )
    limits = _limits(np.maximum(bright, dark))
    first, second = (_blobs(pixels, gains, side, limits) for side in (bright, dark))
    return first, second


def steps(pixels: Pixels) -> Pixels:
    """The difference between the brightest and the darkest of the nine points around each point."""
    kernel = np.ones((3, 3), np.uint8)
    return np.asarray(cv2.morphologyEx(pixels, cv2.MORPH_GRADIENT, kernel), np.uint8)


def halved(levels: Pixels) -> Pixels:
    """The largest of each 2 x 2 points of uint8[H, W]: uint8[H // 2, W // 2]."""
    height, width = levels.shape[0] // 2 * 2, levels.shape[1] // 2 * 2
    whole = levels[:height, :width]
    rows = np.maximum(whole[::2], whole[1::2])
    return np.maximum(rows[:, ::2], rows[:, 1::2])


def _limits(contrast: Pixels) -> Pixels:
    """The contrast from which on a stroke stands out from a neighbourhood that may be restless."""
    height, width = contrast.shape
    cells = max(1, width // COARSE), max(1, height // COARSE)
    clipped = np.minimum(contrast, np.uint8(CLIPPED))
    coarse = cv2.resize(clipped, cells, interpolation=cv2.INTER_AREA)
    usual = cv2.blur(coarse, (NEIGHBOURHOOD, NEIGHBOURHOOD), borderType=cv2.BORDER_REPLICATE)
    whole = cv2.resize(contrast, cells, interpolation=cv2.INTER_AREA)
    noise = cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones((GAPLESS, GAPLESS), np.uint8))
    factors = (usual, RESTLESS), (noise, NOISY)
    restless, noisy = (cv2.convertScaleAbs(level, alpha=alpha) for level, alpha in factors)
    least = np.maximum(np.maximum(restless, noisy), np.uint8(LEAST_CONTRAST))
    grown = cv2.resize(least, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(grown, np.uint8)


def _blobs(pixels: Pixels, gains: Pixels, contrast: Pixels, limits: Pixels) -> Blobs:
    strokes = np.asarray(cv2.compare(contrast, limits, cv2.CMP_GT), np.uint8)
    count, labels = cv2.connectedComponents(strokes, connectivity=8)
    points = np.flatnonzero(strokes.view(np.bool_))
    own = labels.ravel()[points].astype(np.int64)
    boxes = _boxes(points, own, count, pixels.shape[1])
    height = boxes[3] - boxes[1]
    is_kept = (height >= LOWEST) & (height <= HIGHEST)
    inside = is_kept[own]
    points, labelled = points[inside], own[inside]
    begins = (labels.ravel()[points - 1] != labelled) | (points % pixels.shape[1] == 0)
    starts = labels.ravel()[points - pixels.shape[1]] != labelled
    starts |= points < pixels.shape[1]
    own = (np.cumsum(is_kept) - 1)[labelled]
    count = int(is_kept.sum())

    def total(values: npt.NDArray[np.generic], of: Places = own) -> Numbers:
        return np.bincount(of, values.astype(np.float64), count).astype(np.float32)

    def mean(values: npt.NDArray[np.generic], of: Places = own) -> Numbers:
        number = np.bincount(of, minlength=count)
        return np.asarray(total(values, of) / number, np.float32)

    edge, above = begins | starts, contrast.ravel()[points].astype(np.float32)
    # Weighted by itself, since the points at the edge are a mixture.
    strong = total(above * above) / total(above)
    levels = pixels.ravel()[points].astype(np.float32)
    middle = above * above
    usual = total(middle * levels) / total(middle)
    off = levels - usual[own]
    left, top, right, bottom = (values[is_kept].astype(np.float32) for values in boxes)
    rows, columns = np.divmod(points, pixels.shape[1])
    return Blobs(
        left=left, top=top, right=right, bottom=bottom,
        area=np.bincount(own, minlength=count).astype(np.float32),
        middle=mean(columns), centre=mean(rows), contrast=strong,
        level=mean(levels), spread=np.sqrt(total(middle * off * off) / total(middle)),
        sharpness=mean(gains.ravel()[points[edge]], own[edge]) / strong,
        across=total(begins) / (bottom - top), down=total(starts) / (right - left),
    )  # fmt: skip


def _boxes(points: Places, own: Places, count: int, width: int) -> list[Places]:
    """Left, top, right and bottom of every label; a label without a point has no height."""
    rows, columns = np.divmod(points, width)
    edges = []
    for places in (columns, rows):
        low, high = np.full(count, np.iinfo(np.int32).max, np.int64), np.zeros(count, np.int64)
        np.minimum.at(low, own, places)
        np.maximum.at(high, own, places + 1)
        edges.append((np.minimum(low, high), high))
    return [edges[0][0], edges[1][0], edges[0][1], edges[1][1]]
