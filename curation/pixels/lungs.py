"""The part of a film that its lungs take up, by their mask (paper 4.3).

A mask is uint8[256, 256], 0 or 255: the whole frame squeezed, whatever the film's shape. H and W
are the film's pixels. Where a mask does not show two lungs the whole film is taken, and a word says
why: the published code ends there with an error, or crops to a speck.
"""

from enum import StrEnum
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from manifests.contract.images import Pixels
from manifests.contract.lungs import lungs_in, without_islands

SQUARE = np.ones((5, 5), np.uint8)


class Shown(StrEnum):
    """Which part of a film a stack shows: all of it, asked for or for lack of lungs, or the lungs.

    Each is a count in the log, so that falling back is never silent.
    """

    WHOLE = "whole"
    LUNGS = "lungs"
    NO_MASK = "no_mask"
    NO_LUNG = "no_lung"
    ONE_LUNG = "one_lung"


class Window(NamedTuple):
    """A part of a picture: rows from `top` to below `bottom`, columns from `left` on."""

    top: int
    bottom: int
    left: int
    right: int

    def of(self, pixels: Pixels) -> Pixels:
        """The part of uint8[H, W], without a copy."""
        return pixels[self.top : self.bottom, self.left : self.right]

    def shares(self, shape: tuple[int, ...]) -> tuple[float, float, float, float]:
        """Top, bottom, left and right in shares of a picture of `shape`."""
        height, width = shape[:2]
        return self.top / height, self.bottom / height, self.left / width, self.right / width


def judged(mask: Pixels | None) -> Shown:
    """Whether a mask shows two lungs (`LUNGS`), or what it shows instead."""
    if mask is None:
        return Shown.NO_MASK
    return (Shown.NO_LUNG, Shown.ONE_LUNG, Shown.LUNGS)[lungs_in(mask)]


def grown(mask: Pixels, dilations: int) -> Pixels:
    """The lungs with a rim: islands away, then dilated by 5 x 5 as often as said."""
    return np.asarray(cv2.dilate(without_islands(mask), SQUARE, iterations=dilations), np.uint8)


def box(mask: Pixels, margin: int, shape: tuple[int, ...]) -> Window:
    """The box around a mask that is not empty, `margin` pixels of it wider, on a film of `shape`.

    It ends at the frame and holds each pixel of the film that it touches.
    """
    rows, columns = (np.flatnonzero(mask.any(axis)) for axis in (1, 0))
    top, bottom = _stretched(rows, margin, mask.shape[0], shape[0])
    left, right = _stretched(columns, margin, mask.shape[1], shape[1])
    return Window(top, bottom, left, right)


def on_film(mask: Pixels, shape: tuple[int, ...]) -> Pixels:
    """The mask stretched to a film of `shape`, uint8[H, W]."""
    size = shape[1], shape[0]
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def in_window(
    mask: Pixels, window: Window, shape: tuple[int, ...], size: int
) -> npt.NDArray[np.bool_]:
    """bool[size, size]: the mask where a window of a film of `shape` is squeezed to `size`."""
    middles = (np.arange(size) + 0.5) / size
    rows = (window.top + middles * (window.bottom - window.top)) * mask.shape[0] / shape[0]
    columns = (window.left + middles * (window.right - window.left)) * mask.shape[1] / shape[1]
    return np.asarray(mask[np.ix_(rows.astype(np.int64), columns.astype(np.int64))] > 0, np.bool_)


def _stretched(
    found: npt.NDArray[np.integer], margin: int, side: int, length: int
) -> tuple[int, int]:
    """First and end of what was found on a mask of `side` pixels, on a film of `length` pixels."""
    first, end = max(0, int(found[0]) - margin), min(side, int(found[-1]) + 1 + margin)
    return first * length // side, -(-end * length // side)
