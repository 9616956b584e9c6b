"""The best of some lists of descriptors for every query, the same in whatever order they are read.

R rows of D coefficients in a table, lists of rows, Q queries that each visit V lists and keep their
K best entries. An entry is one whole number: its likeness, then the row, the lower the better, then
the way in which it is alike. So the largest numbers are the answer, whoever came first.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curation.duplicates.candidates import IS_ODD
from curation.duplicates.compiled import compiled

Table = npt.NDArray[np.float32] | npt.NDArray[np.int16]
"""[R, D]: whole numbers, each row of length `UNIT`."""
Products = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
Entries = npt.NDArray[np.int64]
"""int64[Q, K], in no order; 0 where fewer were found."""

LIKENESS, ROW = 39, 2
"""Bits of an entry below its likeness, and below its row."""
LAST_ROW = (1 << (LIKENESS - ROW)) - 1
EVEN_FIRST = np.argsort(IS_ODD, kind="stable")
EVEN = int((~IS_ODD).sum())
ASKERS, MEMBERS = 256, 1024
"""Queries and rows multiplied at a time: the products stay in a processor's own memory."""
BLOCK = 1 << 18
"""Queries whose visits are sorted by list at a time."""


class Queries(NamedTuple):
    """The `rows` of `table`, each with the `owner` whose own rows it does not count (or -1)."""

    table: Table
    rows: Rows
    owners: Rows


class Lists(NamedTuple):
    """List i holds the rows `rows[starts[i] : starts[i + 1]]` of `table`.

    `windows` rows in sequence belong to one owner, of which a query keeps only the best.
    """

    table: Table
    rows: Rows
    starts: Rows
    windows: int = 1


def one_list(table: Table, windows: int = 1) -> Lists:
    """All of `table` in one list."""
    return Lists(table, np.arange(len(table)), np.array([0, len(table)]), windows)


def lists_of(table: Table, chosen: Rows, lists: int, windows: int = 1) -> Lists:
    """The lists of which `chosen` int64[R, C] names C for each row of `table`, -1 being none."""
    return Lists(table, *_by_list(chosen, lists), windows)


def best(queries: Queries, visits: Rows, lists: Lists, count: int) -> Entries:
    """The `count` largest entries of the lists that each query visits, int64[Q, V], -1 for none.

    All processors work on it, each on queries of its own.
    """
    found = np.zeros((len(queries.rows), count), np.int64)
    workers = os.cpu_count() or 1
    step = max(1, min(BLOCK, -(-len(found) // workers)))

    def work(start: int) -> None:
        part = slice(start, start + step)
        mine = Queries(queries.table, queries.rows[part], queries.owners[part])
        _scan(mine, visits[part], lists, found[part])

    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(work, range(0, len(found), step)):
            pass
    return found


def rows_of(entries: Entries) -> Rows:
    """The row of each entry, -1 where there is none."""
    return np.where(entries > 0, LAST_ROW - (entries >> ROW & LAST_ROW), -1)


def ways_of(entries: Entries) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Is the even part of each entry of the other sign, and is the odd part?"""
    return (entries & 1).astype(bool), (entries & 2).astype(bool)


def _scan(queries: Queries, visits: Rows, lists: Lists, found: Entries) -> None:
    askers, starts = _by_list(visits, len(lists.starts) - 1)
    for number in np.flatnonzero(np.diff(starts)):
        asking = askers[starts[number] : starts[number + 1]]
        members = lists.rows[lists.starts[number] : lists.starts[number + 1]]
        for low in range(0, len(members), MEMBERS):
            rows = members[low : low + MEMBERS]
            there = _gathered(lists.table, rows, EVEN_FIRST)
            for first in range(0, len(asking), ASKERS):
                some = asking[first : first + ASKERS]
                here = _gathered(queries.table, queries.rows[some], EVEN_FIRST)
                even = here[:, :EVEN] @ there[:, :EVEN].T
                odd = here[:, EVEN:] @ there[:, EVEN:].T
                _keep((even, odd), (some, queries.owners), (rows, lists.windows), found)


@compiled
def _gathered(table: Table, rows: Rows, order: Rows) -> Products:
    gathered = np.empty((len(rows), len(order)), np.float32)
    for place in range(len(rows)):
        for column in range(len(order)):
            gathered[place, column] = table[rows[place], order[column]]
    return gathered


@compiled
def _by_list(visits: Rows, lists: int) -> tuple[Rows, Rows]:
    """The queries that visit list 0, then 1, and so on; and where those of each list start."""
    starts = np.zeros(lists + 1, np.int64)
    for query in range(visits.shape[0]):
        for number in visits[query]:
            if number >= 0:
                starts[number + 1] += 1
    starts = np.cumsum(starts)
    queries, filled = np.empty(starts[-1], np.int64), starts.copy()
    for query in range(visits.shape[0]):
        for number in visits[query]:
            if number >= 0:
                queries[filled[number]] = query
                filled[number] += 1
    return queries, starts


@compiled
def _keep(
    parts: tuple[Products, Products],
    asking: tuple[Rows, Rows],
    members: tuple[Rows, int],
    found: Entries,
) -> None:
    """Put each likeness |even| + |odd| that is large enough into the heap of its query."""
    (even, odd), (askers, owners), (rows, windows) = parts, asking, members
    for place in range(len(askers)):
        heap, own = found[askers[place]], owners[askers[place]]
        for member in range(len(rows)):
            likeness = np.int64(abs(even[place, member]) + abs(odd[place, member]))
            if likeness < max(1, heap[0] >> LIKENESS) or rows[member] // windows == own:
                continue
            way = int(even[place, member] < 0) + 2 * int(odd[place, member] < 0)
            entry = (likeness << LIKENESS) + ((LAST_ROW - rows[member]) << ROW) + way
            slot = _slot(heap, rows[member] // windows, windows)
            if entry > heap[slot]:
                _sink(heap, slot, entry)


@compiled
def _slot(heap: Rows, owner: int, windows: int) -> int:
    """Where an entry of `owner` stands in `heap`; else the root, where the smallest stands."""
    if windows > 1:
        for slot in range(len(heap)):
            row = LAST_ROW - (heap[slot] >> ROW & LAST_ROW)
            if heap[slot] > 0 and row // windows == owner:
                return slot
    return 0


@compiled
def _sink(heap: Rows, slot: int, entry: int) -> None:
    """Put `entry` for the smaller one in `slot`, below all that are smaller than it."""
    child = 2 * slot + 1
    while child < len(heap):
        if child + 1 < len(heap) and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= entry:
            break
        heap[slot] = heap[child]
        slot, child = child, 2 * child + 1
    heap[slot] = entry
