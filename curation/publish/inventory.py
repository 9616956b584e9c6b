"""release.json: what one folder of a release holds, so that any copy of it can be checked.

Everything that follows a release (the check, a push, a verification, a withdrawal) reads this file
and believes none of its figures before it has counted and hashed for itself.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from curation.publish.staged import Shelved
from manifests.contract.folder import whole_file
from manifests.contract.params import Misspelt
from manifests.contract.table import BrokenTable, read_arrow
from manifests.contract.vocabulary import DISCLAIMER

INVENTORY = "release.json"
DATASET, MODELS = "dataset", "models"
"""The folders of a release: one data set, and one folder for each network."""


class Item(BaseModel):
    """One file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)


class Inventory(BaseModel):
    """What stands in release.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["dataset", "model"]
    name: str
    version: str
    manifest_id: str = Field(pattern=r"^[0-9a-f]{16}$")
    """Of the manifest that it was made from, or that the network learnt from."""
    disclaimer: str
    channels: dict[str, dict[str, int]] = {}
    """Configuration -> the Hub's name of a split -> its films."""
    content: dict[str, str] = {}
    """Configuration -> `content_id` of its rows."""
    files: dict[str, Item] = {}
    """Path, with `/` -> what it holds; all files but this one."""


def read_inventory(folder: Path) -> Inventory:
    """What release.json in `folder` says.

    Raises `Misspelt` where there is none, `BrokenTable` where it is damaged.
    """
    place = folder / INVENTORY
    try:
        return Inventory.model_validate_json(place.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise Misspelt(
            f"{place}: not there; name a folder that `cxr release stage` wrote"
        ) from None
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(map(str, first["loc"])) or "its JSON"
        raise BrokenTable(f"{place}: {where}: {first['msg']}; stage the release again") from None


def write_inventory(folder: Path, told: Inventory) -> None:
    """Count and hash every file of `folder`, then write release.json; `told.files` is filled."""
    whole = told.model_copy(update={"files": items(folder)})
    with whole_file(folder / INVENTORY) as part:
        part.write_text(whole.model_dump_json(indent=2) + "\n", encoding="utf-8", newline="\n")


def inventory(figures: Mapping[str, Any], shelved: Sequence[Shelved], folder: Path) -> Inventory:
    """What a data set's release.json says; its files are filled in when it is written."""
    channels: dict[str, dict[str, int]] = {}
    for shelf in shelved:
        channels.setdefault(str(shelf.channel), {})[shelf.split] = shelf.films
    return Inventory(
        kind="dataset", name=figures["name"], version=figures["version"],
        manifest_id=figures["manifest_id"], disclaimer=DISCLAIMER, channels=channels,
        content={name: content_id(_shards(folder, name)) for name in channels},
    )  # fmt: skip


def _shards(folder: Path, config: str) -> Iterator[pa.Table]:
    return map(read_arrow, sorted(folder.glob(f"data/{config}/*.parquet")))


def items(folder: Path) -> dict[str, Item]:
    """Every file of `folder` but release.json, by its path."""
    files = sorted(place for place in folder.rglob("*") if place.is_file())
    return {
        place.relative_to(folder).as_posix(): item(place)
        for place in files
        if place != folder / INVENTORY
    }


def item(place: Path) -> Item:
    """One file, read once."""
    with place.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Item(sha256=digest, bytes=place.stat().st_size)


def content_id(tables: Iterable[pa.Table]) -> str:
    """Sixteen hex digits of the rows, whatever their order, shards and Parquet settings.

    A picture counts by its bytes. `tables` are parts of one configuration, of any split; only one
    is in memory.
    """
    digests = sorted(_digest(row) for table in tables for row in table.to_pylist())
    return hashlib.sha256("".join(digests).encode()).hexdigest()[:16]


def _digest(row: dict[str, Any]) -> str:
    image = row.pop("image", None)
    told = json.dumps(row, sort_keys=True, default=str, ensure_ascii=False)
    seen = hashlib.sha256(image["bytes"]).hexdigest() if image else ""
    return hashlib.sha256(f"{told}\x1f{seen}".encode()).hexdigest()
