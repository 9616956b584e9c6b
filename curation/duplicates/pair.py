"""Two films that belong together, declared once: the row of `pairs.parquet`."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from manifests.contract.record import RecordId, Sha256
from manifests.contract.table import arrow_schema, to_arrow, to_pandas
from manifests.contract.vocabulary import Relation

MACHINE = "machine"
COPIES = tuple(
    relation
    for relation in Relation
    if relation not in (Relation.SAME_PATIENT_OR_SERIES, Relation.DIFFERENT)
)
"""The relations that remove one of the two films."""
TOLD = {
    Relation.IDENTICAL_BYTES: "the same bytes as",
    Relation.SAME_PIXELS: "the same pixels as",
}
Edge = tuple[str, str]
"""Two record ids, the smaller one first."""


class Pair(BaseModel):
    """How two films are related, and who says so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    a: RecordId
    b: RecordId
    """Greater than `a`."""
    a_sha256: Sha256
    b_sha256: Sha256
    relation: Relation
    score: Annotated[float, Field(ge=0, le=1)]
    """Likeness of the fine structure once aligned; 1 where bytes, pixels or a reviewer decide."""
    decided_by: str
    """`machine`, or the reviewer."""
    kept_id: RecordId | None = None
    """The film that stays for both of them, where they are copies."""
    findings_differ: bool = False
    """Their sources call the two films different things: somebody should look."""


class Link(BaseModel):
    """What is known of an edge before it is decided which film stays."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    relation: Relation
    score: float
    decided_by: str = MACHINE
    lacks: tuple[float, float] = (0.0, 0.0)
    """Of two copies, the shares that are cut off or lie under marks; 0 where nobody measured it."""

    @property
    def is_copy(self) -> bool:
        return self.relation in COPIES

    @property
    def told(self) -> str:
        """How a copy is related to the film that is named next."""
        if self.relation in TOLD:
            return TOLD[self.relation]
        how = "" if self.relation is Relation.REVIEWED_COPY else f"{self.relation} "
        return f"a {how.replace('_', ' ')}copy (score {self.score:.2f}, {self.decided_by}) of"

    @property
    def joins(self) -> bool:
        """Do the two films belong to one group?"""
        return self.relation is not Relation.DIFFERENT


def edge(one: str, other: str) -> Edge:
    return (one, other) if one < other else (other, one)


def table_of(
    links: Mapping[Edge, Link], records: pd.DataFrame, kept: Mapping[str, str]
) -> pd.DataFrame:
    """The pairs as a table in the order of their ids. `kept`: record id -> the film that stays."""
    known = {row.record_id: row for row in records.itertuples()}
    pairs = [
        Pair(
            a=a, b=b, a_sha256=known[a].sha256, b_sha256=known[b].sha256,
            relation=link.relation, score=link.score, decided_by=link.decided_by,
            kept_id=kept.get(a) if link.is_copy else None,
            findings_differ=str(known[a].finding) != str(known[b].finding),
        )
        for (a, b), link in sorted(links.items())
    ]  # fmt: skip
    return _frame(pairs)


def _frame(pairs: Sequence[Pair]) -> pd.DataFrame:
    rows = pd.DataFrame([pair.model_dump() for pair in pairs], columns=list(Pair.model_fields))
    # An empty table has no values to take the types from.
    return to_pandas(to_arrow(rows, Pair) if pairs else arrow_schema(Pair).empty_table())
