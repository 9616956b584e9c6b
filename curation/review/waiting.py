"""Which pairs wait for a person, those that matter most first."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

import pandas as pd

from curation.duplicates.pair import COPIES, MACHINE, Edge, edge
from curation.duplicates.reviewed import Decision
from curation.labels.conflicts import Kind
from manifests.contract.vocabulary import LabelRule, Relation


class Why(StrEnum):
    """Why somebody should look."""

    CONFLICT = "label conflict"
    BORDERLINE = "borderline"
    UNCERTAIN = "uncertain copy"


class Waiting(NamedTuple):
    """Two films, and what the machine thinks of them."""

    a: str
    b: str
    why: Why
    relation: str
    score: float


def waiting(
    pairs: pd.DataFrame, disputed: pd.DataFrame, decisions: Sequence[tuple[str, Decision]]
) -> list[Waiting]:
    """The pairs that nobody has decided, each once, those that matter most first.

    Label conflicts, then the borderline band from its upper end, then the copies that only their
    look tells, the least certain first. `pairs` are dedup's; `disputed` has the columns of
    `curation.labels.conflicts.Side`.
    """
    open_pairs = pairs[~_is_decided(pairs, decisions)]
    looks = open_pairs[(open_pairs["decided_by"] == MACHINE) & (open_pairs["score"] < 1)]
    is_copy = looks["relation"].isin(list(COPIES))
    band = looks[~is_copy & (looks["relation"] != Relation.DIFFERENT)]
    in_turn = [
        *_rows(open_pairs[_among(open_pairs, _in_conflict(disputed))], Why.CONFLICT),
        *_rows(band.sort_values(["score", "a", "b"], ascending=[False, True, True]),
               Why.BORDERLINE),
        *_rows(looks[is_copy].sort_values(["score", "a", "b"]), Why.UNCERTAIN),
    ]  # fmt: skip
    return list({edge(pair.a, pair.b): pair for pair in reversed(in_turn)}.values())[::-1]


def _is_decided(
    pairs: pd.DataFrame, decisions: Sequence[tuple[str, Decision]]
) -> "pd.Series[bool]":
    known = {edge(decision.a_sha256, decision.b_sha256) for _, decision in decisions}
    return _flags(
        pairs,
        (edge(a, b) in known for a, b in zip(pairs["a_sha256"], pairs["b_sha256"], strict=True)),
    )


def _in_conflict(disputed: pd.DataFrame) -> set[Edge]:
    """Each side of a conflict beside the film that it is most certainly a copy of."""
    is_open = (disputed["kind"] == Kind.COPIES) & (disputed["rule"] == LabelRule.CONFLICT)
    sides = disputed[is_open.fillna(False) & disputed["partner"].notna()]
    return {edge(a, b) for a, b in zip(sides["record_id"], sides["partner"], strict=True)}


def _among(pairs: pd.DataFrame, edges: Collection[Edge]) -> "pd.Series[bool]":
    return _flags(pairs, (pair in edges for pair in zip(pairs["a"], pairs["b"], strict=True)))


def _flags(pairs: pd.DataFrame, values: Iterable[bool]) -> "pd.Series[bool]":
    return pd.Series(list(values), index=pairs.index, dtype=bool)


def _rows(pairs: pd.DataFrame, why: Why) -> Iterator[Waiting]:
    for row in pairs.itertuples():
        yield Waiting(str(row.a), str(row.b), why, str(row.relation), float(str(row.score)))
