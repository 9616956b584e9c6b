"""Stage text: where words are burned into the films, and which look like a patient's."""

import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict
from tqdm import tqdm

from curation.burned import reader
from curation.burned.film import BURNED, Asked, looked, unpacked
from curation.work.bench import ALONE, Bench
from manifests.contract.burned import TEXT, BurnedText
from manifests.contract.table import check_counts, frame, write
from manifests.contract.vocabulary import PersonalText
from manifests.contract.working import WorkingCopies, write_packed

log = logging.getLogger(__name__)


class Params(BaseModel):
    """Whether the words are read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    read: bool
    """False: found only, and what is longer than a marker is `unread`, with or without the OCR
    library, so that both give the same bytes. True: the library must be there."""


def main(
    records: pd.DataFrame, copies: WorkingCopies, folder: Path, params: Params, bench: Bench = ALONE
) -> pd.DataFrame:
    """Write the masks of the films with text and `text.parquet` into `folder`; give the table.

    Raises `Misspelt` where words are to be read and the OCR library is not installed.
    """
    if params.read:
        reader.require()
    films = copies.in_order(records["record_id"])
    copies.require(records["record_id"])
    rows: list[BurnedText] = []

    def asked() -> Iterator[tuple[bytes, Asked]]:
        for film in films:
            one = Asked(copies.data(film), params.read)
            yield one.key(copies.sha256(film)), one

    def masks() -> Iterator[tuple[str, bytes]]:
        found = bench.results(BURNED, looked, asked())
        bar = tqdm(found, desc="finding text", total=len(films), disable=None)
        for film, result in zip(films, bar, strict=True):
            burned = unpacked(result)
            rows.append(
                BurnedText(
                    record_id=film, text_fraction=burned.fraction, text_boxes=burned.boxes_found,
                    personal=burned.personal, words=burned.words,
                )
            )  # fmt: skip
            if burned.mask:
                yield film, burned.mask

    with_text = write_packed(folder, masks())
    table = frame(rows, BurnedText)
    check_counts("text", len(records), with_text, int((table["text_boxes"] == 0).sum()))
    write(folder / TEXT, table, BurnedText)
    kinds = Counter(row.personal for row in rows)
    told = "".join(f", {kind} {kinds[kind]}" for kind in PersonalText if kinds[kind])
    log.info("text: %d films, %d with text%s", len(rows), with_text, told)
    return table
