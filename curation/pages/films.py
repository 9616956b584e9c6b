"""Films to look at: some of every source, and the pairs that were called copies, side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import zip_longest

import pandas as pd

from curation.pages.pictures import Picture, thumbnail
from manifests.contract.vocabulary import Relation
from manifests.contract.working import WorkingCopies

COMPARED = ("finding", "view", "sex", "age_years", "license")
"""What two descriptions of one film should agree on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A film on the page."""

    record_id: str
    picture: Picture | None
    facts: str
    finding_text: str
    attribution: str
    license: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPair:
    """Two films side by side."""

    a: Shown
    b: Shown
    relation: str
    score: float
    decided_by: str
    kept_id: str
    conflicts: tuple[str, ...]


def sampled(records: pd.DataFrame, count: int) -> list[str]:
    """Record ids taken in turn from every (finding, view), so that no kind hides another.

    Within a kind the hash of the file decides: nobody chose the pretty ones.
    """
    kinds = records.sort_values(["finding", "view", "sha256", "record_id"])
    queues = [list(rows["record_id"]) for _, rows in kinds.groupby(["finding", "view"], sort=True)]
    return [str(i) for turn in zip_longest(*queues) for i in turn if i is not None][:count]


def chosen_pairs(pairs: pd.DataFrame, count: int) -> pd.DataFrame:
    """Pairs taken in turn from every relation, the least certain first: they need eyes most."""
    doubt = pairs["score"].where(pairs["relation"] != Relation.DIFFERENT, 1 - pairs["score"])
    ordered = pairs.assign(doubt=doubt).sort_values(["doubt", "a", "b"])
    queues = [list(ordered.index[ordered["relation"] == relation]) for relation in Relation]
    turns = [i for turn in zip_longest(*queues) for i in turn if i is not None]
    return pairs.loc[turns[:count]]


def conflicts(a: Mapping[str, object], b: Mapping[str, object]) -> tuple[str, ...]:
    """What the descriptions of two copies say differently, in words."""
    made = []
    for name in COMPARED:
        one, other = a.get(name), b.get(name)
        if bool(pd.isna([one, other]).any()) or str(one) == str(other):
            continue
        made.append(f"{name.replace('_', ' ')}: {_word(one)} / {_word(other)}")
    return tuple(made)


def pictured(copies: WorkingCopies, wanted: Iterable[str]) -> dict[str, Picture]:
    """The thumbnail of every film that has a working copy; each shard is read once."""
    return {name: thumbnail(pixels) for name, pixels in copies.stream(wanted)}


def shown(record: Mapping[str, object], pictures: Mapping[str, Picture]) -> Shown:
    """A record as it stands under its film."""
    facts = [_word(record.get(name)) for name in ("finding", "view", "sex")]
    age = record.get("age_years")
    if age is not None and not pd.isna([age])[0]:
        facts.append(f"{float(str(age)):g} years")
    return Shown(
        record_id=str(record["record_id"]),
        picture=pictures.get(str(record["record_id"])),
        facts=" · ".join(fact for fact in facts if fact),
        finding_text=str(record["finding_text"]),
        attribution=str(record["attribution"]),
        license=str(record["license"]),
        address=str(record["source_url"]),
    )


def paired(
    pairs: pd.DataFrame, rows: Mapping[str, Mapping[str, object]], pictures: Mapping[str, Picture]
) -> list[ShownPair]:
    """The pairs with their films; `rows` holds every ingested record by its id."""
    return [
        ShownPair(
            a=shown(rows[pair["a"]], pictures), b=shown(rows[pair["b"]], pictures),
            relation=str(pair["relation"]), score=float(pair["score"]),
            decided_by=str(pair["decided_by"]), kept_id=_word(pair["kept_id"]),
            conflicts=conflicts(rows[pair["a"]], rows[pair["b"]]) if _word(pair["kept_id"]) else (),
        )
        for pair in pairs.to_dict("records")
        if pair["a"] in rows and pair["b"] in rows
    ]  # fmt: skip


def _word(value: object) -> str:
    if value is None or bool(pd.isna([value])[0]):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
