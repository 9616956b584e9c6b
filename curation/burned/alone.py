"""Whether small boxes can only be markers, such as "R" or "PA", by what stands near them.

A name that is turned, stacked or set wide apart falls into small boxes, one for each letter. So
boxes that stand near each other are judged together.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from curation.pixels.text import Box

SHORT = 1.5
"""Longer side, in shorter ones, of a box around one or two letters, its margin included: a narrow
"L" has 1.48, "PA" up to 1.5 in most fonts. A longer line may be a name, in either direction."""
NEAR = 1.5
"""Of the longer side of the larger box: what stands closer may be a letter of the same word."""
LEVEL = 0.8
"""Of the lower one's height, that any two boxes of a marker stand beside each other at least. The
letters of a slanting word do not, where one box has caught it as a whole."""
SPELT = 3
"""Single letters near each other that may be a name: a marker has two."""


def are_alone(found: Sequence[Box]) -> list[bool]:
    """For each box, whether it and all that stands near it have together the shape of a marker."""
    if not found:
        return []
    edges, groups = np.asarray(found, np.int64), _groups(found)
    is_marker = np.zeros(len(found), bool)
    for group in range(int(groups.max()) + 1):
        is_marker[groups == group] = _is_marker(edges[groups == group])
    return [bool(one) for one in is_marker]


def are_spelt(found: Sequence[Box], lines: Sequence[str | None]) -> bool:
    """Whether the words in some boxes near each other are single letters, three or more of them."""
    words = [line.split() if line else [] for line in lines]
    single = [at for at, line in enumerate(words) if line and all(len(word) == 1 for word in line)]
    if not single:
        return False
    letters = [len(words[at]) for at in single]
    return bool(np.bincount(_groups([found[at] for at in single]), letters).max() >= SPELT)


def _is_marker(edges: NDArray[np.int64]) -> bool:
    """Whether int64[N, 4], the boxes of a group, are one or two letters on one line.

    A word that was found in several sizes of the film has boxes that overlap: together they are
    no larger than the largest of them.
    """
    top, bottom = edges[:, 1], edges[:, 3]
    sides = edges[:, 2:] - edges[:, :2]
    extent = edges[:, 2:].max(axis=0) - edges[:, :2].min(axis=0)
    is_short = (sides.max(axis=1) <= SHORT * sides.min(axis=1)).all()
    if not is_short or extent.max() > SHORT * sides[:, 1].max():
        return False
    beside = np.minimum.outer(bottom, bottom) - np.maximum.outer(top, top)
    return bool((beside >= LEVEL * np.minimum.outer(sides[:, 1], sides[:, 1])).all())


def _groups(found: Sequence[Box]) -> NDArray[np.int32]:
    """int32[N]: a number for each group of boxes that hang together by being near."""
    edges = np.asarray(found, np.int64)
    longer = (edges[:, 2:] - edges[:, :2]).max(axis=1)
    low, high = edges[:, :2], edges[:, 2:]
    rows: list[NDArray[np.intp]] = []
    # A row at a time: thousands of boxes on a grid of dots would fill the memory.
    for at in range(len(edges)):
        gap = np.maximum(low - high[at], low[at] - high).max(axis=1)
        rows.append(np.flatnonzero(gap <= NEAR * np.maximum(longer, longer[at])))
    heads = np.repeat(np.arange(len(edges)), [len(row) for row in rows])
    tails = np.concatenate(rows)
    links = coo_matrix((np.ones(len(heads), bool), (heads, tails)), shape=(len(edges),) * 2)
    return np.asarray(connected_components(links, directed=False)[1], np.int32)
