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
    descriptors,
    view,
)
from curation.duplicates.neighbours import Candidate, neighbours
from curation.duplicates.pair import Edge
from curation.duplicates.verification import features, score
from manifests.contract.images import Pixels
from manifests.contract.packing import scratch
from manifests.contract.working import WorkingCopies

FEATURES_HELD = 32_768
"""Films whose features stay in memory, 40 KiB each."""


def scored(record_ids: Sequence[str], copies: WorkingCopies, count: int) -> dict[Edge, float]:
    """The score of every film with its `count` nearest others, in whatever order the ids come.

    Raises `BrokenTable` when a film has no working copy.
    """
    ids = sorted(record_ids)
    copies.require(ids)
    if not ids:
        return {}
    with tempfile.TemporaryFile() as file:
        views, described = _looked_at(ids, copies, file)
        found = _compared(views, neighbours(described, count))
        return {(ids[pair.first], ids[pair.second]): value for pair, value in found}


def _looked_at(
    ids: Sequence[str], copies: WorkingCopies, file: IO[bytes]
) -> tuple[list[Pixels], Descriptors]:
    """The views, which stay in `file`, and float32[N, W, D], in the order of `ids`."""
    room = scratch(file, (len(ids), VIEW_SIDE, VIEW_SIDE))
    views: list[Pixels] = [np.asarray(place) for place in room]
    described = np.zeros((len(ids), WINDOWS, DEPTH), np.float32)
    position = {record_id: number for number, record_id in enumerate(ids)}
    bar = tqdm(copies.stream(ids), desc="looking at films", total=len(ids), disable=None)
    for record_id, pixels in bar:
        number, seen = position[record_id], view(pixels)
        height, width = seen.shape
        views[number] = views[number][:height, :width]
        views[number][...] = seen
        described[number] = descriptors(seen)
    return views, described


def _compared(
    views: Sequence[Pixels], pairs: Sequence[Candidate]
) -> Iterator[tuple[Candidate, float]]:
    """Each pair with its score, in the order given, worked on by all processors."""
    # OpenCV's own threads would fight with ours, and ours waste less.
    cv2.setNumThreads(1)
    looked = lru_cache(maxsize=FEATURES_HELD)(lambda number: features(views[number]))

    def compare(group: list[Candidate]) -> list[tuple[Candidate, float]]:
        return [
            (
                pair,
                score(
                    looked(pair.first), looked(pair.second),
                    is_mirrored=pair.is_mirrored, is_inverted=pair.is_inverted,
                ),
            )
            for pair in group
        ]  # fmt: skip

    groups = [list(group) for _, group in groupby(pairs, key=lambda pair: pair.first)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(compare, groups)
        for scores in tqdm(done, desc="comparing films", total=len(groups), disable=None):
            yield from scores
