"""What a network says of one split, and its figures, with the reason where one is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import nn

from training.data import Look
from training.films import Films
from training.hardware import device
from training.metrics import (
    OVERALL,
    PER_LABEL,
    Floats,
    Whole,
    bootstrapped,
    interval,
    scores,
    wilson,
)
from training.prediction import predict

DIGITS = 6


class Judging(BaseModel):
    """How sure figures must say they are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bootstrap: int = Field(ge=100, le=100_000)
    """Resamples of groups for the intervals."""
    confidence: float = Field(gt=0.5, lt=1)
    """Share of resamples that an interval holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """What was said of the films of one split, and what they are."""

    labels: tuple[str, ...]
    actual: Whole
    """int64[N], class numbers."""
    probabilities: Floats
    """float64[N, C]."""
    groups: Sequence[str]
    """N names; films of one group stand or fall together."""


def said_of(net: nn.Module, films: Films, look: Look) -> Predictions:
    """What `net` says of the films of one split."""
    chances = torch.softmax(predict(net, films, look, device()).double(), 1).numpy()
    return Predictions(
        labels=films.labels, actual=films.targets, probabilities=np.round(chances, 6),
        groups=[str(group) for group in films.rows["group"]],
    )  # fmt: skip


def judge(
    said: Predictions, resamples: int, confidence: float, generator: torch.Generator
) -> dict[str, object]:
    """One flat object: overall figures with `_low` and `_high`, then one object per label.

    A figure that does not exist is None, and `reason` says why; otherwise `reason` is None.
    """
    count, groups = len(said.actual), len(set(said.groups))
    if count == 0:
        return _nothing(said.labels)
    found = scores(np.ones((1, count)), said.actual, said.probabilities)
    facts: dict[str, object] = {"n": count, "groups": groups}
    absent = [label for n, label in enumerate(said.labels) if not (said.actual == n).any()]
    reasons = [f"no film of {', '.join(absent)}"] if absent else []
    drawn = (
        bootstrapped(said.actual, said.probabilities, said.groups, resamples, generator)
        if groups > 1
        else None
    )
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
    return {**facts, **_per_label(said, found)}


def _per_label(said: Predictions, found: dict[str, Floats]) -> dict[str, object]:
    return {
        label: {
            **{name: _plain(found[f"label_{name}"][0, n]) for name in PER_LABEL},
            "n": int((said.actual == n).sum()),
        }
        for n, label in enumerate(said.labels)
    }


def _nothing(labels: tuple[str, ...]) -> dict[str, object]:
    facts: dict[str, object] = {"n": 0, "groups": 0}
    for name in OVERALL:
        facts |= {name: None, f"{name}_low": None, f"{name}_high": None}
    facts["reason"] = "the split has no film with a label of the task"
    return {**facts, **{label: {**dict.fromkeys(PER_LABEL), "n": 0} for label in labels}}


def _plain(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(float(value), DIGITS)
