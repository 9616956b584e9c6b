"""BEASF as the paper's repository publishes it, tone by tone, with its faults; to compare with.

A port of the algorithm that its authors describe, not of their text. It raises
`ZeroDivisionError` where theirs divides by zero.
"""

import math

import numpy as np
import numpy.typing as npt

from manifests.contract.images import Pixels


def published_beasf(pixels: Pixels, gamma: float) -> Pixels:
    """uint8[H, W] -> uint8[H, W]."""
    mean = int(pixels.mean())
    # Over the film's own range, and read as if it were over all grey levels.
    shares = np.histogram(pixels, 256)[0] / pixels.size
    half_low = _half(shares[: mean + 1], 0)
    half_up = mean + _half(shares[mean:], 1)
    low = [_sigmoid(tone - half_low, mean, gamma) for tone in range(mean + 1)]
    up = [_sigmoid(tone - half_up, 255 - mean, gamma) for tone in range(mean, 256)]
    table = np.zeros(256)
    for grey in range(mean + 1):
        table[grey] = math.trunc(mean * low[grey])
    least, most = table[0], table[mean]
    for grey in range(mean + 1):
        table[grey] = math.trunc(_ratio(mean, most - least) * (table[grey] - least))
    for grey in range(mean + 1, 256):
        # One tone too low.
        table[grey] = math.trunc(mean + (255 - mean) * up[grey - mean - 1])
    least, most = table[mean + 1], table[255]
    for grey in range(mean + 1, 256):
        table[grey] = _ratio((table[grey] - least) * (255 - mean), most - least) + mean
    made: Pixels = table.astype(np.uint8)[pixels]
    return made


def _half(shares: npt.NDArray[np.float64], ahead: int) -> int:
    """The first place at which the sum `ahead` of it exceeds a half of the whole; 0 if none."""
    if not shares.any():
        raise ZeroDivisionError
    # One by one: the last digit decides where a sum is a half.
    total = 0.0
    for share in shares:
        total += share
    sums = np.cumsum(shares / total)
    return next((n for n in range(len(sums) - ahead) if sums[n + ahead] > 0.5), 0)


def _sigmoid(distance: int, span: int, gamma: float) -> float:
    power = -gamma * _ratio(5 * distance, span)
    return 1 / (1 + math.exp(power)) if power < 700 else 0.0


def _ratio(above: float, below: float) -> float:
    if below == 0:
        raise ZeroDivisionError
    return float(above / below)
