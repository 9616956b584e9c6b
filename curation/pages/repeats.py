"""What the page says of experiments that ran over many seeds, beside what the paper prints.

The figures are those of stage repeat; nothing is measured here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.pages.charts import Chart
from curation.pages.counts import Cross
from curation.pages.courses import courses
from curation.pages.dots import Dots, Score, dots
from curation.pages.scores import OVERALL

PRINTED = "printed"
TOLD = "Accuracy on the test films: what the paper prints, and the mean of all runs, by protocol"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A figure over several runs; what does not exist is None."""

    mean: float | None
    sd: float | None = None
    low: float | None = None
    high: float | None = None


NOTHING = Spread(mean=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The figures of one experiment under one protocol, or those that the paper prints."""

    name: str
    runs: int | None
    films: int | None
    accuracy: Spread
    f1: Spread
    outside: int | None = None
    """Films of sources never trained on."""
    there: Spread = NOTHING
    """The accuracy on these."""
    confusion: Cross | None = None
    curves: Chart | None = None
    told: str = ""
    """How far the runs agree."""
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """One experiment."""

    name: str
    row: str
    """Of the paper's Table 5; empty where it is in none."""
    label: str
    lines: Sequence[Line]
    notes: Sequence[str]
    """Sentences that must stand beside the figures."""
    inflation: Mapping[str, Spread]
    """By how much each score is higher under protocol paper than under honest; empty if unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """The section, ready to be printed."""

    experiments: Sequence[Repeated]
    drawing: Dots | None


def repeats(given: Sequence[Mapping[str, Any]], manifest_id: str) -> Repeats | None:
    """The section from the figures.json of each experiment, or None where none was repeated."""
    if not given:
        return None
    made = [_repeated(facts, manifest_id) for facts in given]
    series = list(dict.fromkeys(line.name for one in made for line in one.lines))
    rows = {}
    for one in made:
        found = {line.name: line.accuracy for line in one.lines}
        spreads = [found.get(name, NOTHING) for name in series]
        rows[one.name.replace("_", " ")] = [
            Score(value=own.mean, low=own.low, high=own.high) for own in spreads
        ]
    return Repeats(experiments=made, drawing=dots(rows, series, "accuracy", TOLD))


def _repeated(facts: Mapping[str, Any], manifest_id: str) -> Repeated:
    printed, label = facts["printed"], facts["label"]
    lines = [_line(name, own, label) for name, own in facts["protocols"].items()]
    if printed["accuracy"] is not None or printed["f1"] is not None:
        spread = Spread(mean=printed["accuracy"], low=printed["low"], high=printed["high"])
        f1 = Spread(mean=printed["f1"])
        lines.insert(0, Line(name=PRINTED, runs=None, films=None, accuracy=spread, f1=f1))
    return Repeated(
        name=facts["experiment"], row=printed["row"], label=label, lines=lines,
        inflation={
            words: Spread(mean=own["value"], low=own["low"], high=own["high"])
            for name, words in OVERALL.items()
            if (own := (facts["inflation"] or {}).get(name)) and own["value"] is not None
        },
        notes=[note for note in (*caveats(facts, manifest_id), printed["note"]) if note],
    )  # fmt: skip


def caveats(facts: Mapping[str, Any], manifest_id: str) -> list[str]:
    """Why the figures are not those of this release, or not of as many films as were asked for."""
    other = (
        f"Made on another manifest ({facts['manifest_id']}) than this release: run dvc repro."
        if facts["manifest_id"] != manifest_id
        else ""
    )
    return [note for note in (other, facts["shortfall"]) if note]


def _line(name: str, own: Mapping[str, Any], label: str) -> Line:
    spread = own["spread"]
    told = (
        f"{spread['changing']} of {spread['films']} test films are called different things by "
        f"different runs; the chance given to the true label has a variance of "
        f"{spread['variance']:.4f} over the runs, mean over the films."
        if spread["variance"] is not None
        else ""
    )
    return Line(
        name=name, runs=own["runs"], films=own["n"],
        accuracy=_spread(own["accuracy"]), f1=_spread(own["f1"][label]),
        outside=own["external"]["n"], there=_spread(own["external"]["accuracy"]),
        confusion=Cross(rows=own["labels"], columns=own["labels"], cells=own["confusion"]),
        curves=courses(own.get("history")), told=told, warning=own["warning"] or "",
    )  # fmt: skip


def _spread(own: Mapping[str, float | None]) -> Spread:
    return Spread(mean=own["mean"], sd=own["sd"], low=own["min"], high=own["max"])
