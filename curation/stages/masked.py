"""Stage masked: the films whose lungs a person drew, for a segmenter to learn from.

A folder of its own, so that a source without masks leaves it as it is and no network is trained
anew for it.
"""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict

from manifests.contract.masked import MaskedFilm, squeezed, squeezed_mask, write_masked
from manifests.contract.working import MASKS, WorkingCopies

log = logging.getLogger(__name__)


class Params(BaseModel):
    """Whose masks are taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: tuple[str, ...]
    """Keys of sources whose lung masks a person drew; a machine's teach its own mistakes."""


def main(
    records: pd.DataFrame, ingested: Path, known: Sequence[str], folder: Path, params: Params
) -> int:
    """Write the films that dedup kept and that have a mask; give their number.

    `known` are the keys of all sources, each with its folder in `ingested`. A copy that left stands
    in the table as the film that stayed, with that film's mask if it has one. Raises
    `BrokenTable` for a film without picture.
    """
    # A profile may leave such a source out, and then there is nothing to learn from.
    if strange := [key for key in params.sources if key not in known]:
        log.warning(
            "masked.sources in params.yaml names %s, which is no source here; known: %s",
            ", ".join(strange), ", ".join(known),
        )  # fmt: skip
    copies = WorkingCopies([ingested / key for key in params.sources])
    masks = WorkingCopies([ingested / key / MASKS for key in params.sources])
    chosen = records[records["source"].isin(list(params.sources))].set_index("record_id")
    ids = sorted(str(record_id) for record_id in chosen.index if str(record_id) in masks)
    left = sum(record_id not in chosen.index for record_id in masks)
    log.info(
        "masked: %d films of %s, %d with lungs drawn by a person; %d more masks are of films "
        "that left",
        len(chosen), ", ".join(params.sources) or "no source", len(ids), left,
    )  # fmt: skip
    copies.require(ids)
    return write_masked(folder, _films(chosen, ids, copies, masks))


def _films(
    chosen: pd.DataFrame, ids: Sequence[str], copies: WorkingCopies, masks: WorkingCopies
) -> Iterator[MaskedFilm]:
    """In the order of `ids`; only the small pictures are all in memory."""
    small = {name: squeezed(pixels) for name, pixels in copies.stream(ids)}
    inside = {name: squeezed_mask(pixels) for name, pixels in masks.stream(ids)}
    for name in ids:
        row = chosen.loc[name]
        yield MaskedFilm(
            record_id=name, source=str(row["source"]), group=str(row["group"]),
            is_drawn=bool(row["is_drawn"]), film=small[name], mask=inside[name],
        )  # fmt: skip
