"""What a published release says of films without pixels, checked before any of it is believed."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from curation.publish.inventory import DATASET, INVENTORY, Inventory, item, read_inventory
from curation.publish.papers import LOCAL
from curation.sources.loading import KEY
from manifests.contract.params import Misspelt
from manifests.contract.table import BrokenTable, read_arrow, to_pandas

SOURCES = "sources.json"
WANTED = (INVENTORY, SOURCES, "data/{config}/*")
"""Patterns of the files that are read."""
NEEDED = ("record_id", "source", "source_ref", "source_url", "license", "attribution", "sha256",
          "pixel_sha256", "split", "group")  # fmt: skip
HASHES = ("sha256", "pixel_sha256")


class Note(BaseModel):
    """What sources.json says of one source."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str
    homepage: str
    license: str
    license_url: str
    citation: str
    needs_permission: bool
    entry: dict[str, Any]
    """Its section of params.yaml when the release was made: the commit, the queries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One configuration of a release."""

    told: Inventory
    rows: pd.DataFrame
    notes: Mapping[str, Note]


def folder_of(word: str) -> Path | None:
    """The folder with release.json that `word` names, itself or by the release around it."""
    place = Path(word)
    inside = place / DATASET
    return (inside if (inside / INVENTORY).is_file() else place) if place.is_dir() else None


def read_published(folder: Path, config: str) -> Published:
    """The rows of `config` and what is known of their sources.

    Raises `Misspelt` for a configuration that is not there, `BrokenTable` for a file that is not
    the one that was published, or that says what cannot be.
    """
    told = read_inventory(folder)
    if config not in told.channels:
        raise Misspelt(f"{folder}: has no {config}; there are: {', '.join(sorted(told.channels))}")
    shards = sorted(path for path in told.files if path.startswith(f"data/{config}/"))
    for path in (SOURCES, *shards):
        _check(folder, path, told)
    tables = [read_arrow(folder / path) for path in shards]
    # Pixels, where a configuration has them, are not the file as it came.
    rows = pd.concat(
        [to_pandas(made.drop_columns([n for n in made.column_names if n == "image"]))
         for made in tables], ignore_index=True,
    )  # fmt: skip
    _check_rows(folder, rows, sum(told.channels[config].values()))
    return Published(told=told, rows=rows, notes=_notes(folder / SOURCES))


def _check(folder: Path, path: str, told: Inventory) -> None:
    place = folder / path
    if path not in told.files or not place.is_file():
        raise BrokenTable(f"{place}: not there; download or stage the release again")
    if item(place) != told.files[path]:
        raise BrokenTable(f"{place}: is not the file of {INVENTORY}; download the release again")


def _check_rows(folder: Path, rows: pd.DataFrame, films: int) -> None:
    missing = [name for name in NEEDED if name not in rows]
    if missing:
        raise BrokenTable(f"{folder}: its rows have no {', '.join(missing)}")
    if len(rows) != films or rows["record_id"].duplicated().any():
        raise BrokenTable(f"{folder}: {len(rows)} rows for {films} films, or one stands twice")
    for name in HASHES:
        if not rows[name].astype(str).str.fullmatch(r"[0-9a-f]{64}").all():
            raise BrokenTable(f"{folder}: a {name} is not 64 hexadecimal digits")
    strange = [key for key in sorted(set(rows["source"])) if not KEY.fullmatch(str(key))]
    if strange:
        raise BrokenTable(f"{folder}: {strange[0]!r} is no key of a source")


def _notes(place: Path) -> dict[str, Note]:
    try:
        notes = {key: Note.model_validate(told) for key, told in json.loads(
            place.read_bytes()).items()}  # fmt: skip
    except (ValueError, AttributeError, ValidationError) as fault:
        said = re.sub(r"\s+", " ", str(fault))[:200]
        raise BrokenTable(f"{place}: does not tell of its sources ({said})") from None
    for key, note in notes.items():
        if own := sorted(LOCAL & note.entry.keys()):
            raise BrokenTable(f"{place}: {key} names {own[0]}, which only your machine can say")
        for name, value in sorted(note.entry.items()):
            if _leads_out(value):
                raise BrokenTable(
                    f"{place}: {key} names a place on your machine in {name}; do not use this "
                    "release, and tell its keepers"
                )
    return notes


def _leads_out(value: object) -> bool:
    """Whether words in it, however deep, are a path from a root, or one out of a folder."""
    if isinstance(value, Mapping):
        return any(map(_leads_out, (*value.keys(), *value.values())))
    if isinstance(value, list):
        return any(map(_leads_out, value))
    if not isinstance(value, str):
        return False
    windows = PureWindowsPath(value)
    return (
        bool(windows.drive or windows.root)
        or ".." in windows.parts
        or value.lower().startswith(("~", "file:"))
    )
