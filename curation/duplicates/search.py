"""Near copies among many films: a view of each, its neighbours, and a score for each pair.

N films. Views live in a temporary file, so that memory does not grow with the pictures.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import groupby
from typing import IO

import cv2
import numpy as np
from tqdm import tqdm

from curation.duplicates.candidates import (
    DEPTH,
    VIEW_SIDE,
    WINDOWS,
    Descriptors,
    View,
    descriptors,
    look,
)
from curation.duplicates.features import features
from curation.duplicates.neighbours import Candidate, neighbours
from curation.duplicates.pair import Edge
from curation.duplicates.verification import Likeness, compare
from manifests.contract.packing import scratch
from manifests.contract.working import WorkingCopies

FEATURES_HELD = 32_768
"""Films whose features stay in memory, 40 KiB each."""


def scored(record_ids: Sequence[str], copies: WorkingCopies, count: int) -> dict[Edge, Likeness]:
    """The likeness of every film to its `count` nearest others, in whatever order the ids come.

    Raises `BrokenTable` when a film has no working copy.
    """
    ids = sorted(record_ids)
    copies.require(ids)
    if not ids:
        return {}
    with tempfile.TemporaryFile() as file:
        views, described = _looked_at(ids, copies, file)
        found = _compared(views, neighbours(described, count))
        return {(ids[pair.first], ids[pair.second]): likeness for pair, likeness in found}


def _looked_at(
    ids: Sequence[str], copies: WorkingCopies, file: IO[bytes]
) -> tuple[list[View], Descriptors]:
    """The views, whose pixels stay in `file`, and float32[N, W, D], in the order of `ids`."""
    room = scratch(file, (len(ids), VIEW_SIDE, VIEW_SIDE))
    views = [View(np.asarray(place), (0, 0, 0, 0)) for place in room]
    described = np.zeros((len(ids), WINDOWS, DEPTH), np.float32)
    position = {record_id: number for number, record_id in enumerate(ids)}
    bar = tqdm(copies.stream(ids), desc="looking at films", total=len(ids), disable=None)
    for record_id, pixels in bar:
        number, (seen, frame) = position[record_id], look(pixels)
        height, width = seen.shape
        views[number] = View(views[number].seen[:height, :width], frame)
        views[number].seen[...] = seen
        described[number] = descriptors(seen)
    return views, described


def _compared(
    views: Sequence[View], pairs: Sequence[Candidate]
) -> Iterator[tuple[Candidate, Likeness]]:
    """Each pair with its likeness, in the order given, worked on by all processors."""
    # OpenCV's own threads would fight with ours, and ours waste less.
    cv2.setNumThreads(1)
    looked = lru_cache(maxsize=FEATURES_HELD)(lambda number: features(views[number]))

    def of_group(group: list[Candidate]) -> list[tuple[Candidate, Likeness]]:
        return [
            (
                pair,
                compare(
                    looked(pair.first), looked(pair.second),
                    is_mirrored=pair.is_mirrored, is_inverted=pair.is_inverted,
                ),
            )
            for pair in group
        ]  # fmt: skip

    groups = [list(group) for _, group in groupby(pairs, key=lambda pair: pair.first)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(of_group, groups)
        for scores in tqdm(done, desc="comparing films", total=len(groups), disable=None):
            yield from scores
