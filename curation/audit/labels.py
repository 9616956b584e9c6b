"""Labels that contradict one another, or that the source alone gives away."""

from collections.abc import Iterator

import pandas as pd

from curation.audit.fault import Fault, differ, film_name, groups, has, places, words
from curation.audit.informing import told_by_source

TELLS, GAIN = 0.9, 0.1
"""Share of films whose label the source tells, and by how much more than guessing the commonest."""
FROM_EACH = "take both labels from each source, or judge within one source"
MOST_PLACES = 3
"""Rows of each source that are named: the fault is in the list as a whole."""


def labels_that_differ(rows: pd.DataFrame) -> Iterator[Fault]:
    """Each film, and each patient on one day, with several labels."""
    if not has(rows, "label"):
        return
    labelled = rows[rows["label"] != ""]
    if has(rows, "path"):
        named = labelled.assign(name=labelled["path"].map(film_name))
        yield from _differing(named, "name", "file")
    if has(rows, "patient", "day"):
        yield from _differing(labelled, ["patient", "day"], "patient and day")


def _differing(rows: pd.DataFrame, columns: str | list[str], called: str) -> Iterator[Fault]:
    for key, films in groups(rows, columns):
        if differ(films["label"]):
            yield Fault(
                kind="labels_differ",
                what=f"{called} {key} is labelled {words(films['label'])}",
                where=places(films),
                do="find out which is right, or leave the film out",
            )


def sources_that_tell(rows: pd.DataFrame) -> Iterator[Fault]:
    """Each side on which the source alone tells nearly every label."""
    if not has(rows, "label", "source"):
        return
    sides = rows["split"] if has(rows, "split") else pd.Series("", index=rows.index)
    for side, films in rows.groupby(sides, sort=True):
        table = pd.crosstab(films["source"], films["label"])
        if min(table.shape) < 2:  # noqa: PLR2004 - one source or one label tells nothing
            continue
        blind = table.sum(axis=0).max() / len(films)
        informed = table.max(axis=1).sum() / len(films)
        if informed >= TELLS and informed - blind >= GAIN:
            yield Fault(
                kind="source_tells_label",
                what=f"{side or 'the list'}: the source alone tells the label of "
                f"{informed:.1%} of {len(films)} films (the commonest label: {blind:.1%})",
                where=places(films.groupby("source").head(MOST_PLACES)),
                do=FROM_EACH,
            )
        elif told := told_by_source(films):
            yield Fault(
                kind="source_tells_label",
                what=f"{side or 'the list'}: the source alone tells {told[0]:.1%} of what the "
                f"label of {len(films)} films holds beyond chance (AUC {told[1]:.2f})",
                where=places(films.groupby("source").head(MOST_PLACES)),
                do=FROM_EACH,
            )


def empty_cells(rows: pd.DataFrame) -> Iterator[Fault]:
    """Each column with empty cells, but for the day, which few lists know."""
    for column in rows.columns.drop("day", errors="ignore"):
        empty = rows[rows[column].str.strip().str.lower().isin(["", "nan", "null"])]
        if len(empty):
            yield Fault(
                kind="empty_cells", what=f"{column}: {len(empty)} of {len(rows)} cells are empty",
                where=places(empty), do="fill them, or leave the rows out",
            )  # fmt: skip
