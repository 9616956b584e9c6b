"""One version of the manifest: its decisions by record, and its rejections where they lie by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from manifests.contract.decisions import DECISIONS, manifest_id
from manifests.contract.table import BrokenTable, metadata, read_arrow

Value = str | int | float | bool | list[str] | None
Row = dict[str, Value]
REJECTION = ("record_id", "source", "stage", "reason", "detail", "kept_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The decisions of one manifest. A column that it does not have is absent: all None."""

    name: str
    rows: Mapping[str, Row]
    """Record id -> its values of `DECISIONS`."""
    rejected: Sequence[Row] | None
    """Columns of `Rejection`; None where no rejected.parquet lies beside the manifest."""
    missing: Sequence[str] = ()
    """Decisions that this manifest, of an older declaration, has no column for."""
    unknown: Sequence[str] = ()
    """Columns that this program does not know; they are not compared."""
    stamped: str = ""
    """The manifest_id that was stamped when it was made, under the declaration of its day."""
    release: str = ""
    """The version number that was stamped, such as 0.2.0."""

    @property
    def manifest_id(self) -> str:
        """The id of the decisions as this program counts them."""
        return id_of(self.rows.values())

    @property
    def came_in(self) -> int | None:
        return None if self.rejected is None else len(self.rows) + len(self.rejected)


def id_of(rows: Iterable[Row]) -> str:
    """The manifest_id of rows that hold all of `DECISIONS`."""
    return manifest_id(tuple(row[name] for name in DECISIONS) for row in rows)


def load(place: Path, name: str, known: Sequence[str]) -> Version:
    """The manifest at `place`; `known` are the columns that this program declares.

    Raises `BrokenTable` for a table that is damaged, or none of records.
    """
    made = read_arrow(place)
    if "record_id" not in made.column_names:
        raise BrokenTable(
            f"{place}: has no column record_id, so it is no manifest; name a dataset.parquet"
        )
    rows = _rows(made, DECISIONS)
    by_id = {str(row["record_id"]): row for row in rows}
    if len(by_id) != len(rows):
        raise BrokenTable(f"{place}: a record id stands twice; make it again with `dvc repro`")
    stamp, beside = metadata(place), place.with_name("rejected.parquet")
    return Version(
        name=name,
        rows=by_id,
        rejected=_rows(read_arrow(beside), REJECTION) if beside.exists() else None,
        missing=[column for column in DECISIONS if column not in made.column_names],
        unknown=[column for column in made.column_names if column not in known],
        stamped=stamp.get("manifest_id", ""),
        release=stamp.get("version", ""),
    )


def _rows(made: pa.Table, wanted: Sequence[str]) -> list[Row]:
    """The table's rows with exactly the wanted columns; an absent one is None."""
    present = [name for name in wanted if name in made.column_names]
    empty: Row = dict.fromkeys(wanted)
    return [empty | row for row in made.select(present).to_pylist()]
