"""What stage text found, put into the records."""

from pathlib import Path

import pandas as pd

from manifests.contract.burned import TEXT, BurnedText
from manifests.contract.table import BrokenTable, read

COLUMNS = {"text_fraction": "text_fraction", "personal_text": "personal"}
"""Column of a record -> column of the table."""


def with_text(records: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """The records (columns of `Record`) with what stage text wrote into `folder`.

    What a person said of `personal_text`, who has looked, stays. Raises `BrokenTable` where a film
    was not looked at.
    """
    known = read(folder / TEXT, BurnedText).set_index("record_id")
    absent = sorted(set(records["record_id"]) - set(known.index))
    if absent:
        raise BrokenTable(
            f"{len(absent)} films were not searched for text, such as {absent[0]}; run text again"
        )
    made = records.copy()
    said = [
        corrected is not None and "personal_text" in list(corrected)
        for corrected in records["corrected"]
    ]
    for column, other in COLUMNS.items():
        values = known[other].reindex(records["record_id"]).to_numpy()
        made[column] = pd.Series(values, index=made.index, dtype=made[column].dtype)
    made.loc[said, "personal_text"] = records.loc[said, "personal_text"]
    return made
