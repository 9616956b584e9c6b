"""The thresholds by which films leave, with films on both sides of each to look at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from curation.pages.columns import Columns, columns
from curation.pages.films import Shown, shown
from curation.pages.pictures import Picture
from manifests.contract.vocabulary import SeenView

STAGE = "filter"
SHARES = [n / 20 for n in range(21)]
YEARS = [float(age) for age in range(0, 105, 5)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The thresholds of stage filter."""

    adult_from: float
    """Years."""
    overrule_from: float
    """`view_score` from which the pixels beat the source's word, 0-1."""
    pediatric_from: float
    """`pediatric_score` of a child, 0-1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A threshold, the films it is asked of and those nearest to it."""

    name: str
    column: str
    limit: float
    edges: Sequence[float]
    about: str
    films: pd.DataFrame
    """record_id, the column, left: whether the film left at filter, and detail."""

    def near(self, count: int, *, is_below: bool) -> pd.DataFrame:
        """The `count` films nearest to the threshold on one side; at it is above it."""
        side = self.films[(self.films[self.column] < self.limit) == is_below]
        ordered = side.assign(far=(side[self.column] - self.limit).abs())
        return ordered.sort_values(["far", "record_id"]).head(count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A film near a threshold."""

    film: Shown
    value: float
    has_left: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One threshold, ready to be printed."""

    name: str
    limit: float
    about: str
    films: int
    left: int
    drawing: Columns | None
    below: Sequence[Example]
    above: Sequence[Example]


def lines(
    records: pd.DataFrame, ingested: pd.DataFrame, rejected: pd.DataFrame, limits: Limits
) -> list[Line]:
    """Every threshold with the films that it was asked of: those that reached stage filter."""
    came = _came(records, ingested, rejected)
    is_untold = came["age_years"].isna() & came["is_child"].isna()
    doubted = came["seen_view"].notna() & (came["seen_view"] != SeenView.UNKNOWN)
    return [
        Line(name="Age", column="age_years", limit=limits.adult_from, edges=YEARS,
             about="Years, where a source tells them; a younger patient is a child and leaves. A "
             "copy of the film may know of a lower age, which counts then.",
             films=came[came["age_years"].notna()]),
        Line(name="A child's lungs", column="pediatric_score", limit=limits.pediatric_from,
             edges=SHARES, about="Only of frontal films whose patient's age nobody tells: from "
             "the threshold on the lungs are taken for a child's, and the film leaves. Below it "
             "nothing is proved, and the film stays.",
             films=came[is_untold & came["pediatric_score"].notna()]),
        Line(name="Sure of the view", column="view_score", limit=limits.overrule_from,
             edges=SHARES, about="From the threshold on the pixels decide whether a film is "
             "frontal, whatever its source says; below it the source's word stands.",
             films=came[doubted & came["view_score"].notna()]),
    ]  # fmt: skip


def wanted(asked: Iterable[Line], count: int) -> set[str]:
    """The ids of the films that `filters` shows."""
    return {
        str(name)
        for line in asked
        for is_below in (True, False)
        for name in line.near(count, is_below=is_below)["record_id"]
    }


def filters(
    asked: Iterable[Line], count: int, rows: Mapping[str, Mapping[str, object]],
    pictures: Mapping[str, Picture],
) -> list[Filter]:  # fmt: skip
    """The thresholds with `count` films on each side, nearest first."""
    made = []
    for line in asked:
        below, above = (
            _examples(line.near(count, is_below=is_below), line.column, rows, pictures)
            for is_below in (True, False)
        )
        left = int(line.films["left"].sum())
        made.append(Filter(
            name=line.name, limit=line.limit, about=line.about, films=len(line.films), left=left,
            drawing=_drawing(line), below=below, above=above,
        ))  # fmt: skip
    return made


def _came(records: pd.DataFrame, ingested: pd.DataFrame, rejected: pd.DataFrame) -> pd.DataFrame:
    """What is known of the films that reached stage filter; the manifest's words go first."""
    gone = rejected[rejected["stage"] == STAGE].set_index("record_id")["detail"]
    left = ingested[ingested["record_id"].isin(gone.index)]
    names = ["record_id", "age_years", "is_child", "seen_view", "view_score", "pediatric_score"]
    kept = records[[*names, "view_evidence", "pediatric_evidence"]]
    told = kept["view_evidence"].fillna("") + "; " + kept["pediatric_evidence"].fillna("")
    return pd.concat([
        kept[names].assign(left=False, detail=told),
        left[names].assign(left=True, detail=left["record_id"].map(gone)),
    ], ignore_index=True)  # fmt: skip


def _examples(
    near: pd.DataFrame, column: str, rows: Mapping[str, Mapping[str, object]],
    pictures: Mapping[str, Picture],
) -> list[Example]:  # fmt: skip
    return [
        Example(
            film=shown(rows[row["record_id"]], pictures), value=float(row[column]),
            has_left=bool(row["left"]), why=str(row["detail"]).partition("; this data set")[0],
        )
        for row in near.to_dict("records")
        if row["record_id"] in rows
    ]  # fmt: skip


def _drawing(line: Line) -> Columns | None:
    is_out = line.films["left"].astype(bool)
    stayed, left = (line.films.loc[side, line.column].astype(float) for side in (~is_out, is_out))
    told = (
        f"{line.name.lower()}: {len(stayed)} films stayed, {len(left)} left; "
        f"the threshold is {line.limit:g}"
    )
    return columns(
        {"stayed": list(stayed), "left": list(left)}, line.edges, line.name.lower(), told,
        line.limit,
    )  # fmt: skip
