"""From chances to a mask of the lungs that others may rely on.

Two lungs, each one piece: of all pieces the two largest stay, since what else a network lights
(a stomach bubble, the neck, a letter) is smaller than a lung; a hole in a lung is a vessel, a rib
or disease, and belongs to it. S pixels a side.
"""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from torch import Tensor
from torch.nn.functional import interpolate

from manifests.contract.images import Pixels
from manifests.contract.lungs import lungs_in
from manifests.contract.masked import INSIDE, SIDE

THRESHOLD = 0.5
LUNGS = 2


class Lungs(NamedTuple):
    """The mask (uint8[256, 256], 0 or 255) and how many lungs are in it: 0, 1 or 2."""

    mask: Pixels
    number: int


def masks_of(chances: Tensor) -> npt.NDArray[np.uint8]:
    """float32[N, 1, S, S] -> uint8[N, 256, 256], 0 or 255: where a lung is likelier than not."""
    grown = interpolate(chances, size=(SIDE, SIDE), mode="bilinear", antialias=False)
    inside = (grown[:, 0] > THRESHOLD).numpy()
    return np.asarray(inside * np.uint8(INSIDE), np.uint8)


def cleaned(mask: Pixels, least: float) -> Lungs:
    """The lungs in uint8[256, 256]: two pieces at most, each `least` (0-1) of the frame, filled."""
    pieces = _pieces(mask, least)
    kept = np.zeros_like(mask)
    for piece in pieces[:LUNGS]:
        kept |= piece
    filled = _filled(kept)
    return Lungs(filled, lungs_in(filled))


def _pieces(mask: Pixels, least: float) -> list[Pixels]:
    """What hangs together in `mask` and is large enough, the largest first."""
    count, labels, facts, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    areas = facts[:, cv2.CC_STAT_AREA]
    large = [n for n in range(1, count) if areas[n] >= least * mask.size]
    # Of equals the first in the picture, so that the answer is one.
    large.sort(key=lambda n: (-int(areas[n]), n))
    return [np.asarray((labels == n) * np.uint8(INSIDE), np.uint8) for n in large]


def _filled(mask: Pixels) -> Pixels:
    """`mask` without holes: what is not lung and does not reach the frame's edge."""
    framed = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    count, labels = cv2.connectedComponents(255 - framed, connectivity=4)
    del count
    outside = labels == labels[0, 0]
    return np.asarray((~outside[1:-1, 1:-1]) * np.uint8(INSIDE), np.uint8)
