"""Every film whose label somebody disputes, with what each side says: `conflicts.parquet`."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

import pandas as pd
from pydantic import BaseModel, ConfigDict

from curation.labels.rules import Decided, decide, statement
from manifests.contract.record import RecordId
from manifests.contract.table import arrow_schema, to_arrow, to_pandas
from manifests.contract.vocabulary import Finding, LabelRule, Modality, Relation

Row = Mapping[object, object]
Link = tuple[str, str, float]
"""The other film, the relation and the score."""


class Kind(StrEnum):
    """Who contradicts whom."""

    COPIES = "copies"
    """The sources of one picture."""
    TEST = "test"
    """A source and the virus test that it gives: label and test are kept apart."""
    STUDY = "study"
    """Two films of one study or of one patient's day. Listed only: two films may differ."""


class Side(BaseModel):
    """What one source says in one case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: RecordId
    """The film that stays, or the first of a study."""
    kind: Kind
    rule: LabelRule | None = None
    """What decided; `conflict`: a person must, and until then the film trains nothing. Empty where
    nothing follows."""
    record_id: RecordId
    is_counting: bool
    """Its word counts."""
    source: str
    finding: Finding
    findings: tuple[Finding, ...]
    finding_text: str
    abnormal: bool | None = None
    pcr_positive: bool | None = None
    is_corrected: bool
    license: str
    source_url: str
    partner: RecordId | None = None
    """The film of the case that it is most certainly a copy of."""
    relation: Relation | None = None
    """How it is related to `partner`."""
    score: float | None = None


def conflicts(records: pd.DataFrame, kept: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """The sides (columns of `Side`) of every case, in the order of the cases.

    `records` went into dedup and `kept` stayed (columns of `Record`); `pairs` are dedup's.
    """
    rows: dict[str, Row] = {str(row["record_id"]): row for row in records.to_dict("records")}
    sides = [*_of_copies(rows, kept, pairs), *_of_tests(rows), *_of_studies(kept)]
    sides.sort(key=lambda side: (side.case, side.kind, side.record_id))
    made = pd.DataFrame([side.model_dump() for side in sides], columns=list(Side.model_fields))
    # An empty table has no values to take the types from.
    return to_pandas(to_arrow(made, Side) if sides else arrow_schema(Side).empty_table())


def contradicted_by_test(finding: object, pcr_positive: object) -> bool:
    """COVID-19 with a negative test, or a normal film with a positive one."""
    if pcr_positive is None or pcr_positive is pd.NA:
        return False
    return finding == (Finding.NORMAL if pcr_positive else Finding.COVID19)


def _of_copies(rows: Mapping[str, Row], kept: pd.DataFrame, pairs: pd.DataFrame) -> Iterator[Side]:
    links = _links(pairs)
    for film, copies in zip(kept["record_id"], kept["copies"], strict=True):
        members = [str(film), *map(str, copies)]
        decided = decide([statement(rows[member]) for member in members])
        if decided.rule is None:
            continue
        for member in members:
            best = _best(links.get(member, []), members, str(film))
            yield _side(rows[member], str(film), Kind.COPIES, decided, best)


def _links(pairs: pd.DataFrame) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = {}
    copies = pairs[pairs["kept_id"].notna()]
    for a, b, relation, score in zip(
        copies["a"], copies["b"], copies["relation"], copies["score"], strict=True
    ):
        found.setdefault(a, []).append((b, relation, score))
        found.setdefault(b, []).append((a, relation, score))
    return found


def _best(links: Iterable[Link], members: Iterable[str], kept: str) -> Link | None:
    """The film that stays is the best witness, then the strongest likeness."""
    near = [link for link in links if link[0] in set(members)]
    return min(near, key=lambda link: (link[0] != kept, -link[2], link[0]), default=None)


def _of_tests(rows: Mapping[str, Row]) -> Iterator[Side]:
    for film, row in rows.items():
        if contradicted_by_test(row["finding"], row["pcr_positive"]):
            yield _side(row, film, Kind.TEST, Decided(None, frozenset([film])))


def _of_studies(kept: pd.DataFrame) -> Iterator[Side]:
    """The films of one study, or of one patient and day, whose findings no rule reconciles."""
    # The slices of a CT often show less than its whole.
    kept = kept[kept["modality"] == Modality.X_RAY]
    day = kept["patient_id"] + " day " + kept["offset_days"].astype("string[pyarrow]")
    for _, films in kept.groupby(kept["study_id"].fillna(day), sort=True):
        if films["finding"].nunique() < 2:  # noqa: PLR2004 - two make a contradiction
            continue
        rows = films.to_dict("records")
        if decide([statement(row) for row in rows]).rule is LabelRule.CONFLICT:
            first = min(str(row["record_id"]) for row in rows)
            everybody = Decided(None, frozenset(str(row["record_id"]) for row in rows))
            yield from (_side(row, first, Kind.STUDY, everybody) for row in rows)


def _side(row: Row, case: str, kind: Kind, decided: Decided, link: Link | None = None) -> Side:
    said = statement(row)
    told = ("source", "finding", "finding_text", "license", "source_url")
    partner, relation, score = link or (None, None, None)
    return Side.model_validate({
        **{name: row[name] for name in told},
        "findings": tuple(finding for finding in Finding if finding in said.findings),
        "abnormal": _maybe(row["abnormal"]), "pcr_positive": _maybe(row["pcr_positive"]),
        "case": case, "kind": kind, "rule": decided.rule, "record_id": said.record_id,
        "is_counting": said.record_id in decided.counting, "is_corrected": said.is_corrected,
        "partner": partner, "relation": relation, "score": score,
    })  # fmt: skip


def _maybe(value: object) -> bool | None:
    return None if value is None or value is pd.NA else bool(value)
