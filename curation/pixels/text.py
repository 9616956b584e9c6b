"""Burned-in text of a film: where it stands, and the film without it (paper 5.3, Fig. 20).

Words, numbers, dates and side markers, bright or dark, beside the body or over it. What is found
is printed: a film without a mask is not proved to be free of words.
"""

from collections.abc import Iterable
from typing import NamedTuple

import cv2
import numpy as np

from curation.pixels.filling import filled
from curation.pixels.strokes import LOWEST, Blobs, blobs, halved, steps
from curation.pixels.text_lines import lines
from manifests.contract.images import Pixels

SMALLEST = 4
"""The film, its half and its quarter are looked at: letters of about 7 to 110 pixels."""
MARGIN = 0.2
"""Around a line, of its height: compression smears letters."""
HOLLOW, LOOP, CLEAR, ROOMY = 0.4, 1.3, 45.0, 2.8
"""Of a ring or frame around a word: most ink in its box; strokes that a cut through it meets, and
contrast times sharpness, at least; its width and height at most, in those of the word."""
SAME_LINE = 0.6
"""Of the lower one's height, that two boxes of one line stand beside each other at least."""


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
    return painted(text_lines(pixels), pixels.shape)


def text_lines(pixels: Pixels) -> list[Box]:
    """The boxes of the burned-in lines of text on uint8[H, W], from top to bottom.

    Large words are found in several sizes of the film; their boxes overlap.
    """
    found: set[Box] = set()
    hollow: list[Box] = []
    level, gains, scale = pixels, steps(pixels), 1
    while min(level.shape) >= 2 * LOWEST:
        for side in blobs(level, gains):
            line = lines(side, scale)
            edges = zip(line.left, line.top, line.right, line.bottom, strict=True)
            found |= {_box(edge, scale, pixels.shape) for edge in edges}
            hollow += _hollow(side, scale, pixels.shape)
        if scale == SMALLEST:
            break
        # An edge must be sharp on the film twice as large: half as large, ribs are sharp too.
        scale, gains = 2 * scale, halved(steps(level))
        whole = level[: gains.shape[0] * 2, : gains.shape[1] * 2]
        half = cv2.resize(whole, gains.shape[::-1], interpolation=cv2.INTER_AREA)
        level = np.asarray(half, np.uint8)
    # A ring without its letter would still tell where the film was taken.
    found |= {ring for ring in hollow if any(_is_around(ring, box) for box in found)}
    return sorted(found, key=lambda box: (box.top, box.left, box.bottom, box.right))


def painted(found: Iterable[Box], shape: tuple[int, ...]) -> Pixels:
    """A mask of `shape` with 255 in the boxes."""
    mask = np.zeros(shape, np.uint8)
    for box in found:
        box.of(mask)[:] = 255
    return mask


def boxes(mask: Pixels) -> list[Box]:
    """The boxes of the parts of a mask that hang together, from top to bottom."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found = [Box(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:]]
    return sorted(found, key=lambda box: (box.top, box.left))


def joined(found: Iterable[Box]) -> list[Box]:
    """One box for each line to be read, in place of those that were found in several sizes."""
    made: list[Box] = []
    for box in sorted(found, key=lambda box: (box.left, box.top, box.right, box.bottom)):
        twin = next((other for other in made if _are_one(box, other)), None)
        if twin:
            made.remove(twin)
            box = Box(*map(min, box[:2], twin[:2]), *map(max, box[2:], twin[2:]))  # noqa: PLW2901 - grows
        made.append(box)
    return sorted(made, key=lambda box: (box.top, box.left))


def conceal(pixels: Pixels, mask: Pixels) -> Pixels:
    """A copy of uint8[H, W] in which what `mask` (0 or 255) covers is painted over.

    With the grey levels from around it and the grain from beside it; all else is as it was.
    """
    return filled(pixels, mask)


def _hollow(found: Blobs, scale: int, shape: tuple[int, ...]) -> list[Box]:
    """The boxes of what may be a ring or a frame."""
    is_hollow = found.area < HOLLOW * found.width * found.height
    is_hollow &= found.contrast * np.minimum(found.sharpness, 1) > CLEAR
    some = found.where(is_hollow & (found.across > LOOP) & (found.down > LOOP))
    edges = zip(some.left, some.top, some.right, some.bottom, strict=True)
    return [_box(edge, scale, shape) for edge in edges]


def _is_around(ring: Box, box: Box) -> bool:
    centre = (box.top + box.bottom) / 2
    is_inside = ring.left < box.left and box.right < ring.right and ring.top < centre < ring.bottom
    sides = ((side.right - side.left, side.bottom - side.top) for side in (ring, box))
    is_roomy = all(low < high < ROOMY * low for high, low in zip(*sides, strict=True))
    return is_inside and is_roomy


def _box(edges: tuple[float, ...], scale: int, shape: tuple[int, ...]) -> Box:
    """A line on a film of `shape` that was found on a copy `scale` times smaller."""
    left, top, right, bottom = (float(edge) * scale for edge in edges)
    margin = max(2.0, MARGIN * (bottom - top)) + scale - 1
    return Box(
        max(0, int(left - margin)), max(0, int(top - margin)),
        min(shape[1], int(right + margin) + 1), min(shape[0], int(bottom + margin) + 1),
    )  # fmt: skip


def _are_one(one: Box, other: Box) -> bool:
    low, high = sorted((one.bottom - one.top, other.bottom - other.top))
    beside = min(one.bottom, other.bottom) - max(one.top, other.top)
    touches = min(one.right, other.right) >= max(one.left, other.left)
    # A box around two lines is no twin of one of them.
    return touches and beside > SAME_LINE * low and low > SAME_LINE * high
