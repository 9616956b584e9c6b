"""Pairs that a person has looked at (`manifests/pairs.csv`): they beat the machine."""

import datetime as dt
import logging
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from curation.duplicates.pair import Edge, Link, edge
from curation.reviewed_csv import lines
from manifests.contract.params import Misspelt
from manifests.contract.record import Sha256
from manifests.contract.vocabulary import Relation

log = logging.getLogger(__name__)


class Ruling(StrEnum):
    """What a reviewer says of two films."""

    SAME = "same"
    SAME_PATIENT = "same_patient"
    DIFFERENT = "different"


RELATIONS = {
    Ruling.SAME: Relation.REVIEWED_COPY,
    Ruling.SAME_PATIENT: Relation.SAME_PATIENT_OR_SERIES,
    Ruling.DIFFERENT: Relation.DIFFERENT,
}


class Decision(BaseModel):
    """One line of the file: by content, so that it outlives every renaming."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    a_sha256: Sha256
    b_sha256: Sha256
    verdict: Ruling
    who: str = Field(min_length=1)
    when: dt.date


def read(place: Path) -> list[tuple[str, Decision]]:
    """The decisions, each with `file:line`. Raises `Misspelt` naming the line that is none."""
    decisions = lines(place, list(Decision.model_fields))
    return list(_without_conflict([(line, _decision(line, cells)) for line, cells in decisions]))


def together(
    first: Sequence[tuple[str, Decision]], second: Sequence[tuple[str, Decision]]
) -> list[tuple[str, Decision]]:
    """The decisions of both, each once. Raises `Misspelt` naming two lines that contradict."""
    return list(_without_conflict([*first, *second]))


def _decision(line: str, cells: Mapping[str, str]) -> Decision:
    try:
        decision = Decision.model_validate(cells)
    except ValidationError as faults:
        fault = faults.errors()[0]
        raise Misspelt(
            f"{line}: {fault['loc'][0]} is {fault['input']!r}; {fault['msg']}; mend the line"
        ) from None
    if decision.a_sha256 == decision.b_sha256:
        raise Misspelt(f"{line}: a film is compared with itself; give the other one's sha256")
    return decision


def _without_conflict(
    decisions: Sequence[tuple[str, Decision]],
) -> Iterator[tuple[str, Decision]]:
    seen: dict[Edge, tuple[str, Decision]] = {}
    for line, decision in decisions:
        films = edge(decision.a_sha256, decision.b_sha256)
        first, earlier = seen.setdefault(films, (line, decision))
        if earlier.verdict is not decision.verdict:
            raise Misspelt(_contradiction(line, decision, first, earlier))
        if first == line:
            yield line, decision


def _contradiction(line: str, decision: Decision, first: str, earlier: Decision) -> str:
    return (
        f"{line}: says {decision.verdict} of two films that {first} calls {earlier.verdict}; "
        "keep one of the two lines"
    )


def ruled(
    links: Mapping[Edge, Link],
    decisions: Sequence[tuple[str, Decision]],
    records: pd.DataFrame,
) -> dict[Edge, Link]:
    """The links with every decision in place of what the machine said.

    A decision speaks of pixels: it holds for every film with the same ones. One whose film is not
    here any more is logged and waits, since the film may come back. Raises `Misspelt` naming the
    line that keeps two files of equal pixels apart, or two lines that contradict each other.
    """
    said = {
        films: Link(relation=RELATIONS[decision.verdict], score=1.0, decided_by=decision.who)
        for films, (_, decision) in _by_pixels(decisions, records).items()
    }
    return _replaced(links, said, records)


def _by_pixels(
    decisions: Sequence[tuple[str, Decision]], records: pd.DataFrame
) -> dict[Edge, tuple[str, Decision]]:
    """The last decision, with its line, on every two pictures by their pixels."""
    pixels = dict(zip(records["sha256"], records["pixel_sha256"], strict=True))
    said: dict[Edge, tuple[str, Decision]] = {}
    for line, decision in decisions:
        gone = [sha for sha in (decision.a_sha256, decision.b_sha256) if sha not in pixels]
        if gone:
            log.warning("%s: no film here has sha256 %s; the decision waits", line, gone[0])
            continue
        films = edge(pixels[decision.a_sha256], pixels[decision.b_sha256])
        if films[0] == films[1] and decision.verdict is not Ruling.SAME:
            raise Misspelt(
                f"{line}: both files hold the same pixels and are copies; take the line out, and "
                "where they are called different things, settle that in manifests/corrections.csv"
            )
        first, earlier = said.get(films, (line, decision))
        if earlier.verdict is not decision.verdict:
            raise Misspelt(_contradiction(line, decision, first, earlier))
        said[films] = line, decision
    return said


def _replaced(
    links: Mapping[Edge, Link], said: Mapping[Edge, Link], records: pd.DataFrame
) -> dict[Edge, Link]:
    looks = dict(zip(records["record_id"], records["pixel_sha256"], strict=True))
    by_look = {look: record_id for record_id, look in sorted(looks.items(), reverse=True)}
    made = {pair: said.get(edge(looks[pair[0]], looks[pair[1]]), links[pair]) for pair in links}
    known = {edge(looks[one], looks[other]) for one, other in links}
    new = {
        edge(by_look[one], by_look[other]): link
        for (one, other), link in said.items()
        if edge(one, other) not in known
    }
    return made | new
