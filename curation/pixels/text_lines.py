"""Which blobs of strokes are print: those that stand in a line as letters do, and plain ones.

The limits were set by looking at rendered words and at the wires, ribs and clips of real films.
"""

from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from curation.pixels.strokes import HIGHEST, Blobs, Numbers, Places
from curation.pixels.text_letters import Flags, is_letter

SHARP, THICK, STROKES_PER_WIDTH = 0.55, 0.4, 0.45
"""Of what may be a letter: least sharpness, thickest stroke in heights, fewest strokes that a level
cut meets in each stretch as long as it is high."""
GAP, INTO, OVERLAP, TALLER = 1.0, 0.5, 0.6, 2.0
"""Of letters of a line, of their height: farthest apart, most into each other, least beside each
other, tallest."""
LEVELS, UNEQUAL = 60, 0.5
"""Most difference of grey levels, and of contrast as a share of the larger one."""
RAGGED = 2.05
"""Height of a line, of its letters' median height; a wire in pieces climbs more."""
STROKES, DENSE = 2.5, 1.02
"""Strokes that a level cut through a line meets at least: in all, and in each stretch as long as
the line is high."""
TURNS = 1.18
"""Strokes that an upright cut through a line meets, on average; many upright wires give one."""
INK, THIN = 0.2, 0.11
"""Of a line: least share of its box that is inked, least width of a stroke in its heights."""
UNLIKE, UNLIKE_STROKES, UNLIKE_HEIGHTS = 0.3, 0.26, 0.21
"""Spread in a line of grey level, in contrasts, of the width of strokes and of the height."""
TOUCHING, STRIKING = 2.8, 80.0
"""Of a blob that alone is a line: more strokes to a level cut, or more contrast. Bones that cross
are one blob too, with as few strokes as the shortest word has, and paler."""
CLEAR = 42.0
"""Least contrast of a line, times its sharpness."""
WIDE = 1.5
"""Of its height; a blob that is wider is a word whose letters touch."""
PAIR, STROKES_OF_PAIR = 2.0, 2.3
"""Of two letters that touch, such as "AP", and are as plain as one: most width, in heights, and
strokes that a level cut meets at least."""
REACH, NEARLY, LOWER, HIGHER = 1.2, 40, 0.5, 1.4
"""Of what a line takes in: farthest away, in its heights; most difference of grey levels; lowest
and highest blob, in its heights."""


class Lines(NamedTuple):
    """float32[N] each: the edges of lines, pixels, and the grey level of their strokes."""

    left: Numbers
    top: Numbers
    right: Numbers
    bottom: Numbers
    level: Numbers


def lines(found: Blobs, scale: int) -> Lines:
    """The lines of print among some blobs; the film is `scale` times as large as where they are."""
    some = found.where(_may_be_letter(found))
    count = len(some.left)
    pairs = _neighbours(some)
    graph = coo_matrix((np.ones(len(pairs[0]), np.bool_), pairs), (count, count))
    number, own = connected_components(graph, directed=False)
    group = _Groups(some, own.astype(np.int64), number)
    is_alone, shape = group.size == 1, group.width / group.height
    is_line = np.where(is_alone & (shape < WIDE), False, group.is_line())
    is_small = (is_alone & (shape < WIDE))[own]
    is_small |= (is_alone & (shape < PAIR))[own] & (some.across > STROKES_OF_PAIR)
    is_line[own[is_small & is_letter(some, scale)]] = True
    made = Lines(*(values[is_line] for values in (*group.edges, group.level)))
    return _grown(made, found)


def _grown(made: Lines, found: Blobs) -> Lines:
    """The lines with the blobs beside them that are of their grey level and height.

    Where letters touch a wire or stand before a dark edge, only some of a word are beyond doubt.
    """
    left, top, right, bottom, level = (values[:, None] for values in made)
    height = bottom - top
    end, start = np.minimum(bottom, found.bottom), np.maximum(top, found.top)
    is_fit = (end - start > OVERLAP * found.height) & (np.abs(level - found.level) < NEARLY)
    is_fit &= (found.height > LOWER * height) & (found.height < HIGHER * height)
    is_fit &= found.sharpness > SHARP
    while True:
        far = np.maximum(left - found.right, found.left - right)
        is_near = is_fit & (far < REACH * height)
        first = np.where(is_near, found.left, left).min(1, keepdims=True, initial=np.inf)
        last = np.where(is_near, found.right, right).max(1, keepdims=True, initial=-np.inf)
        first, last = np.minimum(first, left), np.maximum(last, right)
        if np.array_equal(first, left) and np.array_equal(last, right):
            break
        left, right = first, last
    return made._replace(left=left[:, 0], right=right[:, 0])


def _may_be_letter(found: Blobs) -> Flags:
    is_thin = found.stroke < THICK * found.height
    is_no_line = found.across * found.height > STROKES_PER_WIDTH * found.width
    return (found.sharpness > SHARP) & is_thin & is_no_line


def _neighbours(found: Blobs) -> tuple[Places, Places]:
    """The numbers of all pairs that may be letters of one line."""
    one, other = _pairs(found)
    height, gap = found.height, found.left[other] - found.right[one]
    low, high = np.minimum(height[one], height[other]), np.maximum(height[one], height[other])
    end = np.minimum(found.bottom[one], found.bottom[other])
    beside = end - np.maximum(found.top[one], found.top[other])
    contrasts = found.contrast[one], found.contrast[other]
    is_near = (gap < GAP * high) & (gap > -INTO * low) & (beside > OVERLAP * low)
    is_near &= high < TALLER * low
    is_near &= np.abs(found.level[one] - found.level[other]) < LEVELS
    is_near &= np.minimum(*contrasts) > UNEQUAL * np.maximum(*contrasts)
    return one[is_near], other[is_near]


def _pairs(found: Blobs) -> tuple[Places, Places]:
    """All pairs whose left edges are near enough, the one on the left first."""
    order = np.argsort(found.left, kind="stable")
    left = found.left[order]
    last = np.searchsorted(left, found.right[order] + np.float32(GAP * HIGHEST))
    after = np.arange(len(order)) + 1
    count = np.maximum(last - after, 0)
    one = np.repeat(np.arange(len(order)), count)
    other = np.arange(len(one)) - np.repeat(np.cumsum(count) - count - after, count)
    return order[one], order[other]


class _Groups:
    """Blobs that stand together, measured group by group."""

    def __init__(self, found: Blobs, own: Places, count: int) -> None:
        self.found, self.own, self.count = found, own, count
        self.size = np.bincount(own, minlength=count)
        self.edges = (
            self._extreme(np.minimum, found.left), self._extreme(np.minimum, found.top),
            self._extreme(np.maximum, found.right), self._extreme(np.maximum, found.bottom),
        )  # fmt: skip
        self.level = self._mean(found.level, found.area)
        self.width, self.height = self.edges[2] - self.edges[0], self.edges[3] - self.edges[1]

    def is_line(self) -> Flags:
        """Whether each group is a word: many strokes that are like each other."""
        found, area, height = self.found, self.found.area, self.height
        strokes = self._total(found.across * found.height) / height
        stroke, contrast = self._mean(found.stroke, area), self._mean(found.contrast, area)
        usual = self._median(found.height)
        off = self._median(np.abs(found.height - usual[self.own]))
        rules = [
            height < RAGGED * usual,
            strokes > np.maximum(STROKES, DENSE * self.width / height),
            self._mean(found.down, found.width) > TURNS,
            self._total(area) > INK * self.width * height,
            stroke > THIN * height,
            self._spread(found.level) < UNLIKE * contrast,
            self._spread(found.stroke) < UNLIKE_STROKES * stroke,
            off < UNLIKE_HEIGHTS * height,
            (self.size > 1) | (strokes > TOUCHING) | (contrast > STRIKING),
            self._mean(found.sharpness, area) * contrast > CLEAR,
        ]
        return np.asarray(np.logical_and.reduce(rules), np.bool_)

    def _extreme(self, how: np.ufunc, values: Numbers) -> Numbers:
        made = np.full(self.count, np.inf if how is np.minimum else -np.inf, np.float32)
        how.at(made, self.own, values)
        return made

    def _total(self, values: Numbers) -> Numbers:
        return np.bincount(self.own, values, self.count).astype(np.float32)

    def _mean(self, values: Numbers, weights: Numbers) -> Numbers:
        return self._total(values * weights) / self._total(weights)

    def _spread(self, values: Numbers) -> Numbers:
        """The standard deviation, weighted by area."""
        off = values - self._mean(values, self.found.area)[self.own]
        return np.sqrt(self._mean(off * off, self.found.area))

    def _median(self, values: Numbers) -> Numbers:
        ordered = values[np.lexsort((values, self.own))]
        first = np.cumsum(self.size) - self.size
        low, high = ordered[first + (self.size - 1) // 2], ordered[first + self.size // 2]
        return np.asarray((low + high) / 2, np.float32)
