"""What the lungs of every film say that stage filter saw, also of those that leave there."""

from pathlib import Path

import pandas as pd
from pydantic import BaseModel

from manifests.contract import table

NAME = "measured.parquet"


class Measured(BaseModel):
    """A film; the columns are those of `Record`."""

    record_id: str
    pediatric_score: float | None
    lung_fraction: float | None


def write_measured(folder: Path, records: pd.DataFrame) -> None:
    """The columns of `records` as a table in the folder of the stage."""
    table.write(folder / NAME, records[list(Measured.model_fields)], Measured)


def with_measured(records: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """`records` with what stands in the folder of the stage; as they are where nothing does."""
    if not (folder / NAME).exists():
        return records
    known = table.read(folder / NAME, Measured).set_index("record_id")
    return records.assign(
        **{
            str(name): pd.Series(column.reindex(records["record_id"]).array, records.index)
            for name, column in known.items()
        }
    )
