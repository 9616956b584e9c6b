"""Stage dedup: one record for each picture; one group for each patient."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from curation.duplicates import reviewed as reviews
from curation.duplicates.exact import exact
from curation.duplicates.groups import components, groups, patient_ill
from curation.duplicates.keeper import keepers
from curation.duplicates.pair import Edge, Link, table_of
from curation.duplicates.search import scored
from curation.duplicates.withdrawn import copies_of_withdrawn, without
from curation.labels.rules import Decided, counting, rulings, told
from curation.verdict import Verdict, refuse
from curation.work.bench import ALONE, Bench
from manifests.contract.vocabulary import LabelRule, Reason, Relation
from manifests.contract.working import WorkingCopies

log = logging.getLogger(__name__)


class Params(BaseModel):
    """What is looked at, and from where on two films are one picture or one patient."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    candidates: int = Field(ge=1, le=100)
    """Nearest neighbours looked at per film."""
    copy_at_least: float = Field(gt=0, le=1)
    """Score, 0 to 1, from which two films are copies and one of them leaves."""
    same_patient_at_least: float = Field(gt=0, le=1)
    """Score, 0 to 1, from which two films stand in one group; nothing leaves."""

    @model_validator(mode="after")
    def _is_ordered(self) -> "Params":
        if self.same_patient_at_least > self.copy_at_least:
            raise ValueError("same_patient_at_least is above copy_at_least; lower it")
        return self


def main(  # noqa: PLR0913, PLR0917 - a stage takes what DVC gives it
    records: pd.DataFrame,
    withdrawn: pd.DataFrame,
    copies: WorkingCopies,
    reviewed: Path,
    params: Params,
    bench: Bench = ALONE,
) -> tuple[Verdict, pd.DataFrame]:
    """The records without copies, `copies`, `group`, `patient_ill` filled; the table of pairs.

    `withdrawn` (columns of `Record`) are looked at, so that their copies leave with them, and what
    they prove of the others (one patient, an illness) stays proved.
    """
    everything = _together(records, withdrawn)
    return decided(records, withdrawn, near(everything, copies, params, bench), reviewed)


def decided(
    records: pd.DataFrame, withdrawn: pd.DataFrame, seen: Mapping[Edge, Link], reviewed: Path
) -> tuple[Verdict, pd.DataFrame]:
    """The same once the pictures were looked at: `seen` are the links that `near` gives."""
    gone = set(withdrawn["record_id"])
    everything = _together(records, withdrawn)
    links = reviews.ruled({**seen, **exact(everything)}, reviews.read(reviewed), everything)
    why = copies_of_withdrawn(everything["record_id"], links, gone)
    everything["group"] = _filled(everything, "group", groups(everything, links, {*gone, *why}))
    everything["patient_ill"] = patient_ill(everything)
    lost = everything[everything["record_id"].isin(list(why))]
    rest = everything[~everything["record_id"].isin([*gone, *why])].reset_index(drop=True)
    verdict, pairs = one_of_each(rest, without(links, gone | set(why)))
    left = refuse(lost, "dedup", Reason.WITHDRAWN, [why[film] for film in lost["record_id"]])
    return Verdict(verdict.kept, pd.concat([verdict.rejected, left], ignore_index=True)), pairs


def _together(records: pd.DataFrame, withdrawn: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([records, withdrawn]).sort_values("record_id").reset_index(drop=True)


def one_of_each(records: pd.DataFrame, links: Mapping[Edge, Link]) -> tuple[Verdict, pd.DataFrame]:
    """One record of every cluster of copies stays; the pairs say which."""
    records = records.copy()
    clusters = components(
        records["record_id"], [pair for pair, link in links.items() if link.is_copy]
    )
    decided = rulings(records, clusters)
    kept = keepers(records, counting(clusters, decided), links)
    # The label that counts is the own one of the film that stays.
    kept |= {film: kept[min(ruling.counting)] for film, ruling in decided.items()}
    _warn_of_contradictions(links, kept)
    records["copies"] = _filled(records, "copies", _copies(clusters))
    rules = dict.fromkeys(records["record_id"]) | {f: d.rule for f, d in decided.items()}
    records["label_rule"] = _filled(records, "label_rule", rules)
    records["is_conflict"] = (records["label_rule"] == LabelRule.CONFLICT).fillna(False)
    stays = records["record_id"] == records["record_id"].map(kept)
    findings = dict(zip(records["record_id"], records["finding"], strict=True))
    verdict = Verdict(
        records[stays].reset_index(drop=True),
        _refused(records[~stays], kept, links, findings, decided),
    )
    return verdict, table_of(links, records, kept)


def near(
    records: pd.DataFrame, copies: WorkingCopies, params: Params, bench: Bench = ALONE
) -> dict[Edge, Link]:
    """The links that looking at the pictures gives: one film of equal pixels stands for all."""
    looks = records.drop_duplicates("pixel_sha256")["record_id"].tolist()
    return {
        pair: Link(
            score=likeness.score,
            lacks=likeness.lacks,
            relation=likeness.relation
            if likeness.score >= params.copy_at_least
            else Relation.SAME_PATIENT_OR_SERIES,
        )
        for pair, likeness in scored(looks, copies, params.candidates, bench).items()
        if likeness.score >= params.same_patient_at_least
    }


def _copies(clusters: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    return {
        member: [other for other in cluster if other != member]
        for cluster in clusters
        for member in cluster
    }


def _filled(records: pd.DataFrame, column: str, values: Mapping[str, object]) -> pd.Series:
    """`column` by record id, in the type that the column has."""
    return pd.Series(
        [values[record_id] for record_id in records["record_id"]],
        index=records.index, dtype=records[column].dtype,
    )  # fmt: skip


def _refused(
    left: pd.DataFrame,
    kept: Mapping[str, str],
    links: Mapping[Edge, Link],
    said: Mapping[str, str],
    decided: Mapping[str, Decided],
) -> pd.DataFrame:
    partners: dict[str, list[tuple[bool, float, str, Link]]] = {}
    for (one, other), link in links.items():
        for film, partner in ((one, other), (other, one)):
            if link.is_copy:
                # The one that stays is the best witness, then the strongest likeness.
                rank = (partner != kept[film], -link.score, partner, link)
                partners.setdefault(film, []).append(rank)
    details = []
    for film in left["record_id"]:
        _, _, partner, link = min(partners[film], key=lambda rank: rank[:3])
        dispute = told(decided.get(film), said[film], said[kept[film]])
        details.append(_sentence(link, partner, kept[film], dispute))
    return refuse(left, "dedup", Reason.DUPLICATE, details, [kept[f] for f in left["record_id"]])


def _sentence(link: Link, partner: str, keeper: str, dispute: str) -> str:
    """Why a copy left, where its twin is, and what became of a dispute about the label."""
    stays = "" if partner == keeper else f", in whose place {keeper} stays"
    return f"{link.told} {partner}{stays}{dispute}"


def _warn_of_contradictions(links: Mapping[Edge, Link], kept: Mapping[str, str]) -> None:
    for (one, other), link in links.items():
        if link.relation is Relation.DIFFERENT and kept[one] == kept[other]:
            log.warning(
                "%s and %s are different for %s, yet both are copies of a third film; review those "
                "pairs in manifests/pairs.csv too", one, other, link.decided_by,
            )  # fmt: skip
