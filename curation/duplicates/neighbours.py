"""The nearest films of every film, by lists of like descriptors instead of all pairs.

N films of W windows (the whole view first) of D coefficients. A film is searched for by its whole
view, in the lists of those pivots that are most like it; every window of every film lies in the
list of the pivot most like it. Pivots are descriptors of real films, picked by a hash of their
content: all stays in whole numbers, so that no order of films or threads changes what is found.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from curation.duplicates.compiled import compiled
from curation.duplicates.scan import (
    Entries,
    Lists,
    Queries,
    Rows,
    Table,
    best,
    lists_of,
    one_list,
    rows_of,
    ways_of,
)

Described = npt.NDArray[np.float32] | npt.NDArray[np.int16]
"""[N, W, D], whole numbers."""

ALL_PAIRS = 4096
"""Films up to which every pair is compared: no index is faster there."""
LIST = 256
"""Windows of one list, on average."""
HEADS = 2
"""Heads over the pivots, as a multiple of the square root of their number."""
HEADS_OF_WINDOW, HEADS_OF_FILM = 8, 48
"""Heads under which the pivots for a window and for a searched film are looked for; each pivot
stands under one head."""
PROBES = 192
"""Lists in which a film is searched for."""
BLOCK = 1 << 16
"""Films searched for at a time, and windows put in lists: their visits take 128 MiB."""
FNV_PRIME = np.uint64(1099511628211)


class Candidate(NamedTuple):
    """Two films (positions, `first` < `second`) that look alike, and in which of four ways."""

    first: int
    second: int
    is_mirrored: bool
    is_inverted: bool


class Index(NamedTuple):
    """Descriptors of `pivots`; some of them as `heads`, and all in lists `under` each head."""

    pivots: Table
    heads: Lists
    under: Lists


def neighbours(described: Described, count: int) -> list[Candidate]:
    """The `count` nearest films of every film of [N, W, D], each pair once, sorted.

    To mirror a film changes the sign of its odd horizontal frequencies, to invert it the sign of
    all; so with the dot products over even and odd ones apart, the best of the four is
    |even| + |odd|, and the two signs say which it was. Ties go to the lower position.
    """
    films, windows = described.shape[:2]
    count = min(count, films - 1)
    if count < 1:
        return []
    rows = described.reshape(films * windows, -1)
    whole = Queries(rows, np.arange(films) * windows, np.arange(films))
    if films <= ALL_PAIRS:
        every = np.zeros((films, 1), np.int64)
        return _pairs(best(whole, every, one_list(rows, windows), count), windows)
    index = _index(rows, windows)
    lists = lists_of(rows, _placed(rows, index), len(index.pivots), windows)
    found = [
        best(part, _pivots(index, part, HEADS_OF_FILM, PROBES), lists, count)
        for part in _parts(whole, "searching for films")
    ]
    return _pairs(np.concatenate(found), windows)


def _placed(rows: Table, index: Index) -> Rows:
    """The list of each window, int64[R, 1]: that of the pivot most like it."""
    parts = _parts(_all(rows), "listing films")
    return np.concatenate([_pivots(index, part, HEADS_OF_WINDOW, 1) for part in parts])


def _parts(queries: Queries, what: str) -> Iterator[Queries]:
    for low in tqdm(range(0, len(queries.rows), BLOCK), desc=what, disable=None):
        part = slice(low, low + BLOCK)
        yield Queries(queries.table, queries.rows[part], queries.owners[part])


def _all(rows: Table) -> Queries:
    return Queries(rows, np.arange(len(rows)), np.full(len(rows), -1))


def _index(rows: Table, windows: int) -> Index:
    """The pivots with the smallest hashes, one window of a film each, under their heads."""
    hashes, firsts = np.unique(_hashes(rows, windows), return_index=True)
    count = max(1, len(rows) // LIST)
    window = (hashes[:count] % np.uint64(windows)).astype(np.int64)
    pivots = rows[firsts[:count] * windows + window]
    heads = one_list(pivots[: round(HEADS * len(pivots) ** 0.5)])
    over = best(_all(pivots), np.zeros((len(pivots), 1), np.int64), heads, 1)
    return Index(pivots, heads, lists_of(pivots, rows_of(over), len(heads.rows)))


def _pivots(index: Index, queries: Queries, heads: int, count: int) -> Rows:
    """The `count` pivots most like each query, of those under the `heads` most like it."""
    # A film may visit the pivot that it is itself.
    asked = queries._replace(owners=np.full(len(queries.rows), -1))
    over = best(asked, np.zeros((len(queries.rows), 1), np.int64), index.heads, heads)
    return rows_of(best(asked, rows_of(over), index.under, count))


def _pairs(found: Entries, windows: int) -> list[Candidate]:
    """The pairs behind the entries of each film, once each and sorted."""
    one, slot = np.nonzero(found)
    other = rows_of(found[one, slot]) // windows
    is_even_turned, is_odd_turned = ways_of(found[one, slot])
    ways = (is_even_turned != is_odd_turned) * 2 + is_even_turned
    low, high = np.minimum(one, other), np.maximum(one, other)
    keys = np.unique((low * len(found) + high) * 4 + ways)
    low, high = np.divmod(keys >> 2, len(found))
    columns = (low, high, (keys & 2).astype(bool), (keys & 1).astype(bool))
    return list(map(Candidate, *(column.tolist() for column in columns)))


@compiled
def _hashes(rows: Table, step: int) -> npt.NDArray[np.uint64]:
    """A hash of every `step`-th row, by its content alone (FNV-1a, mixed as SplitMix64 does)."""
    hashes = np.empty(len(rows) // step, np.uint64)
    for place in range(len(hashes)):
        value = np.uint64(14695981039346656037)
        for column in range(rows.shape[1]):
            value = (value ^ np.uint64(np.int64(rows[place * step, column]))) * FNV_PRIME
        value = (value ^ (value >> np.uint64(30))) * np.uint64(13787848793156543929)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(10723151780598845931)
        hashes[place] = value ^ (value >> np.uint64(31))
    return hashes
