"""How well masks agree with those of a person: Dice and IoU, with intervals over whole patients.

N films, R resamples.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

from training.metrics import Floats, interval, resampled

Masks = npt.NDArray[np.uint8]
DIGITS = 6
CONFIDENCE = 0.95
"""Share of resamples that an interval holds."""


def dice(said: Masks, true: Masks) -> Floats:
    """float64[N] of two uint8[N, H, W]: twice what both hold over what each holds; 1 if none."""
    one, other = said > 0, true > 0
    both, whole = (one & other).sum((1, 2)), one.sum((1, 2)) + other.sum((1, 2))
    return np.where(whole > 0, 2 * both / np.maximum(whole, 1), 1.0)


def iou(said: Masks, true: Masks) -> Floats:
    """float64[N]: what both hold over what either holds; it follows from Dice."""
    found = dice(said, true)
    return found / (2 - found)


def agreement(
    said: Masks, true: Masks, groups: Sequence[str], resamples: int, generator: torch.Generator
) -> dict[str, object]:
    """The figures of some films: means over films, 95 % intervals over groups drawn again."""
    if len(said) == 0:
        return {"films": 0, "groups": 0, "dice": None, "iou": None}
    weights = resampled(groups, resamples, generator)
    figures: dict[str, object] = {"films": len(said), "groups": len(set(groups))}
    for name, values in (("dice", dice(said, true)), ("iou", iou(said, true))):
        limits = interval(weights @ values / weights.sum(1), CONFIDENCE)
        low, high = limits or (None, None)
        shown = {"": values.mean(), "_low": low, "_high": high, "_worst": values.min()}
        figures |= {f"{name}{end}": _short(value) for end, value in shown.items()}
    return figures


def _short(value: float | None) -> float | None:
    return None if value is None else round(float(value), DIGITS)
