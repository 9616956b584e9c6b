"""A drawn picture with its truth: what is done to the one is done to the other."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from manifests.contract.images import Pixels

TRUTH_SIZE = 320
"""Side of the kept masks; they lie over the whole frame, squashed like the recipe `plain`."""

COLOURED = 3
"""Axes of a picture in colour."""
SPACE = 15
"""Pixels; letters that are nearer stand in one box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`pixels` uint8[H, W] or uint8[H, W, 3] (RGB); the masks uint8[H, W], 0 or 255."""

    pixels: Pixels
    lungs: Pixels
    opacities: Pixels
    text: Pixels
    """Boxes around what is written."""

    def moved(self, move: Callable[[Pixels], Pixels]) -> "Picture":
        """The picture after a change of geometry, truth included."""
        return Picture(
            pixels=move(self.pixels),
            lungs=_binary(move(self.lungs)),
            opacities=_binary(move(self.opacities)),
            text=_binary(move(self.text)),
        )

    def seen(self, change: Callable[[Pixels], Pixels]) -> "Picture":
        """The picture after a change of grey or colour; the truth stays where it is."""
        return dataclasses.replace(self, pixels=change(self.pixels))

    def written(self, write: Callable[[Pixels], Pixels]) -> "Picture":
        """The picture with words on it: boxes around all that changes join the truth."""
        pixels = write(self.pixels)
        grey = pixels != self.pixels
        ink = grey.any(axis=2) if grey.ndim == COLOURED else grey
        text = np.maximum(self.text, _boxed(ink.astype(np.uint8)))
        return dataclasses.replace(self, pixels=pixels, text=text)


def scaled(width: int, height: int) -> Callable[[Pixels], Pixels]:
    """A change of size: averaged when smaller, smooth when larger."""

    def move(pixels: Pixels) -> Pixels:
        how = cv2.INTER_AREA if width < pixels.shape[1] else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(pixels, (width, height), interpolation=how), np.uint8)

    return move


def small(mask: Pixels) -> Pixels:
    """A mask as the truth table keeps it: uint8[320, 320], 0 or 255."""
    return _binary(scaled(TRUTH_SIZE, TRUTH_SIZE)(mask))


def _boxed(ink: Pixels) -> Pixels:
    """The boxes around the words that the points above 0 are."""
    near = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((SPACE, SPACE), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    mask = np.zeros(ink.shape, np.uint8)
    for left, top, width, height, _ in stats[1:]:
        mask[top : top + height, left : left + width] = 255
    return mask


def _binary(mask: Pixels) -> Pixels:
    return np.where(mask > 127, np.uint8(255), np.uint8(0))  # noqa: PLR2004 - half of 255
