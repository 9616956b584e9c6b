"""How a segmenter sees a film: small, perhaps equalised, its own brightness and contrast taken out.

One answer for training and for use. B batch, S pixels a side.
"""

from collections.abc import Sequence
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from manifests.contract.images import Pixels
from manifests.contract.masked import INSIDE, squeezed

TILES = 8
LEAST_DEVIATION = 0.02
"""Of grey levels in 0..1; a blank film must not be divided by nothing."""


class Equalise(StrEnum):
    """What is done to the grey levels of the whole film first."""

    NONE = "none"
    GLOBAL = "global"
    """Equal counts over the whole film."""
    ADAPTIVE = "adaptive"
    """Equal counts in each of 8 x 8 tiles, blended, no limit: the paper's AHE in small."""


def equalised(film: Pixels, how: Equalise) -> Pixels:
    """uint8[H, W] -> uint8[H, W]."""
    if how is Equalise.GLOBAL:
        return np.asarray(cv2.equalizeHist(film), np.uint8)
    if how is Equalise.ADAPTIVE:
        # A limit of 0 is none: without it this is adaptive equalisation by tiles.
        tiles = cv2.createCLAHE(clipLimit=0, tileGridSize=(TILES, TILES))
        return np.asarray(tiles.apply(film), np.uint8)
    return film


def seen(films: Sequence[Pixels] | npt.NDArray[np.uint8], how: Equalise, side: int) -> Tensor:
    """uint8[B, H, W] -> float32[B, 1, S, S] in 0..1."""
    small = [squeezed(equalised(film, how), side) for film in films]
    stack = np.stack(small) if small else np.zeros((0, side, side), np.uint8)
    return torch.from_numpy(stack)[:, None].float() / 255


def standardised(films: Tensor) -> Tensor:
    """Each film of float32[B, 1, S, S] with mean 0 and deviation 1, channels last."""
    mean = films.mean((1, 2, 3), keepdim=True)
    deviation = films.std((1, 2, 3), keepdim=True, correction=0).clamp_min(LEAST_DEVIATION)
    return ((films - mean) / deviation).contiguous(memory_format=torch.channels_last)


def squeezed_masks(masks: npt.NDArray[np.uint8], side: int) -> Tensor:
    """uint8[B, H, W] of 0 and 255 -> float32[B, 1, S, S], 1 where most of the area is lung."""
    small = [squeezed(mask, side) > INSIDE // 2 for mask in masks]
    stack = np.stack(small) if small else np.zeros((0, side, side), np.bool_)
    return torch.from_numpy(stack)[:, None].float()
