"""One patient or one file on two sides, or twice on one: what makes a test too easy."""

from collections.abc import Iterator
from pathlib import PurePosixPath

import pandas as pd

from curation.audit.fault import Fault, differ, film_name, groups, has, places, words

ONE_SIDE = "keep it on one side, and count the test again"


def patients_on_two_sides(rows: pd.DataFrame) -> Iterator[Fault]:
    """Each patient with films on more than one side, be it in capitals or small letters."""
    if not has(rows, "patient", "split"):
        return
    for _, films in groups(rows.assign(one=rows["patient"].str.casefold()), "one"):
        if differ(films["split"]):
            labels = f", labelled {words(films['label'])}" if has(rows, "label") else ""
            yield Fault(
                kind="patient_on_two_sides",
                what=f"patient {words(films['patient'])} is in {words(films['split'])}{labels}",
                where=places(films),
                do="put all films of a patient on one side",
            )


def files_named_twice(rows: pd.DataFrame) -> Iterator[Fault]:
    """Each file that a list repeats, or that stands on two sides."""
    if not has(rows, "path"):
        return
    for name, films in groups(rows.assign(name=rows["path"].map(film_name)), "name"):
        sides = films["split"] if has(films, "split") else pd.Series("", index=films.index)
        if differ(sides):
            yield Fault(
                kind="file_on_two_sides", what=f"file {name} is in {words(sides)}",
                where=places(films), do=ONE_SIDE,
            )  # fmt: skip
        if sides.duplicated().any():
            again = films[sides.duplicated(keep=False)]
            yield Fault(
                kind="file_named_twice", what=f"file {name} stands {len(again)} times in one list",
                where=places(again), do="keep one row for each film",
            )  # fmt: skip


def twin_names(rows: pd.DataFrame) -> Iterator[Fault]:
    """Each name that comes with several endings, or in capitals and small letters."""
    if not has(rows, "path"):
        return
    named = rows.assign(name=rows["path"].map(film_name))
    named["twin"] = named["name"].map(_without_ending)
    for _, films in groups(named, "twin"):
        if differ(films["name"]):
            across = has(films, "split") and differ(films["split"])
            sides = f", in {words(films['split'])}" if across else ""
            yield Fault(
                kind="twin_names",
                what=f"{words(films['name'])} may be one film{sides}",
                where=places(films),
                do="look at them; of one film keep one row",
            )


def _without_ending(name: str) -> str:
    return str(PurePosixPath(name).with_suffix("")).casefold() if name else ""
