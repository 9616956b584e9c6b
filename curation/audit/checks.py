"""All that is asked of a list, in the order of the answer. A further check is one more line."""

from collections.abc import Callable, Iterator

import pandas as pd

from curation.audit.fault import Fault
from curation.audit.labels import empty_cells, labels_that_differ, sources_that_tell
from curation.audit.lists import COLUMNS
from curation.audit.sides import files_named_twice, patients_on_two_sides, twin_names
from curation.audit.spelling import joined_ids, misspelt_sources

Check = Callable[[pd.DataFrame], Iterator[Fault]]
CHECKS: tuple[Check, ...] = (
    patients_on_two_sides, files_named_twice, twin_names, joined_ids, misspelt_sources,
    labels_that_differ, sources_that_tell, empty_cells,
)  # fmt: skip
MATTERS = {
    "path": "files are not compared", "label": "labels are not compared",
    "source": "nothing is said of sources", "patient": "patients are not compared",
    "split": "there are no sides to compare",
}  # fmt: skip


def faults(rows: pd.DataFrame) -> list[Fault]:
    """What every check finds."""
    return [fault for check in CHECKS for fault in check(rows)]


def unasked(rows: pd.DataFrame) -> list[str]:
    """A sentence for every column that is missing, and so for what was not looked at."""
    return [
        f"no column {column}: {MATTERS[column]}"
        for column in COLUMNS
        if column in MATTERS and column not in rows
    ]
