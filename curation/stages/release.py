"""Stage release: the manifest, its rejections, its summary, and a folder that may be published."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from tqdm import tqdm

from curation.licenses import Licenses
from curation.publish.attribution import attribution
from curation.publish.card import Shelved, card, licenses_page
from curation.publish.channels import rulings
from curation.publish.checking import check_staged
from curation.publish.inventory import Inventory, content_id, write_inventory
from curation.publish.staged import HUB_SPLITS, shelves, stage
from curation.publish.summary import StageCount, all_rejected, summary
from manifests.contract import table
from manifests.contract.folder import whole_file
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection
from manifests.contract.vocabulary import DISCLAIMER, DRAWN
from manifests.contract.working import WorkingCopies


class Params(BaseModel):
    """What the release is called."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    """Semantic version of the data: major, minor, patch."""
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    """Small letters, digits and dashes, as a Hub repository wants it."""
    personal_text: Literal["publish", "withhold"]
    """Pixels of films whose burned-in words look like a patient's, or were never read."""


def main(  # noqa: PLR0913 - each argument is one thing that a release is made of
    *,
    records: pd.DataFrame,
    ingested: pd.DataFrame,
    counts: Sequence[StageCount],
    copies: WorkingCopies,
    licenses: Path,
    profile: str,
    staged: Path,
    manifests: Path,
    params: Params,
) -> dict[str, Any]:
    """Fill the folder `staged` with `records`, check it, then write three files into `manifests`.

    `ingested` are all films that came in, since a copy that left may know a stricter licence.
    Gives the content of summary.json. Raises `BrokenTable` when the check finds a film that may
    not leave: then nothing is written into `manifests`.
    """
    rules = Licenses.load(licenses)
    # Where words may go out as well, none keeps pixels back.
    is_open = params.personal_text == "publish"
    judged = records.assign(personal_text=None) if is_open else records
    ruled = rulings(judged, rules, ingested)
    stamp = {"version": params.version, "name": params.name, "profile": profile}
    figures = summary(records, ruled, counts, stamp)
    shelved = [
        Shelved(
            channel=shelf.channel, split=HUB_SPLITS[shelf.split], films=len(shelf.rows),
            bytes=stage(staged, shelf, copies, rules), path=f"{shelf.stem}-*.parquet",
        )
        for shelf in tqdm(shelves(records, ruled), desc="release", unit="shelf", disable=None)
    ]  # fmt: skip
    named = {spdx: rules.of(spdx) for spdx in figures["licenses"]}
    _write(staged / "README.md", card(params.name, figures, shelved))
    _write(staged / "LICENSES.md", licenses_page(params.name, figures, named))
    _write(staged / "ATTRIBUTION.csv", attribution(records, ruled, rules))
    check_staged(staged, judged, rules, copies, ingested)
    write_inventory(staged, _inventory(figures, shelved, staged))
    _write_manifests(manifests, records, counts, figures)
    return figures


def _inventory(figures: dict[str, Any], shelved: Sequence[Shelved], staged: Path) -> Inventory:
    channels: dict[str, dict[str, int]] = {}
    for shelf in shelved:
        channels.setdefault(str(shelf.channel), {})[shelf.split] = shelf.films
    return Inventory(
        kind="dataset", name=figures["name"], version=figures["version"],
        manifest_id=figures["manifest_id"], disclaimer=DISCLAIMER, channels=channels,
        content={
            name: content_id(map(table.read_arrow, sorted(staged.glob(f"data/{name}/*.parquet"))))
            for name in channels
        },
    )  # fmt: skip


def _write_manifests(
    folder: Path, records: pd.DataFrame, counts: Sequence[StageCount], figures: dict[str, Any]
) -> None:
    """The manifest, the rejections and the summary, each stamped with the id and the disclaimer."""
    stamp = {
        "manifest_id": figures["manifest_id"],
        "version": figures["version"],
        "disclaimer": DISCLAIMER,
        "drawn": DRAWN if figures["is_drawn"] else "",
    }
    rejected = all_rejected(counts, table.frame([], Rejection))
    table.write(folder / "dataset.parquet", records, Record, stamp)
    table.write(folder / "rejected.parquet", rejected, Rejection, stamp)
    _write(
        folder / "summary.json",
        json.dumps({**figures, "disclaimer": DISCLAIMER}, indent=2, ensure_ascii=False) + "\n",
    )


def _write(place: Path, words: str) -> None:
    with whole_file(place) as part:
        part.write_text(words, encoding="utf-8", newline="\n")
