"""What stands on one film and not on its copy: arrows, dates, another scale of tones."""

import numpy as np
import numpy.typing as npt

from curation.duplicates.alignment import Affine, lay
from curation.duplicates.features import Features, Floats

CELL = 16
"""Pixels a side of the squares in which an arrow or a date is looked for."""
LEAST_MARK, TIMES_REST = 9.0, 5.0
"""Grey levels, and times the usual square, by which a square with a mark does not fit."""
MOST_ALIKE = 0.65
"""Correlation of a square with its like where one of them bears a mark; the edge of a letter that
stands on both, half a pixel off, correlates with itself better."""
EXTREME, MOST_EXTREME = 3.0, 0.2
"""Grey levels from black and white, and the share of a square there, of what a window clipped."""
MOST_MARKED = 0.2
"""Share of the squares: where more do not fit, it is no mark that keeps them from it."""
TINY = 1e-6
MOST_LEVELS = 2.0
"""Grey levels by which the usual square of two films of the same tones may differ."""


def squares(one: Features, other: Features, alignment: Affine) -> tuple[Floats, Floats]:
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


def has_other_tones(laid: Floats, here: Floats) -> bool:
    """Is the usual square darker or lighter than its like?"""
    if not len(laid):
        return False
    differences = np.abs(laid.mean(axis=1) - here.mean(axis=1))
    return bool(np.median(differences) > MOST_LEVELS)


def marked(laid: Floats, here: Floats) -> tuple[float, float]:
    """The share of squares in which only the first film bears a mark, and only the second.

    Few squares differ where the others agree; the film that shows more there bears the mark.
    """
    if not len(laid):
        return 0.0, 0.0
    is_clipped = np.stack([_is_clipped(laid), _is_clipped(here)])
    if not has_other_tones(laid, here):
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
