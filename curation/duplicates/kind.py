"""Which kind of copy two films are, once one is laid on the other: frame first, marks, tones."""

import cv2
import numpy as np
import numpy.typing as npt

from curation.duplicates.alignment import Affine
from curation.duplicates.features import Features, Floats
from manifests.contract.vocabulary import Relation

SAME_FRAME = 0.97
"""Intersection over union of the two whole films from which they show the same field of view."""
MOST_TURN = 0.5
"""Degrees; what an alignment of two films that were not turned may be off."""
MOST_STRETCH = 1.02
"""Ratio of the two scales of films whose proportions are the same."""
CELL = 16
"""Pixels a side of the squares in which an arrow or a date is looked for."""
LEAST_MARK, TIMES_REST = 9.0, 5.0
"""Grey levels, and times the usual square, by which a square with a mark does not fit."""
MOST_ALIKE = 0.65
"""Correlation of a square with its like where one of them bears a mark; the edge of a letter that
stands on both, half a pixel off, correlates with itself better."""
TINY = 1e-6
MOST_LEVELS = 2.0
"""Grey levels by which the usual square of two films of the same tones may differ."""


def kind(one: Features, other: Features, alignment: Affine) -> Relation:
    """The relation of two copies; `alignment` lays `one` on `other`."""
    if _is_reframed(one, other, alignment):
        return Relation.CROPPED_OR_ANNOTATED
    laid, here = _squares(one, other, alignment)
    if len(laid) and _is_marked(laid, here):
        return Relation.CROPPED_OR_ANNOTATED
    is_mirrored = np.linalg.det(alignment[:, :2]) < 0
    if is_mirrored or (len(laid) and _median_difference(laid, here) > MOST_LEVELS):
        return Relation.ADJUSTED
    return Relation.RECOMPRESSED_OR_RESIZED


def _is_reframed(one: Features, other: Features, alignment: Affine) -> bool:
    """Do the two whole films show another field, or the same turned or stretched?"""
    turn = alignment[:, :2] * np.sign([np.linalg.det(alignment[:, :2]), 1.0])
    degrees = np.degrees(np.arctan2(turn[1, 0] - turn[0, 1], turn[0, 0] + turn[1, 1]))
    large, small = np.linalg.svd(turn, compute_uv=False)
    if abs(degrees) > MOST_TURN or large > MOST_STRETCH * small:
        return True
    there = cv2.transform(_corners(one)[None], alignment)[0].astype(np.float32)
    here = _corners(other)
    shared, _ = cv2.intersectConvexConvex(cv2.convexHull(there), here)
    united = cv2.contourArea(there) + cv2.contourArea(here) - shared
    return bool(shared < SAME_FRAME * united)


def _corners(film: Features) -> Floats:
    left, top, right, bottom = film.frame
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return np.array(corners, np.float32)


def _squares(one: Features, other: Features, alignment: Affine) -> tuple[Floats, Floats]:
    """float32[S, CELL * CELL] of `one`, laid on `other`, and of `other`: those wholly covered."""
    height, width = other.seen.shape
    laid = cv2.warpAffine(one.seen, alignment, (width, height))
    covered = cv2.warpAffine(
        np.ones(one.seen.shape, np.uint8), alignment, (width, height), flags=cv2.INTER_NEAREST
    )
    is_whole = cells(covered, CELL).min(axis=1) > 0
    return cells(laid, CELL)[is_whole], cells(other.seen, CELL)[is_whole]


def cells(picture: npt.NDArray[np.generic], side: int) -> Floats:
    """float32[B, side * side]: the whole squares of the picture, from its top left corner."""
    rows, columns = (length // side for length in picture.shape)
    whole = picture[: rows * side, : columns * side].astype(np.float32)
    squares = whole.reshape(rows, side, columns, side).swapaxes(1, 2)
    return squares.reshape(-1, side * side)


def _median_difference(laid: Floats, here: Floats) -> float:
    return float(np.median(np.abs(laid.mean(axis=1) - here.mean(axis=1))))


def _is_marked(laid: Floats, here: Floats) -> bool:
    """Do few squares differ where the others agree, whichever of the films bears the mark?"""
    laid = laid - laid.mean(axis=1, keepdims=True)
    here = here - here.mean(axis=1, keepdims=True)
    fainter = np.minimum(np.square(laid).mean(axis=1), np.square(here).mean(axis=1))
    stronger = np.maximum(np.square(laid).mean(axis=1), np.square(here).mean(axis=1))
    correlation = (laid * here).mean(axis=1) / np.sqrt(fainter * stronger + TINY)
    # What is left of the one that shows more once the other is laid on it as well as can be.
    missed = np.sqrt(stronger * (1 - np.square(correlation)).clip(0))
    is_off = missed > max(LEAST_MARK, TIMES_REST * float(np.median(missed)))
    return bool((is_off & (np.abs(correlation) < MOST_ALIKE)).any())
