"""Which kind of copy two films are, once one is laid on the other: frame first, marks, tones."""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from curation.duplicates.alignment import Affine, lay
from curation.duplicates.candidates import Frame
from curation.duplicates.features import Features, Floats
from manifests.contract.images import Pixels
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
NEAR, LIVELY, MOST_LIVELY = 5, 0.7, 0.7
"""Pixels a side, the deviation there in grey levels, and the share of a square that has it, from
which on it shows something."""
EXTREME, MOST_EXTREME = 3.0, 0.2
"""Grey levels from black and white, and the share of a square there, of what a window clipped."""
MOST_MARKED = 0.2
"""Share of the squares: where more do not fit, it is no mark that keeps them from it."""
TINY = 1e-6
MOST_LEVELS = 2.0
"""Grey levels by which the usual square of two films of the same tones may differ."""


class Kind(NamedTuple):
    """Which kind of copy two films are, and what each of them lacks of what both show together."""

    relation: Relation
    lacks: tuple[float, float] = (0.0, 0.0)
    """Shares from 0 to 1 that are cut off or lie under marks: of the first film, of the second."""


def kind(one: Features, other: Features, alignment: Affine) -> Kind:
    """The kind of two copies; `alignment` lays `one` on `other`."""
    laid, here = _squares(one, other, alignment)
    marks = _marked(laid, here)
    cut = _cut_off(one, other, alignment)
    lacks = tuple(round(cut[film] + marks[film], 4) for film in (0, 1))
    if _is_reframed(one, other, alignment) or max(marks) > 0:
        return Kind(Relation.CROPPED_OR_ANNOTATED, (lacks[0], lacks[1]))
    is_mirrored = np.linalg.det(alignment[:, :2]) < 0
    if is_mirrored or _median_difference(laid, here) > MOST_LEVELS:
        return Kind(Relation.ADJUSTED)
    return Kind(Relation.RECOMPRESSED_OR_RESIZED)


def _is_reframed(one: Features, other: Features, alignment: Affine) -> bool:
    """Do the two whole films show another field, or the same turned or stretched?"""
    turn = alignment[:, :2] * np.sign([np.linalg.det(alignment[:, :2]), 1.0])
    degrees = np.degrees(np.arctan2(turn[1, 0] - turn[0, 1], turn[0, 0] + turn[1, 1]))
    large, small = np.linalg.svd(turn, compute_uv=False)
    if abs(degrees) > MOST_TURN or large > MOST_STRETCH * small:
        return True
    shown = _shown(one.frame, other.frame, alignment)
    # Of two frames the intersection is what both have of their union.
    return shown[0] + shown[1] - 1 < SAME_FRAME


def _cut_off(one: Features, other: Features, alignment: Affine) -> tuple[float, float]:
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
    return np.asarray(cv2.blur(is_lively, (CELL, CELL)) > MOST_LIVELY, np.bool_)


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


def _squares(one: Features, other: Features, alignment: Affine) -> tuple[Floats, Floats]:
    """float32[S, CELL * CELL] of `one`, laid on `other`, and of `other`: those wholly covered."""
    laid, reached = lay(one.seen, alignment, other.seen.shape)
    is_whole = cells(reached, CELL).min(axis=1) > 0
    return cells(laid, CELL)[is_whole], cells(other.seen, CELL)[is_whole]


def cells(picture: npt.NDArray[np.generic], side: int) -> Floats:
    """float32[B, side * side]: the whole squares of the picture, from its top left corner."""
    rows, columns = (length // side for length in picture.shape)
    whole = picture[: rows * side, : columns * side].astype(np.float32)
    squares = whole.reshape(rows, side, columns, side).swapaxes(1, 2)
    return squares.reshape(-1, side * side)


def _median_difference(laid: Floats, here: Floats) -> float:
    if not len(laid):
        return 0.0
    return float(np.median(np.abs(laid.mean(axis=1) - here.mean(axis=1))))


def _marked(laid: Floats, here: Floats) -> tuple[float, float]:
    """The share of squares in which only the first film bears a mark, and only the second.

    Few squares differ where the others agree; the film that shows more there bears the mark.
    """
    if not len(laid):
        return 0.0, 0.0
    is_clipped = np.stack([_is_clipped(laid), _is_clipped(here)])
    if _median_difference(laid, here) <= MOST_LEVELS:
        is_clipped[:] = False
    laid = laid - laid.mean(axis=1, keepdims=True)
    here = here - here.mean(axis=1, keepdims=True)
    power = np.stack([np.square(laid).mean(axis=1), np.square(here).mean(axis=1)])
    correlation = (laid * here).mean(axis=1) / np.sqrt(power.prod(axis=0) + TINY)
    # What is left of the one that shows more once the other is laid on it as well as can be.
    missed = np.sqrt(power.max(axis=0) * (1 - np.square(correlation)).clip(0))
    is_off = missed > max(LEAST_MARK, TIMES_REST * float(np.median(missed)))
    is_first = power[0] > power[1]
    # A narrower window leaves nothing of what it clips; that the other shows more is no mark.
    is_lost = np.where(is_first, is_clipped[1], is_clipped[0])
    is_marked = is_off & (np.abs(correlation) < MOST_ALIKE) & ~is_lost
    if is_marked.mean() > MOST_MARKED:
        return 0.0, 0.0
    return float((is_marked & is_first).mean()), float((is_marked & ~is_first).mean())


def _is_clipped(squares: Floats) -> npt.NDArray[np.bool_]:
    is_extreme = (squares <= EXTREME) | (squares >= 255 - EXTREME)
    return np.asarray(is_extreme.mean(axis=1) > MOST_EXTREME, np.bool_)
