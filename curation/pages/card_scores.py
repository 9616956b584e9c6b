"""The figures of a model card: what was measured, on which films, and what came out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.pages.inputs import Experiment
from curation.pages.page import figure, many, signed, spaced
from curation.pages.scores import OVERALL, Score, calibration, labelled, scores

METRICS = (
    (
        "Accuracy; F1, every class counted alike; area under the ROC curve, mean over the classes, "
        "each against the rest."
    ),
    (
        "Intervals come from drawing whole groups again: two films of one patient are not two "
        "witnesses."
    ),
    "How true its chances are: expected calibration error and Brier score.",
)
SIDES = {"test": ("test film", ""), "external": ("film", " of sources never trained on")}
"""Side -> the noun of one film of it, and what follows the noun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of words under their columns."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def evaluated(own: Experiment) -> list[str]:
    """On which films it was judged, and what leaks."""
    judged = own.metrics
    if judged is None:
        return ["Not evaluated."]
    made = [
        many(judged[side]["n"], noun) + rest + _groups(judged[side]) + "."
        for side, (noun, rest) in SIDES.items()
        if judged.get(side, {}).get("n")
    ]
    warning = judged.get("about", {}).get("warning")
    return [*made, *([warning] if warning else [])] or ["No film was left to judge it on."]


def table(own: Experiment) -> Table | None:
    """Every figure with its interval, side by side; None where nothing was judged."""
    rows = list(_rows(own.metrics or {}))
    return Table(columns=("films", "figure", "value", "interval"), rows=rows) if rows else None


def found(own: Experiment, repeats: Sequence[Mapping[str, Any]]) -> list[str]:
    """What stands beside the figures: calibration, and what a leaking split would add."""
    test = (own.metrics or {}).get("test", {})
    made = [calibration(test)] if calibration(test) else []
    for facts in repeats:
        if facts["experiment"] == own.name and facts["inflation"]:
            gained = ", ".join(
                f"{words} {_gain(facts['inflation'][name])}"
                for name, words in OVERALL.items()
                if facts["inflation"].get(name, {}).get("value") is not None
            )
            made.append(f"Inflation, protocol paper less honest: {gained}.")
    return made or ["One training is one draw; no other figure is known."]


def _groups(side: Mapping[str, Any]) -> str:
    return f" of {many(side['groups'], 'group')}" if side.get("groups") else ""


def _gain(own: Mapping[str, Any]) -> str:
    """A difference with its interval, where there is one."""
    low, high = own.get("low"), own.get("high")
    span = "" if low is None or high is None else f" ({signed(low)} to {signed(high)})"
    return signed(own["value"]) + span


def _rows(judged: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for side, (noun, rest) in SIDES.items():
        test, words = judged.get(side, {}), f"{noun}s{rest}"
        if not test.get("n"):
            continue
        for score in scores(test):
            yield words, score.name, figure(score.value), _span(score)
        for label, own in labelled(test).items():
            for score in own:
                named = f"{score.name} of {spaced(label)}"
                yield words, named, figure(score.value), _span(score)


def _span(score: Score) -> str:
    is_known = score.low is not None and score.high is not None
    return f"{figure(score.low)} to {figure(score.high)}" if is_known else "none"
