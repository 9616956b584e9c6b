"""The figures of a model card: what was measured, on which films, and what came out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.pages.inputs import Experiment
from curation.pages.page import figure, signed, spaced
from curation.pages.scores import OVERALL, calibration, number, scores

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
PER_LABEL = {"precision": "precision", "recall": "recall", "f1": "F1"}
SIDES = {"test": "test films", "external": "films of sources never trained on"}


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
        f"{judged[side]['n']} {words}" + _groups(judged[side]) + "."
        for side, words in SIDES.items()
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
                f"{words} {signed(facts['inflation'][name]['value'])}"
                for name, words in OVERALL.items()
                if facts["inflation"].get(name, {}).get("value") is not None
            )
            made.append(f"Inflation, protocol paper less honest: {gained}.")
    return made or ["One training is one draw; no other figure is known."]


def _groups(side: Mapping[str, Any]) -> str:
    return f" of {side['groups']} groups" if side.get("groups") else ""


def _rows(judged: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for side, words in SIDES.items():
        test = judged.get(side, {})
        if not test.get("n"):
            continue
        for score in scores(test):
            is_known = score.low is not None and score.high is not None
            span = f"{figure(score.low)} to {figure(score.high)}" if is_known else "none"
            yield words, score.name, figure(score.value), span
        for label, facts in test.items():
            if isinstance(facts, dict):
                for name, words_of in PER_LABEL.items():
                    value = figure(number(facts.get(name)))
                    yield words, f"{words_of} of {spaced(label)}", value, "none"
