"""What the page says of the patients: their ages, their sex, and from where they were filmed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from curation.pages.columns import Columns, columns
from curation.pages.counts import Cross, cross
from curation.pages.dots import Dots, Score, dots
from manifests.contract.vocabulary import Finding, Sex, View

AGES = [float(age) for age in range(0, 105, 5)]
"""Edges of the columns, years."""
UNTOLD = "not told"
FEWEST = 2
"""Films of known age without whom a row has no span."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The section, ready to be printed."""

    known: int
    unknown: int
    """Films of the manifest without an age."""
    ages: Columns | None
    by_source: Dots | None
    by_finding: Dots | None
    views: Cross
    views_by_finding: Cross
    sexes: Cross


def people(records: pd.DataFrame, left: pd.DataFrame, adult_from: float) -> People:
    """`records` is the manifest, `left` the films that came in and are not in it."""
    kept, gone = _ages(records), _ages(left)
    sources = sorted({str(name) for name in records["source"]})
    found = [str(finding) for finding in Finding if (records["finding"] == finding).any()]
    sexed = records.assign(sex=records["sex"].astype("string").fillna(UNTOLD))
    views = [str(view) for view in View if (records["view"] == view).any()]
    return People(
        known=len(kept), unknown=len(records) - len(kept),
        ages=columns(
            {"stayed": kept, "left": gone}, AGES, "age in years", _told(kept, gone), adult_from
        ),
        by_source=_spans(records, "source", sources, adult_from),
        by_finding=_spans(records, "finding", found, adult_from),
        views=cross(records, "view", views, "source", sources),
        views_by_finding=cross(records, "finding", found, "view", views),
        sexes=cross(sexed, "sex", [*map(str, Sex), UNTOLD], "source", sources),
    )  # fmt: skip


def _ages(records: pd.DataFrame) -> list[float]:
    # Ages above a hundred stand in the last column.
    return [min(float(age), AGES[-1]) for age in records["age_years"].dropna()]


def _told(kept: Sequence[float], gone: Sequence[float]) -> str:
    middle = f", median {pd.Series(kept).median():g} years" if kept else ""
    return f"films by age: {len(kept)} of known age stayed{middle}, {len(gone)} left"


def _spans(
    records: pd.DataFrame, column: str, names: Iterable[str], adult_from: float
) -> Dots | None:
    """A row for each value of the column: median age, from the youngest tenth to the oldest."""
    rows: Mapping[str, list[Score]] = {
        f"{name.replace('_', ' ')}, {len(ages)} films": [_span(ages)]
        for name in names
        if len(ages := pd.Series(_ages(records[records[column] == name]), dtype=float)) >= FEWEST
    }
    told = f"ages of each {column}: median, and the span that leaves out a tenth at either end"
    return dots(rows, ["median and 80\u2009% of the films"], "age in years", told, adult_from)


def _span(ages: "pd.Series[float]") -> Score:
    return Score(
        value=float(ages.median()), low=float(ages.quantile(0.1)), high=float(ages.quantile(0.9))
    )
