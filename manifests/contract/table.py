"""The only door to Parquet: every table is checked against its declaration on both sides."""

import datetime as dt
import types
import typing
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel

from manifests.contract.column import columns
from manifests.contract.decisions import DECISIONS, manifest_id
from manifests.contract.folder import whole_file
from manifests.contract.record import STAGES, Record
from manifests.contract.rejection import Rejection

RECORDS, REJECTED = "records.parquet", "rejected.parquet"
_TYPES: dict[object, pa.DataType] = {
    str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_(),
    dt.date: pa.date32(),
}  # fmt: skip


class BrokenTable(Exception):  # noqa: N818 - names what is broken, and is shown to a person
    """A table does not hold what its declaration says."""


def arrow_schema(model: type[BaseModel]) -> pa.Schema:
    """The Arrow schema of `model`, column for column."""
    return pa.schema(
        [pa.field(name, _arrow(field.annotation)) for name, field in model.model_fields.items()]
    )


def _arrow(annotation: object) -> pa.DataType:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _arrow(arguments[0])
    if origin in {typing.Union, types.UnionType}:
        return _arrow(next(a for a in arguments if a is not type(None)))
    if origin is tuple:
        return pa.list_(_arrow(arguments[0]))
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return pa.string()
    return _TYPES[annotation]


def frame(rows: Sequence[BaseModel], model: type[BaseModel]) -> pd.DataFrame:
    """The rows as a table of `model`'s columns, sorted by `record_id`."""
    dumped = [row.model_dump(mode="python") for row in rows]
    made = pa.Table.from_pylist(dumped, schema=arrow_schema(model))
    return _sorted(to_pandas(made))


def to_pandas(made: pa.Table) -> pd.DataFrame:
    """Arrow to pandas without losing types: nullable columns stay nullable, never float."""
    rows: pd.DataFrame = made.to_pandas(types_mapper=pd.ArrowDtype)
    return rows


def to_arrow(rows: pd.DataFrame, model: type[BaseModel]) -> pa.Table:
    """The table in `model`'s schema. Raises `BrokenTable` naming the column that does not fit."""
    schema = arrow_schema(model)
    given, declared = {str(name) for name in rows.columns}, set(schema.names)
    unknown, missing = given - declared, declared - given
    if unknown or missing:
        raise BrokenTable(f"columns unknown {sorted(unknown)}, missing {sorted(missing)}")
    try:
        return pa.Table.from_pandas(
            rows[schema.names], schema=schema, preserve_index=False
        ).replace_schema_metadata(None)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as fault:
        raise BrokenTable(f"a value does not fit its column: {fault}") from fault


def write(
    place: Path, rows: pd.DataFrame, model: type[BaseModel], meta: Mapping[str, str] | None = None
) -> None:
    """Write `rows`, sorted, in one step; equal rows give equal bytes."""
    write_arrow(place, to_arrow(_sorted(rows), model), meta)


def write_arrow(
    place: Path,
    made: pa.Table,
    meta: Mapping[str, str] | None = None,
    group_rows: int = 65536,
    already_packed: Sequence[str] = (),
) -> None:
    """Write any Arrow table in one step; `meta` joins the schema's own metadata.

    Columns that are `already_packed` (dots go into structs) are written as they are. Pages of a
    table for the Hub stay the same bytes when rows come or go elsewhere: it keeps them once.
    """
    known = made.schema.metadata or {}
    made = made.replace_schema_metadata({**known, **(meta or {})} or None)
    is_for_hub = b"huggingface" in (made.schema.metadata or {})
    with whole_file(place) as part:
        pq.write_table(
            made, part, compression=_compression(made.schema, already_packed),
            row_group_size=group_rows, store_schema=True,
            use_content_defined_chunking=is_for_hub, write_page_index=is_for_hub,
        )  # fmt: skip


def _compression(schema: pa.Schema, already_packed: Sequence[str]) -> str | dict[str, str]:
    """How each column is packed; pictures, which are already, would only cost time."""
    if not already_packed:
        return "zstd"
    leaves = [
        f"{field.name}.{part.name}" if part else field.name
        for field in schema
        for part in (field.type if pa.types.is_struct(field.type) else [None])
    ]
    return {leaf: "none" if leaf in already_packed else "zstd" for leaf in leaves}


def read(place: Path, model: type[BaseModel]) -> pd.DataFrame:
    """The table at `place`. Raises `BrokenTable` when it is absent, damaged or of another shape."""
    made = read_arrow(place)
    if made.schema.remove_metadata() != arrow_schema(model):
        raise BrokenTable(f"{place}: its columns are not those of {model.__name__}; make it again")
    return to_pandas(made)


def read_arrow(place: Path, wanted: list[str] | None = None) -> pa.Table:
    """Any Parquet file as an Arrow table. Raises `BrokenTable` when absent or damaged."""
    try:
        return pq.read_table(place, columns=wanted, partitioning=None)
    except (OSError, pa.ArrowInvalid) as fault:
        raise BrokenTable(f"{place}: cannot be read ({fault}); make it again") from fault


def metadata(place: Path) -> dict[str, str]:
    """The key-value metadata in a Parquet file."""
    known = pq.read_schema(place).metadata or {}
    return {key.decode(): value.decode() for key, value in known.items()}


def check_records(rows: pd.DataFrame, stage: str) -> None:
    """Hold the table-wide rules after `stage`; raise `BrokenTable` with the rows at fault.

    Ids are unique; every column written so far is filled where it must be; a record id starts with
    its source; from `filter` on, no label is disputed; from `split` on, no group stands on two
    sides.
    """
    done = STAGES[: STAGES.index(stage) + 1]
    for name, column in columns(Record).items():
        if column.is_required and column.writer in done and rows[name].isna().any():
            raise BrokenTable(
                f"after {stage}: '{name}' is empty in {_some(rows[rows[name].isna()])}"
            )
    twice = rows[rows["record_id"].duplicated()]
    if len(twice):
        raise BrokenTable(f"after {stage}: record ids stand twice: {_some(twice)}")
    ids = zip(rows["record_id"], rows["source"], strict=True)
    strange = rows[[not str(record_id).startswith(f"{source}/") for record_id, source in ids]]
    if len(strange):
        raise BrokenTable(f"after {stage}: ids do not start with their source: {_some(strange)}")
    # The one word for "out of training until a person decides", whatever stage forgets it.
    disputed = rows[rows["is_conflict"].fillna(False)] if "filter" in done else twice
    if len(disputed):
        raise BrokenTable(f"after {stage}: labels are disputed: {_some(disputed)}")
    if "split" in done and len(rows):
        sides = rows.groupby("group")["split"].nunique()
        if (sides > 1).any():
            raise BrokenTable(
                f"groups on two sides: {[str(group) for group in sides[sides > 1].index][:5]}"
            )


def check_counts(stage: str, came_in: int, kept: int, rejected: int) -> None:
    """Raise `BrokenTable` unless every row that came in was kept or rejected."""
    if came_in != kept + rejected:
        raise BrokenTable(f"{stage}: {came_in} came in, {kept} kept + {rejected} rejected")


def read_stage(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The kept records and the rejections of a stage's folder."""
    return read(folder / RECORDS, Record), read(folder / REJECTED, Rejection)


def manifest_id_of(rows: pd.DataFrame) -> str:
    """The `manifest_id` of a table of records."""
    decisions = rows[list(DECISIONS)]
    return manifest_id(
        decisions.astype(object).where(decisions.notna(), None).itertuples(index=False, name=None)
    )


def _sorted(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("record_id", kind="stable").reset_index(drop=True)


def _some(rows: pd.DataFrame) -> str:
    return ", ".join(rows["record_id"].astype(str).head(5))
