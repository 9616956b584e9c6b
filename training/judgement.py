"""The figures of one split as they stand in figures.json, with the reason where one is missing."""

from collections.abc import Mapping

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field

from manifests.contract.association import wilson
from training.calibration import calibration, ece_by_chance
from training.metrics import (
    OVERALL,
    PER_LABEL,
    RESAMPLES_AT_ONCE,
    Floats,
    interval,
    resampled,
    scores,
)
from training.predictions import DIGITS, Predictions

CALIBRATION = ("ece", "brier")
WHOLE = ("n", "groups", "accuracy", "accuracy_low", "accuracy_high", "macro_f1", "auc",
         "auc_low", "auc_high", "ece", "ece_by_chance")  # fmt: skip
HEADLINE = {"test": WHOLE, "val": ("n", "accuracy", "auc"), "external": WHOLE}
"""What `dvc metrics show` compares."""


class Judging(BaseModel):
    """How sure the figures must say they are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bootstrap: int = Field(ge=100, le=100_000)
    """Resamples of groups for the intervals."""
    confidence: float = Field(gt=0.5, lt=1)
    """Share of resamples that an interval holds."""
    sensitivity: float = Field(gt=0, le=1)
    """Share of a label's validation films that its operating point must find."""


def judge(
    said: Predictions, resamples: int, confidence: float, generator: torch.Generator
) -> dict[str, object]:
    """One flat object: overall figures with `_low` and `_high`, then one object per label.

    A figure that does not exist is None, and `reason` says why; otherwise `reason` is None.
    """
    count, groups = len(said.actual), len(set(said.groups))
    if count == 0:
        return _nothing(said.labels)
    found = _figures(np.ones((1, count)), said)
    facts: dict[str, object] = {"n": count, "groups": groups}
    absent = [label for n, label in enumerate(said.labels) if not (said.actual == n).any()]
    reasons = [f"no film of {', '.join(absent)}"] if absent else []
    drawn = _drawn(said, resamples, generator) if groups > 1 else None
    for name in OVERALL:
        value = _plain(found[name][0])
        span = interval(drawn[name], confidence) if drawn is not None else None
        if name == "accuracy" and span is None and value is not None and groups > 1:
            # No resample can show an error that was never made; Wilson's interval can.
            span = wilson(value, groups, confidence)
        facts[name] = value
        facts[f"{name}_low"], facts[f"{name}_high"] = map(_plain, span or (None, None))
        if span is None and value is not None and groups > 1:
            reasons.append(f"{name} hardly varies over resamples, so it has no interval")
    if groups == 1:
        reasons.append("one group only, so there are no intervals")
    facts["reason"] = "; ".join(reasons) or None
    for name in CALIBRATION:
        facts |= _spanned(name, found[name], None if drawn is None else drawn[name], confidence)
    facts["ece_by_chance"] = _plain(ece_by_chance(said.probabilities, generator))
    return {**facts, **_per_label(said, found, drawn, confidence)}


def headlines(figures: Mapping[str, Mapping[str, object]]) -> dict[str, object]:
    """What metrics.json holds of the figures of each split."""
    return {
        split: {name: figures[split].get(name) for name in names}
        for split, names in HEADLINE.items()
    }


def told_of(figures: Mapping[str, object]) -> str:
    """The figures of one split as the log says them."""
    shown = [f"{name} {figures[name]}" for name in ("n", "groups", "accuracy", "auc", "macro_f1")]
    return ", ".join([*shown, *([str(figures["reason"])] if figures["reason"] else [])])


def _figures(weights: Floats, said: Predictions) -> dict[str, Floats]:
    """Everything under each row of `weights`, float64[R, N]."""
    return {
        **scores(weights, said.actual, said.probabilities),
        **calibration(weights, said.actual, said.probabilities),
    }


def _drawn(said: Predictions, resamples: int, generator: torch.Generator) -> dict[str, Floats]:
    """The same in resamples of groups, the same for every figure."""
    parts = []
    for first in range(0, resamples, RESAMPLES_AT_ONCE):
        rows = min(RESAMPLES_AT_ONCE, resamples - first)
        parts.append(_figures(resampled(said.groups, rows, generator), said))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _per_label(
    said: Predictions, found: dict[str, Floats], drawn: dict[str, Floats] | None, confidence: float
) -> dict[str, object]:
    """One object per label."""
    made: dict[str, object] = {}
    for n, label in enumerate(said.labels):
        facts: dict[str, object] = {}
        for name in PER_LABEL:
            key = f"label_{name}"
            own = None if drawn is None else drawn[key][:, n]
            facts |= _spanned(name, found[key][:, n], own, confidence)
        made[label] = {**facts, "n": int((said.actual == n).sum())}
    return made


def _spanned(
    name: str, found: Floats, drawn: Floats | None, confidence: float
) -> dict[str, object]:
    """A figure and its limits, which are None where it hardly varies over resamples."""
    low, high = (None if drawn is None else interval(drawn, confidence)) or (None, None)
    return {
        name: _plain(found[0]), f"{name}_low": _plain(low), f"{name}_high": _plain(high),
    }  # fmt: skip


def _nothing(labels: tuple[str, ...]) -> dict[str, object]:
    facts: dict[str, object] = {"n": 0, "groups": 0}
    for name in (*OVERALL, *CALIBRATION):
        facts |= {name: None, f"{name}_low": None, f"{name}_high": None}
    facts["ece_by_chance"] = None
    facts["reason"] = "the split has no film with a label of the task"
    names = [f"{name}{end}" for name in PER_LABEL for end in ("", "_low", "_high")]
    return {**facts, **{label: {**dict.fromkeys(names), "n": 0} for label in labels}}


def _plain(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(float(value), DIGITS)
