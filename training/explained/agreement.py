"""How far the heat of one film lies where it should: in the lungs, on the disease.

Masks are uint8[320, 320], 0 or 255, in the frame of the heat.
"""

import numpy as np

from manifests.contract.images import Pixels
from training.explained.gradcam import Heat


def heat_inside(heat_map: Heat, mask: Pixels | None) -> float | None:
    """The share of heat inside `mask`; None without a mask or without heat."""
    total = float(heat_map.sum(dtype=np.float64))
    if mask is None or total == 0:
        return None
    return float(heat_map[mask > 0].sum(dtype=np.float64)) / total


def points_inside(heat_map: Heat, mask: Pixels | None) -> bool | None:
    """Is the hottest pixel inside `mask`? None where nothing is marked or nothing is hot.

    The pointing game (Zhang et al. 2018).
    """
    if mask is None or not mask.any() or not heat_map.any():
        return None
    return bool(mask.reshape(-1)[int(heat_map.argmax())] > 0)


def heat_iou(heat_map: Heat, mask: Pixels | None) -> float | None:
    """IoU of `mask` and as many of the hottest pixels as it holds; None as in `points_inside`.

    No threshold of the heat is chosen that way. Pixels without heat are never hot, so that a map
    with fewer hot pixels is not filled up by chance.
    """
    if mask is None or not mask.any() or not heat_map.any():
        return None
    wanted = mask.reshape(-1) > 0
    values = heat_map.reshape(-1)
    hottest = np.argsort(-values, kind="stable")[: int(wanted.sum())]
    hottest = hottest[values[hottest] > 0]
    both = int(wanted[hottest].sum())
    return both / (int(wanted.sum()) + len(hottest) - both)


def iou_by_chance(mask: Pixels) -> float:
    """What as many pixels at random would reach: of p in the frame, p * p are in both."""
    share = float((mask > 0).mean())
    return share / (2 - share)
