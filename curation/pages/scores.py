"""What the page says of figures: with their intervals, by threshold, and how true chances are."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from curation.pages.charts import Chart, chart, column

OVERALL = {"accuracy": "accuracy", "macro_f1": "macro F1", "auc": "AUC"}
PER_LABEL = {"precision": "precision", "recall": "recall", "f1": "F1", "auc": "AUC"}
FIGURES = ("sensitivity", "specificity", "precision")
SIDES = ("test", "external")
"""Not the validation films, which the threshold was chosen on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A figure with its interval, all 0 to 1; a figure that does not exist is None."""

    name: str
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What the threshold of one label gives on the films of one side; or why there is none."""

    label: str
    threshold: float | None = None
    side: str = ""
    films: int = 0
    with_label: int = 0
    figures: Sequence[Score] = ()
    """In the order of `FIGURES`."""
    reason: str = ""


def scores(test: Mapping[str, Any]) -> list[Score]:
    """The overall figures that are there."""
    return [_scored(test, name, words) for name, words in OVERALL.items() if name in test]


def labelled(test: Mapping[str, Any]) -> dict[str, list[Score]]:
    """Label -> its figures, in the order of `PER_LABEL`."""
    return {
        label: [_scored(facts, name, words) for name, words in PER_LABEL.items()]
        for label, facts in test.items()
        if isinstance(facts, Mapping)
    }


def reliability(bins: pd.DataFrame | None) -> Chart | None:
    """How often the named label is right, by how sure the network was; None without films."""
    if bins is None or not len(bins):
        return None
    series = {"where both agree": [(0.0, 0.0), (1.0, 1.0)],
              "test films": column(bins, "confidence", "accuracy")}  # fmt: skip
    told = "how often the named label is right, by how sure the network is: " + ", ".join(
        f"{sure:.2f} sure, {right:.2f} right" for sure, right in series["test films"]
    )
    return chart(series, "chance given to the label named", "share right", told, is_share=True)


def calibration(test: Mapping[str, Any]) -> str:
    """How true the chances are, in words; empty where nothing was judged."""
    found, least = number(test.get("ece")), number(test.get("ece_by_chance"))
    if found is None or least is None:
        return ""
    low, high = number(test.get("ece_low")), number(test.get("ece_high"))
    span = "" if low is None or high is None else f" ({low:.3f} to {high:.3f})"
    return (
        f"Expected calibration error {found:.3f}{span}; chances that were all true would give "
        f"{least:.3f} on so few films. Brier score {test['brier']:.3f}."
    )


def points(found: Mapping[str, Any]) -> list[Point]:
    """A row for each label and side; one row with the reason where there is no threshold."""
    made = []
    for label, own in (found.get("labels") or {}).items():
        sides = {side: own[side] for side in SIDES if side in own and own[side]["n"]}
        if own["threshold"] is None:
            made.append(Point(label=label, reason=own["reason"]))
        made += [
            Point(
                label=label, threshold=own["threshold"], side=side, films=facts["n"],
                with_label=facts["with_label"],
                figures=[_scored(facts, name, name) for name in FIGURES],
            )
            for side, facts in sides.items()
        ]  # fmt: skip
    return made


def _scored(facts: Mapping[str, Any], name: str, words: str) -> Score:
    return Score(name=words, value=number(facts.get(name)), low=number(facts.get(f"{name}_low")),
                 high=number(facts.get(f"{name}_high")))  # fmt: skip


def number(value: object) -> float | None:
    """`value` where it is a number that can be drawn, else None."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        return None
    return float(value)
