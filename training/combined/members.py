"""The networks that are combined: what each said of the same films, as stage evaluate wrote it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from manifests.contract.params import Misspelt
from manifests.contract.protocol import Protocol
from manifests.contract.table import BrokenTable
from manifests.contract.vocabulary import Finding, Split
from training.answers import FILE, Answers, read_answers
from training.metrics import Floats


class About(BaseModel):
    """What figures.json says of a network, as far as it is needed here."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    disclaimer: str
    drawn: str | None = None
    is_drawn: bool
    manifest_id: str
    task: dict[str, tuple[Finding, ...]]
    protocol: Protocol
    leaked_share: float
    warning: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One network, and what it said of the films of each side."""

    name: str
    about: About
    answers: dict[Split, Answers]

    @property
    def wording(self) -> dict[str, str]:
        """What every file says first: not for diagnosis, and drawn where it is."""
        drawn = {"drawn": self.about.drawn} if self.about.drawn else {}
        return {"disclaimer": self.about.disclaimer, **drawn}


def read_members(evaluated: Path, names: Sequence[str]) -> list[Member]:
    """The networks `names`, whose folders lie in `evaluated`.

    Raises `Misspelt` unless all have one task and one protocol, `BrokenTable` unless all were asked
    about the same films.
    """
    members = [read_member(evaluated / name) for name in names]
    first = members[0]
    for other in members[1:]:
        _check_alike(first, other)
        _check_same_films(first, other)
    return members


def read_member(folder: Path) -> Member:
    """What stage evaluate left in `folder`. Raises `BrokenTable` where that cannot be read."""
    place = folder / "figures.json"
    try:
        about = About.model_validate(json.loads(place.read_bytes())["about"])
    except FileNotFoundError:
        raise BrokenTable(f"{place}: not there; run `dvc repro evaluate`") from None
    except (ValueError, KeyError, TypeError, ValidationError):
        raise BrokenTable(f"{place}: is no longer understood; run `dvc repro evaluate`") from None
    answers = read_answers(folder / FILE, tuple(about.task))
    return Member(name=folder.name, about=about, answers=answers)


def _check_alike(one: Member, other: Member) -> None:
    for what, is_same in (
        ("task", list(one.about.task.items()) == list(other.about.task.items())),
        ("protocol", one.about.protocol == other.about.protocol),
    ):
        if not is_same:
            raise Misspelt(
                f"params.yaml: {one.name} and {other.name} have not the same {what}; only networks "
                "that are asked the same, and learn from the same films, can be combined"
            )


def _check_same_films(one: Member, other: Member) -> None:
    is_same = one.about.manifest_id == other.about.manifest_id
    for split, answers in one.answers.items():
        theirs = other.answers[split]
        is_same &= answers.ids == theirs.ids
        is_same &= bool(np.array_equal(answers.said.actual, theirs.said.actual))
    if not is_same:
        raise BrokenTable(
            f"{one.name} and {other.name} were asked about other films; run `dvc repro evaluate`"
        )


def chances_of(members: Sequence[Member], split: Split) -> Floats:
    """float64[M, N, C]: what each of M members says of the N films of a side."""
    return np.stack([member.answers[split].said.probabilities for member in members])
