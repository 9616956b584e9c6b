"""Do two films share their grain? A check at full size that the copy finder itself does not make.

The noise of a detector is another one in every exposure, of the same patient a second later too.
"""

from itertools import product

import cv2
import numpy as np

from curation.duplicates.alignment import Affine, aligned
from curation.duplicates.candidates import View
from curation.duplicates.features import Features, Floats, features
from curation.duplicates.marks import cells
from manifests.contract.images import Pixels

FINEST, FINE = 0.8, 2.0
"""Deviations, in pixels of the film, of the two blurs between which the grain lies."""
BLOCK = 64


def grain(one: Pixels, other: Pixels) -> float:
    """0 to 1: the median correlation of the finest structure over squares of 64 pixels.

    The best of the plain, mirrored and inverted ways to lay `one` on `other`; 0 without any.
    """
    first, second = _whole(one), _whole(other)
    found = [0.0]
    for is_mirrored, is_inverted in product((False, True), (False, True)):
        laid = aligned(first, second, is_mirrored=is_mirrored, is_inverted=is_inverted)
        if laid is not None:
            found.append(_shared(255 - one if is_inverted else one, other, laid))
    return max(found)


def _whole(film: Pixels) -> Features:
    height, width = film.shape
    return features(View(film, (0, 0, width, height)))


def _shared(one: Pixels, other: Pixels, alignment: Affine) -> float:
    size = other.shape[::-1]
    turned = cv2.warpAffine(one.astype(np.float32), alignment, size, flags=cv2.INTER_CUBIC)
    laid = np.asarray(turned, np.float32)
    covered = cv2.warpAffine(np.ones(one.shape, np.uint8), alignment, size)
    is_whole = cells(covered, BLOCK).min(axis=1) > 0
    first, second = _band(laid)[is_whole], _band(other.astype(np.float32))[is_whole]
    both = np.square(first).sum(axis=1) * np.square(second).sum(axis=1)
    return float(np.median((first * second).sum(axis=1) / np.sqrt(both + 1e-6)))


def _band(film: Floats) -> Floats:
    """float32[B, BLOCK * BLOCK]: the squares of what lies between the two blurs."""
    sharp, soft = (cv2.GaussianBlur(film, (0, 0), width) for width in (FINEST, FINE))
    squares = cells(np.asarray(sharp - soft), BLOCK)
    return np.asarray(squares - squares.mean(axis=1, keepdims=True), np.float32)
