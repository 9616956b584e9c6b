"""What a source would add to the films that are held: counts, copies, conflicts, licence gaps."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from curation.duplicates.exact import exact
from curation.duplicates.groups import components
from curation.duplicates.pair import Edge, Link
from curation.licenses import Licenses
from curation.sources.base import Source
from curation.stages import dedup, ingest
from curation.verdict import Verdict
from manifests.contract.record import Record
from manifests.contract.table import frame
from manifests.contract.vocabulary import Modality, Reason, Relation, View
from manifests.contract.working import WorkingCopies

Row = Mapping[Any, Any]
"""One record, by column."""


class Held(NamedTuple):
    """A film of the source that another source holds already, or that belongs beside one there."""

    film: str
    held: str
    relation: Relation
    findings: tuple[str, str]
    """Of the film, and of the one that is held."""

    @property
    def is_conflict(self) -> bool:
        """The two say different things of one picture."""
        return self.relation is not Relation.SAME_PATIENT_OR_SERIES and len(set(self.findings)) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The counts that a person wants before a source comes in."""

    source: str
    came_in: int
    films: int
    patients: int
    rejected: dict[str, int]
    examples: dict[str, str]
    """One sentence for each reason."""
    findings: dict[str, int]
    views: dict[str, int]
    lateral: int
    not_radiographs: int
    under_age: int
    age_unknown: int
    licenses: dict[str, int]
    license_gaps: dict[str, int] = field(default_factory=dict)
    """Licence -> films whose pixels may not be handed on, or that no model may learn from."""
    held: list[Held] = field(default_factory=list)
    compared_with: int = 0
    """Films of other sources that were looked at."""
    held_are_drawn: bool = False
    """The films that were looked at are drawn, and those of the source are not."""

    @property
    def undecodable(self) -> int:
        """Files that are no whole picture."""
        return self.rejected.get(Reason.UNREADABLE_IMAGE, 0)


class Setting(NamedTuple):
    """By what a source is read and compared: the stages' own parameters, terms and licences."""

    reading: ingest.Params
    comparing: dedup.Params
    adult_from_years: float
    manifests: Path


class Holdings(NamedTuple):
    """The films that are held: records (columns of `Record`), folders of their working copies."""

    records: pd.DataFrame
    folders: list[Path]


def preview(
    key: str, source: Source, holdings: Holdings, folder: Path, setting: Setting
) -> Preview:
    """Read all of `source` into `folder` and compare it with the films of other sources.

    Raises `NoFilms` where the source gives none.
    """
    terms = setting.manifests / "terms.yaml"
    verdict = ingest.main(key, source, folder, terms, setting.reading)
    others = holdings.records[holdings.records["source"] != key]
    copies = WorkingCopies([folder, *holdings.folders])
    held = _held(verdict, others, copies, setting.comparing)
    is_drawn = bool(others["is_drawn"].any()) and not bool(verdict.kept["is_drawn"].any())
    found = _counted(key, verdict, setting)
    return replace(found, held=held, compared_with=len(others), held_are_drawn=is_drawn)


def nothing() -> pd.DataFrame:
    """The records of a project that holds no film yet."""
    return frame([], Record)


def _held(
    verdict: Verdict, others: pd.DataFrame, copies: WorkingCopies, params: dedup.Params
) -> list[Held]:
    """Every film of the source beside one of `others`: its copy, or else of the same patient."""
    everything = pd.concat([verdict.kept, others], ignore_index=True)
    everything = everything.sort_values("record_id").reset_index(drop=True)
    rows = {str(row["record_id"]): row for row in everything.to_dict("records")}
    links: Mapping[Edge, Link] = dedup.near(everything, copies, params) | exact(everything)
    new, found = set(verdict.kept["record_id"]), dict[str, Held]()
    copied = {pair: link for pair, link in links.items() if link.is_copy}
    for cluster in components(rows, copied):
        held = next((member for member in cluster if member not in new), "")
        for film in new.intersection(cluster if held else []):
            relation = _relation(rows[film], rows[held], _weakest(cluster, copied))
            found[film] = _beside(rows[film], rows[held], relation)
    for pair in sorted(links):
        film, held = pair if pair[0] in new else pair[::-1]
        if film in new and held not in new:
            found.setdefault(film, _beside(rows[film], rows[held], links[pair].relation))
    return [found[film] for film in sorted(found)]


def _weakest(cluster: Collection[str], copied: Mapping[Edge, Link]) -> Relation:
    """Of the links that hold a cluster together, the one that says least."""
    order = list(Relation)
    there = {link.relation for (one, _), link in copied.items() if one in cluster}
    return max(there, key=order.index, default=Relation.IDENTICAL_BYTES)


def _relation(film: Row, held: Row, otherwise: Relation) -> Relation:
    if film["sha256"] == held["sha256"]:
        return Relation.IDENTICAL_BYTES
    same_pixels = film["pixel_sha256"] == held["pixel_sha256"]
    return Relation.SAME_PIXELS if same_pixels else otherwise


def _beside(film: Row, held: Row, relation: Relation) -> Held:
    findings = (str(film["finding"]), str(held["finding"]))
    return Held(str(film["record_id"]), str(held["record_id"]), relation, findings)


def _counted(key: str, verdict: Verdict, setting: Setting) -> Preview:
    films, rejected = verdict
    is_film = films["modality"] == Modality.X_RAY
    is_young = (films["age_years"] < setting.adult_from_years).fillna(False)
    spdx = _counts(films["license"])
    licenses = Licenses.load(setting.manifests / "licenses.yaml")
    known = {name: licenses.of(name) for name in spdx}
    return Preview(
        source=key,
        came_in=len(films) + len(rejected),
        films=len(films),
        patients=films["patient_id"].nunique(),
        rejected=_counts(rejected["reason"]),
        examples=dict(rejected.groupby("reason")["detail"].first().sort_index()),
        findings=_counts(films["finding"]),
        views=_counts(films["view"]),
        lateral=int((films["view"] == View.L).sum()),
        not_radiographs=int((~is_film).sum()),
        under_age=int((is_young | films["is_child"].fillna(False)).sum()),
        age_unknown=int((films["age_years"].isna() & films["is_child"].isna()).sum()),
        licenses=spdx,
        license_gaps={
            name: count for name, count in spdx.items()
            if not (known[name].may_publish and known[name].may_train)
        },
    )  # fmt: skip


def _counts(values: "pd.Series[str]") -> dict[str, int]:
    return {str(name): int(count) for name, count in values.value_counts().sort_index().items()}
