"""`cxr release preview`: the card, the Hub's question and the first rows, on one page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from curation.pages.page import page
from curation.pages.pictures import Picture, thumbnail
from curation.publish.inventory import Inventory, read_inventory
from curation.showcase.words import html
from manifests.contract.packing import unpng
from manifests.contract.table import BrokenTable, read_arrow

HERE = Path(__file__).parent
ROWS = 8
"""First rows shown of each configuration."""
COLUMNS = ("record_id", "finding", "view", "age_years", "split", "license", "attribution")
POINTED = ("record_id", "finding", "view", "split", "license", "withheld", "source_url")
WANTED = ("license", "pretty_name", "task_categories", "size_categories", "tags", "configs",
          "dataset_info")  # fmt: skip
"""Fields without which the Hub shows less, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One film of the table."""

    picture: Picture | None
    alt: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One configuration with its first rows."""

    name: str
    splits: dict[str, int]
    size: int
    """Bytes."""
    columns: tuple[str, ...]
    rows: list[Row]


def showcase(folder: Path) -> str:
    """The page of the data set staged in `folder`. Raises `BrokenTable` for a card without YAML."""
    told = read_inventory(folder)
    fields, body = _card(folder / "README.md")
    gate = {
        name.removeprefix("extra_gated_"): value
        for name, value in fields.items()
        if name.startswith("extra_gated_")
    }
    facts = {
        "fields": fields, "gate": gate, "body": html(body), "told": told,
        "title": fields.get("pretty_name") or told.name, "license": fields.get("license", "none"),
        "missing": [name for name in WANTED if not fields.get(name)],
        "configs": [_config(folder, told, config) for config in told.channels],
        "bytes": sum(held.bytes for held in told.files.values()),
    }  # fmt: skip
    return page("showcase.html.jinja", facts, HERE)


def _card(place: Path) -> tuple[dict[str, Any], str]:
    head, _, body = place.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
    try:
        fields = yaml.safe_load(head)
    except yaml.YAMLError:
        fields = None
    if not isinstance(fields, dict):
        raise BrokenTable(f"{place}: begins with no YAML for the Hub; stage the release again")
    return fields, body


def _config(folder: Path, told: Inventory, name: str) -> Config:
    rows = list(islice(_rows(folder, name, told.channels[name]), ROWS))
    own = {path: held for path, held in told.files.items() if path.startswith(f"data/{name}/")}
    is_seen = any(row.get("image") for row in rows)
    columns = COLUMNS if is_seen else POINTED
    return Config(
        name=name, splits=told.channels[name], size=sum(held.bytes for held in own.values()),
        columns=columns, rows=[_row(row, columns) for row in rows],
    )  # fmt: skip


def _rows(folder: Path, config: str, splits: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The first films of each split, so that more than one is seen."""
    for split in splits:
        first = min(folder.glob(f"data/{config}/{split}-*.parquet"))
        yield from read_arrow(first).slice(0, ROWS // 2).to_pylist()


def _row(row: dict[str, Any], columns: tuple[str, ...]) -> Row:
    image = row.get("image")
    return Row(
        picture=thumbnail(unpng(image["bytes"])) if image else None,
        alt=f"Film {row['record_id']}: {row['finding']}",
        cells=tuple("" if row[name] is None else str(row[name]) for name in columns),
    )
