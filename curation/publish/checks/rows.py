"""Every staged row beside the row that the manifest gives, column by column."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from curation.publish.channels import WITH_PIXELS
from curation.publish.checks.fault import Fault, faults
from curation.publish.material import Material
from curation.publish.staged import (
    IMAGE,
    Shelf,
    cells,
    described,
    features_of,
    picture_name,
    shelves,
)
from manifests.contract.table import read_arrow

Row = Mapping[str, Any]


def row_faults(folder: Path, material: Material) -> Iterator[Fault]:
    """Shards of another shape than a release has, rows of another order, cells of another value."""
    found: list[str] = []
    shapes: list[str] = []
    for shelf in shelves(material.records, material.ruled()):
        places = sorted(folder.glob(f"{shelf.stem}-*.parquet"))
        shapes += [
            place.relative_to(folder).as_posix() for place in places if not _is_ours(place, shelf)
        ]
        if not shapes:
            found += _different(shelf, places, material)
    yield from faults({
        "shards whose columns are not those of a release": shapes,
        "rows that are not the manifest's": found,
    })  # fmt: skip


def _is_ours(place: Path, shelf: Shelf) -> bool:
    """The very columns, described as `datasets` wants them, and nothing written beside."""
    schema = read_arrow(place).schema
    wanted = described(pa.schema(list(features_of(shelf.channel).items()))).metadata
    # The description names every column and its type, in their order.
    is_plain = not any(field.metadata for field in schema)
    return bool(schema.metadata == described(schema).metadata == wanted and is_plain)


def _different(shelf: Shelf, places: list[Path], material: Material) -> Iterator[str]:
    """The first rows go with the first: a release is in the order of its ids."""
    wanted: list[Row] = pa.table(cells(shelf.rows, shelf.channel, material.rules)).to_pylist()
    if shelf.channel in WITH_PIXELS:
        wanted = [{**row, IMAGE: picture_name(row["sha256"])} for row in wanted]
    staged = [row for place in places for row in _rows(place, shelf)]
    for expected, found in zip(wanted, staged, strict=False):
        other = [name for name, value in expected.items() if found[name] != value]
        if other:
            yield f"{expected['record_id']} ({', '.join(other)})"
    for row in wanted[len(staged) :]:
        yield f"{row['record_id']} (missing)"
    for row in staged[len(wanted) :]:
        yield f"{row['record_id']} (too many)"


def _rows(place: Path, shelf: Shelf) -> list[Row]:
    """The cells of a shard; of a picture the name, since its pixels are looked at elsewhere."""
    names = [name for name in features_of(shelf.channel) if name != IMAGE]
    rows: list[Row] = read_arrow(place, names).to_pylist()
    if shelf.channel not in WITH_PIXELS:
        return rows
    pictures = read_arrow(place, [IMAGE])[IMAGE].combine_chunks()
    paths = pictures.field("path").to_pylist()
    return [{**row, IMAGE: path} for row, path in zip(rows, paths, strict=True)]
