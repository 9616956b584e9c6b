"""What the page says of the pixels: do they agree with the sources, and how good is the rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from curation.pages.charts import Chart, Point, chart
from manifests.contract.vocabulary import SeenView, View

ADULT = 18
"""Years; the rule is judged by the age of the law, whatever params.yaml calls an adult."""
LEAST = 2
"""Children and adults of known age without whom there is no curve."""
SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How often the view by the source and by the pixels agree, in films of one source."""

    source: str
    agree: int
    differ: int
    untold: int
    """The source does not say."""
    unsure: int
    """The pixels do not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The rule for children on films of known age; shares 0 to 1."""

    children: int
    adults: int
    found: float
    false: float
    area: float
    threshold: float
    curve: Chart | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One film and what it was judged by."""

    record_id: str
    view: str
    child: str


def agreements(records: pd.DataFrame) -> list[Agreement]:
    """One row for every source whose films were measured."""
    measured = records[records["seen_view"].notna()]
    return [_agreement(str(key), rows) for key, rows in measured.groupby("source", sort=True)]


def rule(records: pd.DataFrame, threshold: float) -> Rule | None:
    """How the rule does on every film with an age and a score; None where it cannot be told."""
    known = records[records["age_years"].notna() & records["pediatric_score"].notna()]
    is_child = known["age_years"] < ADULT
    young = sorted(map(float, known.loc[is_child, "pediatric_score"]), reverse=True)
    grown = sorted(map(float, known.loc[~is_child, "pediatric_score"]), reverse=True)
    if min(len(young), len(grown)) < LEAST:
        return None
    points = _points(young, grown)
    at = _share(grown, threshold), _share(young, threshold)
    told = f"{at[1]:.0%} of the children are found at {at[0]:.1%} of the adults"
    return Rule(
        children=len(young), adults=len(grown), found=at[1], false=at[0], area=_area(points),
        threshold=threshold,
        curve=chart(
            {"rule": points, f"threshold {threshold:g}": [(at[0], 0.0), at]},
            "false positive rate", "true positive rate", told, is_share=True,
        ),
    )  # fmt: skip


def evidence(records: pd.DataFrame) -> list[Shown]:
    """Films with what was found of them: those whose pixels counted, then one of each source."""
    told = records[records["view_evidence"].notna()]
    by_pixels = told["view_evidence"].str.contains("the pixels count", regex=False).fillna(False)
    ordered = told.assign(first=~by_pixels.astype(bool)).sort_values(["first", "record_id"])
    ordered = ordered[~(ordered["first"] & ordered.duplicated("source"))]
    return [
        Shown(
            record_id=str(row["record_id"]), view=str(row["view_evidence"]),
            child=str(row["pediatric_evidence"]),
        )
        for row in ordered.head(SHOWN).to_dict("records")
    ]  # fmt: skip


def _agreement(source: str, rows: pd.DataFrame) -> Agreement:
    is_told = rows["view"] != View.UNKNOWN
    is_sure = rows["seen_view"].isin([SeenView.FRONTAL, SeenView.L, SeenView.OTHER])
    is_same = (rows["view"] == View.L) == (rows["seen_view"] == SeenView.L)
    is_same &= rows["seen_view"] != SeenView.OTHER
    both = is_told & is_sure
    return Agreement(
        source=source, agree=int((both & is_same).sum()), differ=int((both & ~is_same).sum()),
        untold=int((~is_told).sum()), unsure=int((is_told & ~is_sure).sum()),
    )  # fmt: skip


def _points(young: Sequence[float], grown: Sequence[float]) -> list[Point]:
    limits = sorted({*young, *grown}, reverse=True)
    return [(0.0, 0.0), *((_share(grown, limit), _share(young, limit)) for limit in limits)]


def _share(scores: Sequence[float], limit: float) -> float:
    return sum(score >= limit for score in scores) / len(scores)


def _area(points: Sequence[Point]) -> float:
    return sum((right - left) * (low + high) / 2 for (left, low), (right, high) in pairwise(points))
