"""The rules, in order, by which copies of one film that are called different things get one label.

Each rule drops statements that count less; when all that remain say the same, the last rule that
dropped one has decided. When they do not, it is a conflict, and a person must decide.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from manifests.contract.vocabulary import Finding, LabelRule, Severity

GENERAL = {
    Finding.COVID19: Finding.VIRAL_PNEUMONIA,
    Finding.SARS: Finding.VIRAL_PNEUMONIA,
    Finding.MERS: Finding.VIRAL_PNEUMONIA,
    Finding.VIRAL_PNEUMONIA: Finding.PNEUMONIA,
    Finding.BACTERIAL_PNEUMONIA: Finding.PNEUMONIA,
    Finding.FUNGAL_PNEUMONIA: Finding.PNEUMONIA,
    Finding.LIPOID_PNEUMONIA: Finding.PNEUMONIA,
    Finding.ASPIRATION_PNEUMONIA: Finding.PNEUMONIA,
}
"""Finding -> the more general one that it is a kind of."""
BEFORE_COVID19 = frozenset({"chexpert", "kermany", "nih_cxr14", "nlm_tb"})
"""Sources whose films were all taken before December 2019: none of them can show COVID-19."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one source says of a film, as far as it decides the label."""

    record_id: str
    source: str
    finding: Finding
    findings: frozenset[Finding]
    is_clear: bool
    """It says that nothing is to be seen: a clear film of an ill patient bears no label."""
    is_ill: bool
    """It says that there is disease, or doubts one, even where it does not name which."""
    is_corrected: bool
    """A person has corrected the finding, or what the film shows."""

    @property
    def said(self) -> tuple[Finding, bool]:
        # What is unknown is neither clear nor ill.
        return self.finding, self.is_clear and self.finding is not Finding.UNKNOWN


class Decided(NamedTuple):
    """The rule that decided, None where all agree, and the films whose word counts."""

    rule: LabelRule | None
    counting: frozenset[str]


Rule = Callable[[Sequence[Statement]], Sequence[Statement]]


def decide(statements: Sequence[Statement]) -> Decided:
    """What counts of the statements on one film; all of them where it is a conflict."""
    everybody = frozenset(statement.record_id for statement in statements)
    left, decided = list(statements), None
    for name, rule in RULES:
        if _agree(left):
            break
        if name is not LabelRule.CORRECTED_BY_A_PERSON and _is_impossible(left):
            return Decided(LabelRule.CONFLICT, everybody)
        counting = list(rule(left))
        decided = name if len(counting) < len(left) else decided
        left = counting
    if not _agree(left):
        return Decided(LabelRule.CONFLICT, everybody)
    return Decided(decided, frozenset(statement.record_id for statement in left))


def corrected_by_a_person(statements: Sequence[Statement]) -> Sequence[Statement]:
    """Who has looked knows best, as long as those who looked agree."""
    corrected = [statement for statement in statements if statement.is_corrected]
    return corrected if corrected and _agree(corrected) else statements


def known_over_unknown(statements: Sequence[Statement]) -> Sequence[Statement]:
    """A source that does not know the finding contradicts nobody, unless it sees disease.

    Disease without a name beside a clear film is a contradiction.
    """
    known = [one for one in statements if one.finding is not Finding.UNKNOWN]
    if not known:
        return statements
    is_clear = any(one.is_clear for one in known)
    return [one for one in statements if one in known or (is_clear and one.is_ill)]


def more_specific(statements: Sequence[Statement]) -> Sequence[Statement]:
    """The kind of a pneumonia says more than "pneumonia", and does not deny it."""
    said = {statement.said for statement in statements}
    covered = {(general, clear) for finding, clear in said for general in _general(finding)}
    return [statement for statement in statements if statement.said not in covered]


def names_more(statements: Sequence[Statement]) -> Sequence[Statement]:
    """Who names all that the other names, and more, does not deny it."""
    return [
        one
        for one in statements
        if not any(
            one.findings < other.findings and one.is_clear == other.is_clear for other in statements
        )
    ]


RULES: tuple[tuple[LabelRule, Rule], ...] = (
    (LabelRule.CORRECTED_BY_A_PERSON, corrected_by_a_person),
    (LabelRule.KNOWN_OVER_UNKNOWN, known_over_unknown),
    (LabelRule.MORE_SPECIFIC, more_specific),
    (LabelRule.NAMES_MORE, names_more),
)
"""In this order. No finding beats "normal" or "nothing to be seen", nor the other way round: one
of the two sources is wrong, and which one is not to be known from their words."""


def rulings(records: pd.DataFrame, clusters: Sequence[Sequence[str]]) -> dict[str, Decided]:
    """Record id -> what counts of all that is said of its picture, for films that have copies."""
    together = [cluster for cluster in clusters if len(cluster) > 1]
    rows = records[records["record_id"].isin([film for cluster in together for film in cluster])]
    said = {str(row["record_id"]): statement(row) for row in rows.to_dict("records")}
    return {
        film: decided
        for cluster in together
        for decided in [decide([said[member] for member in cluster])]
        for film in cluster
    }


def counting(
    clusters: Iterable[Sequence[str]], decided: Mapping[str, Decided]
) -> list[Sequence[str]]:
    """The clusters without the films whose word does not count."""
    return [
        [film for film in cluster if film not in decided or film in decided[film].counting]
        for cluster in clusters
    ]


def told(decided: Decided | None, here: str, there: str) -> str:
    """What became of a dispute, as the end of a sentence about two copies; "" if there is none."""
    if decided is None or decided.rule is None:
        return ""
    if decided.rule is not LabelRule.CONFLICT:
        return f"; {here} here, {there} there, and there counts: {decided.rule.replace('_', ' ')}"
    both = f"{here} here, {there} there" if here != there else f"{here}, but one of them is clear"
    return (
        f"; label conflict: {both}: "
        "settle it in manifests/corrections.csv, or the pair in manifests/pairs.csv"
    )


def statement(row: Mapping[Any, object]) -> Statement:
    """What the source of a record says."""
    finding, abnormal = Finding(str(row["finding"])), _flag(row["abnormal"])
    return Statement(
        record_id=str(row["record_id"]),
        source=str(row["source"]),
        finding=finding,
        findings=frozenset(Finding(word) for word in _listed(row["findings"])),
        is_clear=finding is Finding.NORMAL or abnormal is False,
        is_ill=abnormal is True
        or str(row.get("severity")) in frozenset(Severity) - {Severity.NONE}
        or not {Finding.NORMAL, Finding.UNKNOWN}.issuperset(_listed(row.get("uncertain"))),
        is_corrected=not {"findings", "abnormal"}.isdisjoint(_listed(row["corrected"])),
    )


def _flag(cell: object) -> bool | None:
    return None if cell is None or cell is pd.NA else bool(cell)


def _listed(cell: object) -> list[str]:
    return [str(word) for word in cell] if isinstance(cell, Iterable) else []


def _agree(statements: Sequence[Statement]) -> bool:
    return len({statement.said for statement in statements}) <= 1


def _is_impossible(statements: Sequence[Statement]) -> bool:
    """COVID-19 on a film that is older than the disease; what it was before may be wrong too."""
    findings = {statement.finding for statement in statements}
    return Finding.COVID19 in findings and any(
        statement.source in BEFORE_COVID19 and statement.finding is not Finding.COVID19
        for statement in statements
    )


def _general(finding: Finding) -> Iterable[Finding]:
    while (above := GENERAL.get(finding)) is not None:
        yield above
        finding = above
