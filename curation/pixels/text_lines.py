"""Which blobs of strokes are print: those that stand in a line as letters do, and bold ones."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from curation.pixels.strokes import Blobs, Numbers

SHARP = 0.55
"""Least sharpness of what may be a letter."""
THICK = 0.4
"""Of its height; a letter's stroke is thinner."""
STROKES_PER_WIDTH = 0.45
"""Strokes that a line through a word meets, in each stretch as long as the word is high."""
GAP, INTO, OVERLAP, TALLER = 1.0, 0.5, 0.6, 2.0
"""Of letters of a line, of their height: farthest apart, most into each other, least beside each
other, tallest."""
LEVELS, UNEQUAL = 60, 0.5
"""Most difference of grey levels, and of contrast as a share of the larger one."""
RAGGED = 1.9
"""Height of a line, of its letters' median height; a wire in pieces climbs more."""
STROKES, DENSE, CLEAR = 2.5, 0.8, 35.0
"""Of a line of print: strokes, strokes for each stretch as long as it is high, sharp contrast."""
BOLD, CRISP, TALL, BENDS, TURNS = 70.0, 0.8, 8, 1.15, 1.3
"""The same of a letter that stands alone, whose strokes a level or an upright line meets."""
Flags = npt.NDArray[np.bool_]


def lines(found: Blobs) -> Iterator[tuple[float, float, float, float]]:
    """Left, top, right and bottom of each line of print."""
    some = _letters(found)
    count = len(some.left)
    pairs = _neighbours(some)
    graph = coo_matrix((np.ones(len(pairs[0]), np.bool_), pairs), (count, count))
    number, own = connected_components(graph, directed=False)
    for one in range(number):
        line = some.where(own == one)
        if _is_print(line):
            edges = line.left.min(), line.top.min(), line.right.max(), line.bottom.max()
            left, top, right, bottom = map(float, edges)
            yield left, top, right, bottom


def _letters(found: Blobs) -> Blobs:
    """Those of thin and sharp strokes that are no long line themselves."""
    height, width = found.bottom - found.top, found.right - found.left
    stroke = np.minimum(found.area / (found.across * height), found.area / (found.down * width))
    is_thin = (stroke < THICK * height) & (found.across * height > STROKES_PER_WIDTH * width)
    return found.where((found.sharpness > SHARP) & is_thin)


def _neighbours(found: Blobs) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The numbers of all pairs that may be letters of one line."""
    order = np.argsort(found.left, kind="stable")
    one, other = (order[side] for side in np.triu_indices(len(order), 1))
    height = found.bottom - found.top
    low, high = np.minimum(height[one], height[other]), np.maximum(height[one], height[other])
    gap = found.left[other] - found.right[one]
    beside = np.minimum(found.bottom[one], found.bottom[other]) - np.maximum(
        found.top[one], found.top[other]
    )
    weak, strong = (
        how(found.contrast[one], found.contrast[other]) for how in (np.minimum, np.maximum)
    )
    is_near = (
        (gap < GAP * high) & (gap > -INTO * low) & (beside > OVERLAP * low) & (high < TALLER * low)
    )
    is_near &= np.abs(found.level[one] - found.level[other]) < LEVELS
    is_near &= strong - weak < UNEQUAL * strong
    return one[is_near], other[is_near]


def _is_print(line: Blobs) -> bool:
    heights, widths = line.bottom - line.top, line.right - line.left
    height = float(line.bottom.max() - line.top.min())
    width = float(line.right.max() - line.left.min())
    if height > RAGGED * float(np.median(heights)):
        return False
    strokes = _mean(line.across * heights, np.ones_like(heights)) * len(heights) / height
    contrast, sharpness = _mean(line.contrast, line.area), _mean(line.sharpness, line.area)
    if len(heights) == 1:
        is_bent = strokes >= BENDS or _mean(line.down, widths) > TURNS
        return contrast > BOLD and sharpness > CRISP and height >= TALL and is_bent
    is_dense = strokes >= STROKES and strokes > DENSE * width / height
    return is_dense and sharpness * contrast > CLEAR


def _mean(values: Numbers, weights: Numbers) -> float:
    return float((values * weights).sum() / weights.sum())
