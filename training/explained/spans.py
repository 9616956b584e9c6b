"""Means over films with intervals over groups, as scores.json holds them.

N films, R resamples.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from training.metrics import Floats, interval, resampled

DIGITS = 6
LEAST_GROUPS = 3
"""Of two groups drawn again the mean has three values, and their range says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Resamples of the groups of some films, the same for every figure of these."""

    groups: Sequence[str]
    weights: Floats
    """float64[R, N]."""
    confidence: float

    def first(self, count: int) -> "Drawn":
        """Of the first films only; their groups are drawn as before."""
        return Drawn(groups=self.groups[:count], weights=self.weights[:, :count],
                     confidence=self.confidence)  # fmt: skip


def drawn(
    groups: Sequence[str], resamples: int, confidence: float, generator: torch.Generator
) -> Drawn:
    none = np.zeros((0, 0))
    weights = resampled(groups, resamples, generator) if len(groups) else none
    return Drawn(groups=groups, weights=weights, confidence=confidence)


def spanned(name: str, values: Sequence[float | None], by: Drawn) -> dict[str, object]:
    """`name` and its _low, _high, _n and _groups; None of `values` is unknown and not counted.

    Limits are None with fewer than `LEAST_GROUPS`, and where every resample says the same.
    """
    known = [n for n, value in enumerate(values) if value is not None]
    found = np.array([float(value) for value in values if value is not None])
    groups = len({by.groups[n] for n in known})
    low = high = None
    if groups >= LEAST_GROUPS:
        weights = by.weights[:, known]
        total = weights.sum(1)
        means = np.full(len(total), np.nan)
        np.divide(weights @ found, total, out=means, where=total > 0)
        low, high = interval(means, by.confidence) or (None, None)
    return {
        name: _short(found.mean() if known else None),
        f"{name}_low": _short(low),
        f"{name}_high": _short(high),
        f"{name}_n": len(known),
        f"{name}_groups": groups,
    }


def _short(value: float | None) -> float | None:
    return None if value is None else round(float(value), DIGITS)
