"""A drawn picture with its truth: what is done to the one is done to the other."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from manifests.contract.images import Pixels

TRUTH_SIZE = 320
"""Side of the kept masks; they lie over the whole frame, squashed like the recipe `plain`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`pixels` uint8[H, W] or uint8[H, W, 3] (RGB); the masks uint8[H, W], 0 or 255."""

    pixels: Pixels
    lungs: Pixels
    opacities: Pixels

    def moved(self, move: Callable[[Pixels], Pixels]) -> "Picture":
        """The picture after a change of geometry, truth included."""
        return Picture(
            pixels=move(self.pixels),
            lungs=_binary(move(self.lungs)),
            opacities=_binary(move(self.opacities)),
        )

    def seen(self, change: Callable[[Pixels], Pixels]) -> "Picture":
        """The picture after a change of grey or colour; the truth stays where it is."""
        return Picture(pixels=change(self.pixels), lungs=self.lungs, opacities=self.opacities)


def scaled(width: int, height: int) -> Callable[[Pixels], Pixels]:
    """A change of size: averaged when smaller, smooth when larger."""

    def move(pixels: Pixels) -> Pixels:
        how = cv2.INTER_AREA if width < pixels.shape[1] else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(pixels, (width, height), interpolation=how), np.uint8)

    return move


def small(mask: Pixels) -> Pixels:
    """A mask as the truth table keeps it: uint8[320, 320], 0 or 255."""
    return _binary(scaled(TRUTH_SIZE, TRUTH_SIZE)(mask))


def _binary(mask: Pixels) -> Pixels:
    return np.where(mask > 127, np.uint8(255), np.uint8(0))  # noqa: PLR2004 - half of 255
