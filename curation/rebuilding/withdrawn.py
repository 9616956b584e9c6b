"""Films that the publisher withdrew after the version that is rebuilt."""

from pathlib import Path

import pandas as pd

from curation.publish.papers import SHOWN
from curation.reviewed_csv import lines
from curation.withdrawal.notices import HASHES, named

WITHDRAWALS = "withdrawals.csv"


def withdrawn(rows: pd.DataFrame, place: Path) -> dict[str, str]:
    """Record id -> sentence for each film that a line of the file names; none without a file."""
    found: dict[str, str] = {}
    for _, line in lines(place, SHOWN) if place.is_file() else ():
        hit = named(rows, line["kind"], line["value"].strip())
        for column in HASHES:
            hit |= named(rows, column, line[column]) & bool(line[column])
        for record_id in rows["record_id"][hit]:
            found.setdefault(str(record_id), f"withdrawn on {line['when']}")
    return found
