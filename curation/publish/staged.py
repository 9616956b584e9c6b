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
from manifests.contract.table import BrokenTable, arrow_schema, read_arrow, write_arrow
from manifests.contract.vocabulary import Split
from manifests.contract.working import ROWS_PER_GROUP, WorkingCopies

HUB_SPLITS = {Split.TRAIN: "train", Split.VAL: "validation", Split.TEST: "test",
              Split.EXTERNAL: "external"}  # fmt: skip
"""Our side of the line -> the Hub's name for it."""
OLDEST = 90
"""Ages above this one are given as this one: very old patients are few enough to be known."""
POINTER_COLUMNS = ("record_id", "source", "source_ref", "source_url", "license", "attribution",
                   "sha256", "pixel_sha256", "is_drawn", "finding", "findings", "abnormal",
                   "pcr_positive", "view", "group", "split")  # fmt: skip
"""What helps to find a film and to check that it is the same one; nothing of the film itself."""
KEPT_BACK = {
    "facts": "the course of a disease in numbers can tell one patient from all others",
    "retrieved": "in ATTRIBUTION.csv, so that films that are fetched anew leave a shard as it is",
    "snapshot_id": "the same",
}
"""Column of the manifest that no configuration has -> why."""
PIXEL_COLUMNS = (*POINTER_COLUMNS, *(name for name in Record.model_fields
                                     if name not in {*POINTER_COLUMNS, *KEPT_BACK}))  # fmt: skip
"""All else that the manifest knows of a film."""
IMAGE = "image"
ADDED = {
    IMAGE: "the working copy: 8-bit grey PNG, encoded anew, without tags",
    "license_url": "where the licence can be read",
    "redistributable": "may the pixels be handed on under that licence?",
    "withheld": "why there are no pixels here",
}
"""Columns that no record has, and what they say."""
_PICTURE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


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
    """On the disk."""
    memory: int
    """Bytes of its rows in memory, as the Hub counts a split."""
    path: str
    """Pattern of its shards, relative to the release."""


def shelved(folder: Path) -> list[Shelved]:
    """What lies in the shards of a folder, counted row by row; the order of channels and splits."""
    return [
        _shelved(channel, split, places)
        for channel in Channel
        for split in HUB_SPLITS.values()
        if (places := sorted(folder.glob(f"data/{channel}/{split}-*.parquet")))
    ]


def _shelved(channel: Channel, split: str, places: list[Path]) -> Shelved:
    films = memory = 0
    for place in places:
        made = read_arrow(place)
        films, memory = films + made.num_rows, memory + made.nbytes
    return Shelved(
        channel=channel, split=split, films=films, memory=memory,
        bytes=sum(place.stat().st_size for place in places),
        path=f"data/{channel}/{split}-*.parquet",
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
) -> None:
    """Write the shards of one shelf, of about `shard_rows` films."""
    parts = [shelf.rows.iloc[part] for part in cuts(list(shelf.rows["record_id"]), shard_rows)]
    for number, rows in enumerate(parts):
        place = folder / f"{shelf.stem}-{number:05d}-of-{len(parts):05d}.parquet"
        made = packed(rows, shelf.channel, copies, licenses)
        write_arrow(place, made, group_rows=ROWS_PER_GROUP)


def packed(
    rows: pd.DataFrame, channel: Channel, copies: WorkingCopies, licenses: Licenses
) -> pa.Table:
    """One shard in memory. Raises `BrokenTable` when a film has no working copy."""
    made = cells(rows, channel, licenses)
    if channel in WITH_PIXELS:
        made = {IMAGE: pa.array(list(_pictures(rows, copies)), _PICTURE), **made}
    table = pa.table(made)
    return table.cast(described(table.schema))


def cells(rows: pd.DataFrame, channel: Channel, licenses: Licenses) -> dict[str, pa.Array]:
    """The columns of these rows but for the pictures."""
    given: dict[str, Any] = {
        **rows.assign(age_years=rows["age_years"].clip(upper=OLDEST)),
        "license_url": [licenses.of(name).url for name in rows["license"]],
        "redistributable": [channel in WITH_PIXELS] * len(rows),
    }
    return {
        name: pa.array(given[name], type=kind, from_pandas=True)
        for name, kind in features_of(channel).items()
        if name != IMAGE
    }


def picture_name(sha256: str) -> str:
    """The path of a film's picture, which leads nowhere."""
    return f"{sha256}.png"


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
        return {IMAGE: _PICTURE, **made}
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
        yield {"bytes": encoded[str(record_id)], "path": picture_name(sha256)}


def described(schema: pa.Schema) -> pa.Schema:
    """The schema with the words by which `datasets` knows a picture from a struct."""
    features = {field.name: _feature(field.type) for field in schema}
    told = json.dumps({"info": {"features": features}})
    return schema.with_metadata({"huggingface": told})


def _feature(kind: pa.DataType) -> dict[str, Any]:
    if kind == _PICTURE:
        return {"_type": "Image"}
    if pa.types.is_list(kind):
        return {"feature": _feature(kind.value_type), "_type": "List"}
    names = {"double": "float64", "date32[day]": "date32"}
    return {"dtype": names.get(str(kind), str(kind)), "_type": "Value"}
