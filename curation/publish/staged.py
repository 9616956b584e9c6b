"""The films of a release as the shards that the Hub and `datasets.load_dataset` read.

    <folder>/data/<channel>/<split>-00000-of-0000N.parquet

`datasets` alone would write absolute paths and no picture, so the column struct{bytes, path} and
its description are made here. Pictures are encoded anew from pixels: no tag survives.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa

from curation.licenses import Licenses
from curation.publish.channels import WITH_PIXELS, Channel
from curation.publish.cuts import cuts
from manifests.contract.packing import png
from manifests.contract.record import Record
from manifests.contract.table import BrokenTable, arrow_schema, write_arrow
from manifests.contract.vocabulary import Split
from manifests.contract.working import ROWS_PER_GROUP, WorkingCopies

HUB_SPLITS = {Split.TRAIN: "train", Split.VAL: "validation", Split.TEST: "test",
              Split.EXTERNAL: "external"}  # fmt: skip
"""Our side of the line -> the Hub's name for it."""
OLDEST = 90
"""Ages above this one are given as this one: very old patients are few enough to be known."""
POINTER_COLUMNS = ("record_id", "source", "source_ref", "source_url", "license", "attribution",
                   "sha256", "pixel_sha256", "retrieved", "snapshot_id", "is_drawn", "finding",
                   "findings", "abnormal", "pcr_positive", "view", "group", "split")  # fmt: skip
"""What helps to find a film and to check that it is the same one; nothing of the film itself."""
KEPT_BACK = ("facts",)
"""The course of a disease in numbers: enough of them tell one patient from all others."""
PIXEL_COLUMNS = (*POINTER_COLUMNS, *(name for name in Record.model_fields
                                     if name not in {*POINTER_COLUMNS, *KEPT_BACK}))  # fmt: skip
"""All else that the manifest knows of a film."""
ADDED = {
    "image": "the working copy: 8-bit grey PNG, encoded anew, without tags",
    "license_url": "where the licence can be read",
    "redistributable": "may the pixels be handed on under that licence?",
    "withheld": "why there are no pixels here",
}
"""Columns that no record has, and what they say."""
_IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


class Shelf(NamedTuple):
    """All films of one channel and one split."""

    channel: Channel
    split: Split
    rows: pd.DataFrame

    @property
    def stem(self) -> str:
        return f"data/{self.channel}/{HUB_SPLITS[self.split]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """What was staged of one channel and one split."""

    channel: Channel
    split: str
    """The Hub's name of the split."""
    films: int
    bytes: int
    path: str
    """Pattern of its shards, relative to the release."""


def shelved_of(shelf: Shelf, size: int) -> Shelved:
    """What the card says of a shelf that was staged with `size` bytes."""
    return Shelved(
        channel=shelf.channel, split=HUB_SPLITS[shelf.split], films=len(shelf.rows), bytes=size,
        path=f"{shelf.stem}-*.parquet",
    )  # fmt: skip


def shelves(records: pd.DataFrame, rulings: pd.DataFrame) -> list[Shelf]:
    """The filled shelves, in the order of channels and splits, each sorted by `record_id`."""
    ruled = records.assign(channel=rulings["channel"], withheld=rulings["why"])
    made = [
        Shelf(channel, split, ruled[(ruled["channel"] == channel) & (ruled["split"] == split)])
        for channel in Channel
        for split in Split
    ]
    return [shelf._replace(rows=shelf.rows.sort_values("record_id")) for shelf in made
            if len(shelf.rows)]  # fmt: skip


def stage(
    folder: Path, shelf: Shelf, copies: WorkingCopies, licenses: Licenses, shard_rows: int
) -> int:
    """Write the shards of one shelf, of about `shard_rows` films; give their bytes on disk."""
    parts = [shelf.rows.iloc[part] for part in cuts(list(shelf.rows["record_id"]), shard_rows)]
    written = 0
    for number, rows in enumerate(parts):
        place = folder / f"{shelf.stem}-{number:05d}-of-{len(parts):05d}.parquet"
        made = packed(rows, shelf.channel, copies, licenses)
        write_arrow(place, made, group_rows=ROWS_PER_GROUP)
        written += place.stat().st_size
    return written


def packed(
    rows: pd.DataFrame, channel: Channel, copies: WorkingCopies, licenses: Licenses
) -> pa.Table:
    """One shard in memory. Raises `BrokenTable` when a film has no working copy."""
    has_pixels = channel in WITH_PIXELS
    given: dict[str, Any] = {
        **rows.assign(age_years=rows["age_years"].clip(upper=OLDEST)),
        "license_url": [licenses.of(name).url for name in rows["license"]],
        "redistributable": [has_pixels] * len(rows),
        "image": list(_pictures(rows, copies)) if has_pixels else None,
    }
    table = pa.table({
        name: pa.array(given[name], type=kind, from_pandas=True)
        for name, kind in features_of(channel).items()
    })  # fmt: skip
    return table.replace_schema_metadata({"huggingface": _features(table.schema)})


def features_of(channel: Channel) -> dict[str, pa.DataType]:
    """The columns of a configuration, in their order."""
    known = arrow_schema(Record)
    names = PIXEL_COLUMNS if channel in WITH_PIXELS else POINTER_COLUMNS
    made = {
        **{name: known.field(name).type for name in names},
        "license_url": pa.string(),
        "redistributable": pa.bool_(),
    }
    if channel in WITH_PIXELS:
        return {"image": _IMAGE, **made}
    return {**made, "withheld": pa.string()}


def _pictures(rows: pd.DataFrame, copies: WorkingCopies) -> Iterator[dict[str, Any]]:
    missing = [name for name in rows["record_id"] if name not in copies]
    if missing:
        raise BrokenTable(
            f"{len(missing)} films have no working copy, the first is {missing[0]}; "
            "run `dvc repro ingest`"
        )
    # The order of the working shards, so that each is read once; compressed, a shelf fits memory.
    encoded = {name: png(pixels) for name, pixels in copies.stream(rows["record_id"])}
    for record_id, sha256 in zip(rows["record_id"], rows["sha256"], strict=True):
        yield {"bytes": encoded[str(record_id)], "path": f"{sha256}.png"}


def _features(schema: pa.Schema) -> str:
    """The description of the columns by which `datasets` knows a picture from a struct."""
    described = {field.name: _feature(field.type) for field in schema}
    return json.dumps({"info": {"features": described}})


def _feature(kind: pa.DataType) -> dict[str, Any]:
    if kind == _IMAGE:
        return {"_type": "Image"}
    if pa.types.is_list(kind):
        return {"feature": _feature(kind.value_type), "_type": "List"}
    names = {"double": "float64", "date32[day]": "date32"}
    return {"dtype": names.get(str(kind), str(kind)), "_type": "Value"}
