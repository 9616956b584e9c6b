"""What stage text found, put into the records."""

from collections.abc import Collection, Iterable
from pathlib import Path

import pandas as pd

from manifests.contract.burned import TEXT, BurnedText
from manifests.contract.table import BrokenTable, read

COLUMNS = {"text_fraction": "text_fraction", "personal_text": "personal"}
"""Column of a record -> column of the table."""


def require_searched(ids: Iterable[str], folder: Path) -> pd.DataFrame:
    """What stage text wrote into `folder` (columns of `BurnedText`).

    Raises `BrokenTable` where a film was not looked at.
    """
    known = read(folder / TEXT, BurnedText)
    if absent := sorted(set(ids) - set(known["record_id"])):
        raise BrokenTable(
            f"{len(absent)} films were not searched for text, such as {absent[0]}; run text again"
        )
    return known


def with_text(records: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """The records (columns of `Record`) with what stage text wrote into `folder`.

    What a person said of `personal_text`, who has looked, stays. Raises `BrokenTable` where a film
    was not looked at.
    """
    known = require_searched(records["record_id"], folder).set_index("record_id")
    made = records.copy()
    said = [
        isinstance(corrected, Collection) and "personal_text" in corrected
        for corrected in records["corrected"]
    ]
    for column, other in COLUMNS.items():
        values = known[other].reindex(records["record_id"]).to_numpy()
        made[column] = pd.Series(values, index=made.index, dtype=made[column].dtype)
    made.loc[said, "personal_text"] = records.loc[said, "personal_text"]
    return made
