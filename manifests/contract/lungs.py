"""How many lungs a mask shows: one rule, for the stage that counts them and the crop that asks.

A mask is uint8[256, 256], 0 or 255: the whole frame squeezed, whatever the film's shape.
"""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from manifests.contract.images import Pixels
from manifests.contract.table import metadata

FOUND, NETWORK, LEAST = "lungs.parquet", "network_id", "least_lung"
"""The table beside the masks that a segmenter made, and what it says of the segmenter."""
LEAST_LUNG = 0.01
"""Of the frame. The smallest lung among 183 drawn by hand on real films has 0.045."""
MOST_LUNGS = 0.9
"""Of the frame. No lungs cover more, not even on a film cropped to them: there is a rib cage."""
CLEFT = 0.6
"""Between two lungs a mask is at most so high, as a share of the lower lung's height. On those 183
films, also where the lungs' masks touch, it is 0; inside a single lung it is 0.9 and more."""


def found_by(folder: Path) -> dict[str, str]:
    """`lungs_by` (the network_id) and `least_lung` of the masks in `folder`; empty if not told."""
    table = folder / FOUND
    if not table.exists():
        return {}
    told = metadata(table)
    return {"lungs_by": told[NETWORK], "least_lung": told[LEAST]}


def lungs_in(mask: Pixels) -> int:
    """0, 1 or 2.

    Two lungs are two heights with a cleft between them, seen along the columns: so two that touch
    are two, and one that a device or an effusion cuts across stays one. Islands do not count.
    """
    heights = np.count_nonzero(without_islands(mask), axis=0)
    if not heights.any() or heights.sum() > MOST_LUNGS * mask.size:
        return 0
    return 2 if _is_cleft(heights, LEAST_LUNG * mask.size) else 1


def without_islands(mask: Pixels) -> Pixels:
    """The mask without parts that are too small to be a lung."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    is_lung = (areas >= LEAST_LUNG * mask.size) & (np.arange(count) > 0)
    return np.where(is_lung[labels], np.uint8(255), np.uint8(0))


def _is_cleft(heights: npt.NDArray[np.integer], least: float) -> bool:
    """Whether some column parts two lungs: low between heights, with area on each side."""
    before = np.cumsum(heights) - heights
    after = heights.sum() - before - heights
    left = np.maximum.accumulate(heights)
    right = np.maximum.accumulate(heights[::-1])[::-1]
    is_low = heights <= CLEFT * np.minimum(left, right)
    return bool((is_low & (before >= least) & (after >= least)).any())
