"""Burned-in text of a film: where it stands, and the film without it (paper 5.3, Fig. 20).

Words, numbers, dates and side markers, bright or dark, beside the body or over it. What is found
is printed: a film without a mask is not proved to be free of words.
"""

from typing import NamedTuple

import cv2
import numpy as np

from curation.pixels.filling import filled
from curation.pixels.strokes import LOWEST, blobs, halved, steps
from curation.pixels.text_lines import lines
from manifests.contract.images import Pixels

SMALLEST = 4
"""The film, its half and its quarter are looked at: letters of about 7 to 110 pixels."""
MARGIN = 0.2
"""Around a line, of its height: compression smears letters."""


Edges = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class Box(NamedTuple):
    """A part of a film, pixels; `right` and `bottom` are the first that lie outside."""

    left: int
    top: int
    right: int
    bottom: int

    def of(self, pixels: Pixels) -> Pixels:
        """The part of uint8[H, W] in the box."""
        return pixels[self.top : self.bottom, self.left : self.right]


def text_mask(pixels: Pixels) -> Pixels:
    """uint8[H, W] -> uint8[H, W]: 255 over the boxes of burned-in lines of text, 0 elsewhere."""
    mask = np.zeros(pixels.shape, np.uint8)
    level, gains, scale = pixels, steps(pixels), 1
    while min(level.shape) >= 2 * LOWEST:
        for side in blobs(level, gains):
            for line in zip(*lines(side, scale)[:4], strict=True):
                _paint(mask, line, scale)
        if scale == SMALLEST:
            break
        # An edge must be sharp on the film twice as large: half as large, ribs are sharp too.
        scale, gains = 2 * scale, halved(steps(level))
        whole = level[: gains.shape[0] * 2, : gains.shape[1] * 2]
        half = cv2.resize(whole, gains.shape[::-1], interpolation=cv2.INTER_AREA)
        level = np.asarray(half, np.uint8)
    return mask


def boxes(mask: Pixels) -> list[Box]:
    """The boxes of the parts of a mask that hang together, from top to bottom."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = [Box(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:]]
    return sorted(found, key=lambda box: (box.top, box.left))


def conceal(pixels: Pixels, mask: Pixels) -> Pixels:
    """A copy of uint8[H, W] in which what `mask` (0 or 255) covers is painted over.

    With the grey levels from around it and the grain from beside it; all else is as it was.
    """
    return filled(pixels, mask)


def _paint(mask: Pixels, line: Edges, scale: int) -> None:
    """Mark a line that was found on a copy of the film `scale` times smaller."""
    left, top, right, bottom = (edge * scale for edge in line)
    margin = max(2.0, MARGIN * (bottom - top)) + scale - 1
    rows = slice(max(0, int(top - margin)), int(bottom + margin) + 1)
    mask[rows, max(0, int(left - margin)) : int(right + margin) + 1] = 255
