"""Labels that somebody should look at: those that sources dispute, those that a classifier doubts.

The tables are read as they are; nothing here decides anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from curation.pages.films import Shown, shown
from curation.pages.pictures import Picture
from manifests.contract.vocabulary import LabelRule

Rows = Mapping[str, Mapping[str, object]]
MOST_SIDES = 6
"""Films of one case on the page; a study may have dozens."""
NOTHING_DECIDES = "listed only"
"""Stands for the rule of a case from which nothing follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """One side of a case, with its film."""

    film: Shown
    said: str
    is_counting: bool
    likeness: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Films that are called different things."""

    kind: str
    rule: str
    is_conflict: bool
    sides: tuple[Disputed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A film whose label a classifier doubts."""

    film: Shown
    label: str
    suggested: str
    score: float
    rank: int
    rank_in_source: int
    share_in_source: float


def chosen_cases(disputed: pd.DataFrame, count: int) -> pd.DataFrame:
    """The sides of the first `count` cases: conflicts, then what a rule decided, then the rest."""
    if disputed.empty:
        return disputed
    urgency = disputed["rule"].isna().astype(int) * 2
    urgency += (disputed["rule"].fillna("") != LabelRule.CONFLICT).astype(int)
    ordered = disputed.assign(urgency=urgency).sort_values(
        ["urgency", "kind", "case", "record_id"], kind="stable"
    )
    place = ordered.groupby(["urgency", "kind", "case"], sort=False).ngroup()
    return ordered[place < count]


def cases(disputed: pd.DataFrame, rows: Rows, pictures: Mapping[str, Picture]) -> list[Case]:
    """The cases of `chosen_cases`, ready to be printed."""
    if disputed.empty:
        return []
    return [
        Case(
            kind=str(kind),
            rule=_word(sides["rule"].iloc[0]) or NOTHING_DECIDES,
            is_conflict=_word(sides["rule"].iloc[0]) == LabelRule.CONFLICT,
            sides=tuple(
                _side(side, rows, pictures)
                for side in sides.head(MOST_SIDES).to_dict("records")
                if side["record_id"] in rows
            ),
        )
        for (kind, _), sides in disputed.groupby(["kind", "case"], sort=False)
    ]


def counted(disputed: pd.DataFrame) -> dict[str, int]:
    """How many cases of each kind and rule, by "copies: conflict" and the like."""
    if disputed.empty:
        return {}
    one = disputed.drop_duplicates(["kind", "case"])
    named = one["kind"] + ": " + one["rule"].fillna(NOTHING_DECIDES)
    return {str(name): int(n) for name, n in named.value_counts().sort_index().items()}


def doubtful(table: pd.DataFrame, count: int) -> pd.DataFrame:
    """The `count` suspects that are doubted most."""
    return table[table["is_suspect"]].sort_values("rank").head(count)


def suspects(table: pd.DataFrame, rows: Rows, pictures: Mapping[str, Picture]) -> list[Suspect]:
    """The rows of `doubtful`, ready to be printed."""
    return [
        Suspect(
            film=shown(rows[row["record_id"]], pictures),
            **{name: row[name] for name in
               ("label", "suggested", "score", "rank", "rank_in_source", "share_in_source")},
        )
        for row in table.to_dict("records")
        if row["record_id"] in rows
    ]  # fmt: skip


def _side(side: Mapping[Any, Any], rows: Rows, pictures: Mapping[str, Picture]) -> Disputed:
    words = [f"findings: {', '.join(map(str, side['findings']))}"]
    for name, word in (("abnormal", "shows disease"), ("pcr_positive", "virus test positive")):
        if _word(side[name]):
            words.append(f"{word}: {'yes' if side[name] else 'no'}")
    if side["is_corrected"]:
        words.append("corrected by a person")
    related = _word(side["relation"])
    return Disputed(
        film=shown(rows[side["record_id"]], pictures),
        said="; ".join(words),
        is_counting=bool(side["is_counting"]),
        likeness=f"{related}, likeness {side['score']:.3f}" if related else "",
    )


def _word(value: object) -> str:
    return "" if value is None or value is pd.NA else str(value)
