"""Stage prepare: every film as a stack of pixels for a network, packed in shards."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
from tqdm import tqdm

from curation.pixels.stack import Recipe, stack
from manifests.contract.packing import scratch
from manifests.contract.prepared import PREPARED_COLUMNS, write_prepared
from manifests.contract.record import Record
from manifests.contract.table import BrokenTable, to_arrow
from manifests.contract.working import WorkingCopies

AT_A_TIME = 64
"""Films in memory: enough to keep every processor busy."""
Stacks = npt.NDArray[np.uint8]
"""uint8[N, size, size, 3]."""


class Params(Recipe):
    """One entry of `recipes` in params.yaml."""


def main(
    records: pd.DataFrame, copies: WorkingCopies, folder: Path, recipe: Params, manifest_id: str
) -> int:
    """Write `data-*.arrow` into `folder`, one row per record in the order of their ids.

    Gives the number of rows. Raises `BrokenTable` when there is no record, or no picture of one.
    """
    made = to_arrow(records.sort_values("record_id"), Record).select(list(PREPARED_COLUMNS))
    known = made.to_pylist()
    ids = [str(row["record_id"]) for row in known]
    if not ids:
        raise BrokenTable("no film is left to prepare; the tables of rejections say why")
    copies.require(ids)
    # Pictures come in the order of their sources and leave in the order of their ids; between the
    # two they lie in a file of their own, since no memory holds a large set.
    with tempfile.TemporaryFile(dir=folder) as spool:
        stacks = scratch(spool, (len(ids), recipe.size, recipe.size, 3))
        _fill(stacks, ids, copies, recipe)
        about = {
            "manifest_id": manifest_id,
            "recipe_id": recipe.recipe_id,
            "channels": ",".join(recipe.channels),
            "size": str(recipe.size),
        }
        return write_prepared(folder, zip(known, stacks, strict=True), about)


def _fill(stacks: Stacks, ids: Sequence[str], copies: WorkingCopies, recipe: Recipe) -> None:
    # OpenCV's own threads would fight with ours, and ours waste less.
    cv2.setNumThreads(1)
    position = {record_id: number for number, record_id in enumerate(ids)}
    films = copies.stream(ids)
    with (
        ThreadPoolExecutor(os.cpu_count()) as pool,
        tqdm(desc="preparing films", total=len(ids), disable=None) as bar,
    ):
        for batch in _batches(films):
            made = pool.map(partial(stack, recipe=recipe), [pixels for _, pixels in batch])
            for (record_id, _), stacked in zip(batch, made, strict=True):
                stacks[position[record_id]] = stacked
            bar.update(len(batch))


def _batches(
    films: Iterator[tuple[str, npt.NDArray[np.uint8]]],
) -> Iterator[list[tuple[str, npt.NDArray[np.uint8]]]]:
    while batch := list(islice(films, AT_A_TIME)):
        yield batch
