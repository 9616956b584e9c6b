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
RESTLESS = 2.6
"""Times the mean contrast of the neighbourhood, clipped so that its own words count little."""
COARSE, NEIGHBOURHOOD = 8, 9
"""The neighbourhood is 9 x 9 cells of 8 x 8 points."""
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
    contrast: Numbers
    """Of the strokes' middle to what is beside them."""
    level: Numbers
    """Grey level of the strokes."""
    sharpness: Numbers
    """How much of the contrast is gained within three points of the edge, about 1 in print."""
    across: Numbers
    """Strokes that a horizontal line through the blob meets, on average."""
    down: Numbers
    """The same of a vertical line."""

    def where(self, is_kept: npt.NDArray[np.bool_]) -> "Blobs":
        return Blobs(*(values[is_kept] for values in self))


def blobs(pixels: Pixels, *, is_dark: bool) -> Blobs:
    """The blobs of uint8[H, W] that are as high as a letter, or a word whose letters touch."""
    kernel = np.ones((THICKEST, THICKEST), np.uint8)
    how = cv2.MORPH_BLACKHAT if is_dark else cv2.MORPH_TOPHAT
    contrast = np.asarray(cv2.morphologyEx(pixels, how, kernel), np.uint8)
    strokes = _strong(contrast)
    count, labels = cv2.connectedComponents(strokes, connectivity=8)
    points = np.flatnonzero(strokes.view(np.bool_))
    own = labels.ravel()[points].astype(np.int64)
    boxes = _boxes(points, own, count, pixels.shape[1])
    height = boxes[3] - boxes[1]
    is_kept = (height >= LOWEST) & (height <= HIGHEST)
    numbers = np.cumsum(is_kept) - 1
    inside = is_kept[own]
    points, own = points[inside], numbers[own[inside]]
    return _measured(pixels, contrast, points, own, [edge[is_kept] for edge in boxes])


def _strong(contrast: Pixels) -> Pixels:
    """255 where a stroke stands out from a neighbourhood that may be restless."""
    height, width = contrast.shape
    cells = max(1, width // COARSE), max(1, height // COARSE)
    coarse = cv2.resize(
        np.minimum(contrast, np.uint8(CLIPPED)), cells, interpolation=cv2.INTER_AREA
    )
    usual = cv2.blur(coarse, (NEIGHBOURHOOD, NEIGHBOURHOOD), borderType=cv2.BORDER_REPLICATE)
    least = np.maximum(cv2.convertScaleAbs(usual, alpha=RESTLESS), np.uint8(LEAST_CONTRAST))
    limits = cv2.resize(least, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.compare(contrast, limits, cv2.CMP_GT), np.uint8)


def _boxes(points: Places, own: Places, count: int, width: int) -> list[Places]:
    """Left, top, right and bottom of every label; a label without a point has no height."""
    rows, columns = np.divmod(points, width)
    edges = []
    for places in (columns, rows):
        low, high = np.full(count, width * 2**31), np.zeros(count, np.int64)
        np.minimum.at(low, own, places)
        np.maximum.at(high, own, places + 1)
        edges.append((np.minimum(low, high), high))
    return [edges[0][0], edges[1][0], edges[0][1], edges[1][1]]


def _measured(
    pixels: Pixels, contrast: Pixels, points: Places, own: Places, boxes: list[Places]
) -> Blobs:
    """`own` is the number of the blob of each point."""
    count, width = len(boxes[0]), pixels.shape[1]

    def total(values: npt.NDArray[np.generic], of: Places = own) -> Numbers:
        return np.bincount(of, values.astype(np.float64), count).astype(np.float32)

    area = total(np.ones(len(own)))
    marked = np.full(pixels.size + width, -1, np.int32)
    marked[points + width] = own
    begins = (marked[points + width - 1] != own) | (points % width == 0)
    starts = marked[points] != own
    edge = begins | starts
    rows, columns = np.divmod(points, width)
    gains = contrast.ravel()[points].astype(np.float32)
    strong = total(gains * gains) / total(gains)
    steps = _steps(pixels, rows[edge], columns[edge])
    sharp = total(steps, own[edge]) / total(np.ones(len(steps)), own[edge])
    left, top, right, bottom = (values.astype(np.float32) for values in boxes)
    return Blobs(
        left=left, top=top, right=right, bottom=bottom, area=area, contrast=strong,
        level=total(pixels.ravel()[points]) / area,
        sharpness=sharp / np.maximum(strong, np.float32(1)),
        across=total(begins) / (bottom - top), down=total(starts) / (right - left),
    )  # fmt: skip


def _steps(pixels: Pixels, rows: Places, columns: Places) -> Numbers:
    """The difference between the brightest and the darkest of nine points, at some places."""
    height, width = pixels.shape
    low, high = np.full(len(rows), 255, np.uint8), np.zeros(len(rows), np.uint8)
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            beside = pixels[
                np.clip(rows + down, 0, height - 1), np.clip(columns + across, 0, width - 1)
            ]
            low, high = np.minimum(low, beside), np.maximum(high, beside)
    return (high - low).astype(np.float32)
