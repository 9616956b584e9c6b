"""Stage prepare: every film as a stack of pixels for a network, packed in shards."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from tqdm import tqdm

from curation.pixels.stack import Recipe, stack
from curation.work.bench import ALONE, Bench
from manifests.contract.packing import scratch, unpng
from manifests.contract.prepared import PREPARED_COLUMNS, write_prepared
from manifests.contract.record import Record
from manifests.contract.table import BrokenTable, to_arrow
from manifests.contract.working import WorkingCopies

Stacks = npt.NDArray[np.uint8]
"""uint8[N, size, size, 3]."""


class Params(Recipe):
    """One entry of `recipes` in params.yaml."""


def main(  # noqa: PLR0913, PLR0917 - a stage takes what DVC gives it
    records: pd.DataFrame,
    copies: WorkingCopies,
    folder: Path,
    recipe: Params,
    manifest_id: str,
    bench: Bench = ALONE,
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
        _fill(stacks, ids, copies, recipe, bench)
        about = {
            "manifest_id": manifest_id,
            "recipe_id": recipe.recipe_id,
            "channels": ",".join(recipe.channels),
            "size": str(recipe.size),
        }
        return write_prepared(folder, zip(known, stacks, strict=True), about)


class Asked(NamedTuple):
    """A working copy, and what to make of it."""

    png: bytes
    recipe: Recipe


def stacked(asked: Asked) -> bytes:
    """The stack of one film, uint8[size, size, 3] as it lies in memory."""
    return stack(unpng(asked.png), recipe=asked.recipe).tobytes()


def _fill(
    stacks: Stacks, ids: Sequence[str], copies: WorkingCopies, recipe: Recipe, bench: Bench
) -> None:
    position = {record_id: number for number, record_id in enumerate(ids)}
    films = copies.in_order(ids)
    made = bench.each(stacked, (Asked(copies.data(film), recipe) for film in films))
    bar = tqdm(made, desc="preparing films", total=len(ids), disable=None)
    for film, pixels in zip(films, bar, strict=True):
        stacks[position[film]] = np.frombuffer(pixels, np.uint8).reshape(stacks.shape[1:])
