"""Where to draw the line: a threshold for each label, chosen on validation films, used elsewhere.

A threshold that is chosen on the films it is judged by flatters; here it never is.
N films, R resamples.
"""

from collections.abc import Mapping

import numpy as np
import torch

from manifests.contract.vocabulary import Split
from training.judgement import Judging
from training.metrics import Floats, interval, resampled
from training.predictions import DIGITS, Predictions

FIGURES = ("sensitivity", "specificity", "precision")


def operating_points(
    said: Mapping[Split, Predictions], judging: Judging, generator: torch.Generator
) -> dict[str, object]:
    """Of each label: the threshold, and what it gives on validation, test and external films.

    The threshold is the highest chance at which so many of the validation films with the label are
    found as `judging.sensitivity` asks for: of those the one with the fewest false alarms. Without
    such films there is none, and `reason` says so. Intervals come from drawing whole groups.
    """
    labels = said[Split.VAL].labels
    return {
        "sensitivity_asked": judging.sensitivity,
        "chosen_on": Split.VAL.value,
        "labels": {
            label: _point(said, number, judging, generator) for number, label in enumerate(labels)
        },
    }


def threshold(chances: Floats, sensitivity: float) -> float:
    """The highest threshold by which a share of `sensitivity` of the `chances` is found.

    `chances` are those of films that have the label; one is found where it is as high at least.
    """
    least = int(np.ceil(sensitivity * len(chances) - 1e-9))
    return float(np.sort(chances)[len(chances) - max(least, 1)])


def _point(
    said: Mapping[Split, Predictions], number: int, judging: Judging, generator: torch.Generator
) -> dict[str, object]:
    val = said[Split.VAL]
    own = val.probabilities[val.actual == number, number]
    if not len(own):
        return {"threshold": None, "reason": "no validation film has the label"}
    line = threshold(own, judging.sensitivity)
    sides = {
        split.value: _side(known, number, line, judging, generator) for split, known in said.items()
    }
    return {"threshold": round(line, DIGITS), "reason": None, **sides}


def _side(
    known: Predictions, number: int, line: float, judging: Judging, generator: torch.Generator
) -> dict[str, object]:
    """How often the line is right on the films of one side; None where no film tells."""
    has, called = known.actual == number, known.probabilities[:, number] >= line
    facts: dict[str, object] = {"n": len(has), "with_label": int(has.sum())}
    weights = (
        resampled(known.groups, judging.bootstrap, generator) if len(has) else np.zeros((1, 0))
    )
    once, drawn = (_shares(w, has, called) for w in (np.ones((1, len(has))), weights))
    for name in FIGURES:
        value = once[name][0]
        span = None if np.isnan(value) else interval(drawn[name], judging.confidence)
        facts[name] = None if np.isnan(value) else round(float(value), DIGITS)
        low, high = span or (None, None)
        facts[f"{name}_low"] = None if low is None else round(low, DIGITS)
        facts[f"{name}_high"] = None if high is None else round(high, DIGITS)
    return facts


def _shares(
    weights: Floats, has: np.typing.NDArray[np.bool_], called: np.typing.NDArray[np.bool_]
) -> dict[str, Floats]:
    """float64[R] each, NaN where there is no film to ask."""
    found = weights @ (has & called)
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "sensitivity": found / (weights @ has),
            "specificity": weights @ (~has & ~called) / (weights @ ~has),
            "precision": found / (weights @ called),
        }
