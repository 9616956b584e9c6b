"""Which part of a body two films show, once one is laid on the other."""

import cv2
import numpy as np
import numpy.typing as npt

from curation.duplicates.alignment import Affine, lay
from curation.duplicates.candidates import Frame
from curation.duplicates.features import Features, Floats
from manifests.contract.images import Pixels

SAME_FRAME = 0.97
"""Intersection over union of the two whole films from which they show the same field of view."""
MOST_TURN = 0.5
"""Degrees; what an alignment of two films that were not turned may be off."""
MOST_STRETCH = 1.02
"""Ratio of the two scales of films whose proportions are the same."""
AROUND = 16
"""Pixels a side of the square that is looked at for structure."""
NEAR, LIVELY, MOST_LIVELY = 5, 0.7, 0.7
"""Pixels a side, the deviation there in grey levels, and the share of a square that has it, from
which on it shows something."""


def is_reframed(one: Features, other: Features, alignment: Affine) -> bool:
    """Do the two whole films show another field, or the same turned or stretched?"""
    turn = alignment[:, :2] * np.sign([np.linalg.det(alignment[:, :2]), 1.0])
    degrees = np.degrees(np.arctan2(turn[1, 0] - turn[0, 1], turn[0, 0] + turn[1, 1]))
    large, small = np.linalg.svd(turn, compute_uv=False)
    if abs(degrees) > MOST_TURN or large > MOST_STRETCH * small:
        return True
    shown = _shown(one.frame, other.frame, alignment)
    # Of two frames the intersection is what both have of their union.
    return shown[0] + shown[1] - 1 < SAME_FRAME


def cut_off(one: Features, other: Features, alignment: Affine) -> tuple[float, float]:
    """Of what both films show together: the share that each has not.

    Only what has structure counts: a border, the ground of a page and the bars of a viewer are no
    larger field of view.
    """
    back = np.asarray(cv2.invertAffineTransform(alignment), np.float64)
    more_there = _beyond(other.seen, one.seen, alignment)
    more_here = _beyond(one.seen, other.seen, back) * abs(np.linalg.det(alignment[:, :2]))
    together = float(_shows(other.seen).sum()) + more_here
    lost = [more / max(together, 1.0) for more in (more_there, more_here)]
    cut = [share if share > 1 - SAME_FRAME else 0.0 for share in lost]
    return cut[0], cut[1]


def _beyond(here: Pixels, laid: Pixels, alignment: Affine) -> float:
    """Pixels of `here` that show something where `laid` does not reach."""
    _, reached = lay(laid, alignment, here.shape)
    return float((_shows(here) & ~reached).sum())


def _shows(seen: Pixels) -> npt.NDArray[np.bool_]:
    """Where most pixels around differ from their neighbours, as they do in a body."""
    values = seen.astype(np.float32)
    near = (NEAR, NEAR)
    spread = cv2.blur(np.square(values), near) - np.square(cv2.blur(values, near))
    is_lively = (spread > LIVELY**2).astype(np.float32)
    return np.asarray(cv2.blur(is_lively, (AROUND, AROUND)) > MOST_LIVELY, np.bool_)


def _shown(one: Frame, other: Frame, alignment: Affine) -> tuple[float, float]:
    """Of the field of two frames together, the share of `one`, laid on `other`, and of `other`."""
    there = cv2.transform(_corners(one)[None], alignment)[0].astype(np.float32)
    here = _corners(other)
    areas = cv2.contourArea(there), cv2.contourArea(here)
    shared, _ = cv2.intersectConvexConvex(cv2.convexHull(there), here)
    united = areas[0] + areas[1] - shared
    return areas[0] / united, areas[1] / united


def _corners(frame: Frame) -> Floats:
    left, top, right, bottom = frame
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return np.array(corners, np.float32)
