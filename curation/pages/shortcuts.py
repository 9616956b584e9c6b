"""What tells the label without looking at a lung, task by task, and what the gate made of it.

The figures are those of stage audit; nothing is measured here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from curation.pages.films import Shown, shown
from curation.pages.pictures import Picture

Rows = Mapping[str, Mapping[str, object]]
PASSED, NOT_TOLD = "passed", "not_told"
WORDS = {
    PASSED: "passes", "failed": "FAILS", "allowed": "fails, allowed by name",
    "control_failed": "means nothing: a control does not guess", NOT_TOLD: "not told",
}  # fmt: skip
BAD = {"failed", "control_failed", "allowed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What stage audit left for one task."""

    scores: Mapping[str, Any]
    films: pd.DataFrame
    """The films that each probe knows best: probe, record_id, label, sure, rank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One line of the table."""

    name: str
    shown: str
    value: float | None
    low: float | None
    high: float | None
    within: float | None
    threshold: float
    controls: Sequence[tuple[str, Mapping[str, Any]]]
    films: int
    groups: int
    left_out: str
    reason: str
    verdict: str
    is_bad: bool
    known: Sequence[tuple[Shown, str, float]] = field(default_factory=tuple)
    """Films that it is surest of, their labels, and how sure it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A table."""

    name: str
    reading: str
    confidence: float
    probes: Sequence[Probe]

    @property
    def allowed(self) -> list[Probe]:
        """The probes that failed and stopped nothing."""
        return [one for one in self.probes if one.verdict == WORDS["allowed"]]

    @property
    def untold(self) -> list[Probe]:
        """The probes that could not be asked."""
        return [one for one in self.probes if one.verdict == WORDS[NOT_TOLD]]

    @property
    def closed_by(self) -> list[Probe]:
        """The probes that close the gate."""
        return [one for one in self.probes if one.is_bad and one not in self.allowed]


def chosen(audits: Mapping[str, Audit], count: int) -> dict[str, pd.DataFrame]:
    """Task -> the first `count` films of every probe that failed, surest first."""
    made = {}
    for task, own in audits.items():
        failed = [name for name, one in own.scores["probes"].items() if one["verdict"] in BAD]
        films = own.films[own.films["probe"].isin(failed) & (own.films["rank"] <= count)]
        made[task] = films.sort_values(["probe", "rank"])
    return made


def tasks(
    audits: Mapping[str, Audit], films: Mapping[str, pd.DataFrame], rows: Rows,
    pictures: Mapping[str, Picture],
) -> list[Task]:  # fmt: skip
    """The tables of all tasks, with the films of `chosen`, ready to be printed."""
    made = []
    for name, own in audits.items():
        known: dict[str, list[tuple[Shown, str, float]]] = {}
        for film in films[name].to_dict("records"):
            if film["record_id"] in rows:
                line = (shown(rows[film["record_id"]], pictures), film["label"], film["sure"])
                known.setdefault(film["probe"], []).append(line)
        probes = [_probe(key, one, known.get(key, ())) for key, one in own.scores["probes"].items()]
        made.append(Task(
            name=name, reading=own.scores["reading"], confidence=own.scores["confidence"],
            probes=probes,
        ))  # fmt: skip
    return made


def _probe(name: str, one: Mapping[str, Any], known: Sequence[tuple[Shown, str, float]]) -> Probe:
    left = ", ".join(f"{key} ({count})" for key, count in one["left_out"].items())
    return Probe(
        name=name, shown=one["shown"], **one["found"], within=one["within"]["value"],
        threshold=one["threshold"], controls=list(one["controls"].items()), films=one["films"],
        groups=one["groups"], left_out=left, reason=one["reason"] or "",
        verdict=WORDS[one["verdict"]], is_bad=one["verdict"] in BAD, known=known,
    )  # fmt: skip
