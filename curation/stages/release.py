"""Stage release: the manifest, its rejections, its summary, and a folder that may be published."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from tqdm import tqdm

from curation.publish.checks.fault import raise_if_any
from curation.publish.checks.films import film_faults
from curation.publish.documents import documents
from curation.publish.inventory import inventory, items, write_inventory
from curation.publish.material import Material
from curation.publish.papers import check_audit
from curation.publish.staged import shelved, shelves, stage
from curation.publish.summary import StageCount, all_rejected
from manifests.contract import table
from manifests.contract.folder import whole_file
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection
from manifests.contract.vocabulary import DISCLAIMER, DRAWN


class Params(BaseModel):
    """What the release is called."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    """Semantic version of the data: major, minor, patch."""
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    """Small letters, digits and dashes, as a Hub repository wants it."""
    personal_text: Literal["publish", "withhold"]
    """Pixels of films whose burned-in words look like a patient's, or were never read."""
    shard_rows: int = Field(ge=1, le=1000)
    """Films in a shard, about: the smaller, the less is sent when a film comes or goes."""


def main(material: Material, staged: Path, manifests: Path, params: Params) -> dict[str, Any]:
    """Fill the folder `staged`, check it, then write three files into `manifests`.

    Gives the content of summary.json. Raises `BrokenTable` when the check finds a film that may
    not leave: then nothing is written into `manifests`.
    """
    ruled = material.ruled()
    figures = material.figures(ruled)
    check_audit(material.papers.audit, figures["manifest_id"])
    filled = shelves(material.records, ruled)
    for shelf in tqdm(filled, desc="release", unit="shelf", disable=None):
        stage(staged, shelf, material.copies, material.rules, params.shard_rows)
    told = shelved(staged)
    for name, words in documents(material, ruled, figures, told, items(staged)).items():
        _write(staged / name, words)
    raise_if_any(film_faults(staged, material))
    write_inventory(staged, inventory(figures, told, staged))
    _write_manifests(manifests, material.records, material.counts, figures)
    return figures


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
