"""What is compared of one film: its view and the local features that align it with others."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from curation.duplicates.candidates import Frame, View
from manifests.contract.images import Pixels

FEATURES = 300
"""Local features kept per film, strongest first."""
WORD = 128
"""Numbers of one feature's description."""
CONTRAST = 0.01
"""Weakest feature taken (OpenCV's default is 0.04): films are soft at 256 pixels."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What is compared of one film: its view and K local features (40 KiB)."""

    seen: Pixels
    """uint8[H, W]: of the `View`."""
    frame: Frame
    """Of the `View`: the edges of the whole film."""
    points: Floats
    """float32[K, 2]: x, y in pixels of the view; the strongest feature first."""
    words: npt.NDArray[np.uint8]
    """uint8[K, 128]: SIFT, whose numbers are whole and below 256."""


def features(view: View) -> Features:
    """The features of a view."""
    seen, frame = view
    # Without the precise upscale a mirrored film's features would lie half a pixel off.
    finder = cv2.SIFT.create(
        nfeatures=FEATURES, contrastThreshold=CONTRAST, enable_precise_upscale=True
    )
    found, words = finder.detectAndCompute(seen, np.ones(seen.shape, np.uint8))
    if not found:
        words = np.zeros((0, WORD), np.float32)
    points = np.array([point.pt for point in found], np.float32).reshape(-1, 2)
    order = np.argsort([-point.response for point in found], kind="stable")
    return Features(
        seen=seen, frame=frame, points=points[order], words=np.asarray(words[order], np.uint8)
    )


def turned(
    words: npt.NDArray[np.uint8], *, is_mirrored: bool, is_inverted: bool
) -> npt.NDArray[np.uint8]:
    """The SIFT words of the mirrored or inverted film, without looking at it again.

    A word is 4 rows x 4 columns x 8 directions in the frame of its feature. The mirror swaps the
    rows and the sense of the directions; inversion turns the frame by half a circle.
    """
    cells = words.reshape(-1, 4, 4, 8)
    if is_mirrored:
        cells = cells[:, ::-1, :, (8 - np.arange(8)) % 8]
    if is_inverted:
        cells = cells[:, ::-1, ::-1, :]
    return np.ascontiguousarray(cells.reshape(-1, WORD))
