"""Are two films one exposure? Local features align them, then the fine structure is compared.

Different patients and follow-ups of one patient share the coarse picture of a chest, but neither
the noise nor the fine lines of the bones once they are laid on each other.
"""

from typing import NamedTuple

import cv2
import numpy as np

from curation.duplicates.alignment import Affine, aligned, lay
from curation.duplicates.features import Features, Floats
from curation.duplicates.kind import kind
from curation.duplicates.marks import cells
from manifests.contract.images import Pixels
from manifests.contract.vocabulary import Relation

FEWEST_BLOCKS = 20
"""Of fewer, a likeness says nothing."""
SHARPEST, FINE = 1.0, 2.5
"""Deviations, in pixels, of the two blurs between which lies what is compared: noise and the
traces of compression are finer, and what a follow-up shares of the ribs is coarser."""
BLOCK = 16
"""Pixels a side of the blocks: a date or an arrow spoils few of them."""
FLAT = 0.7
"""Deviation of the fine structure, in grey levels, below which a block shows nothing."""


class Likeness(NamedTuple):
    """How alike two films are, and which kind of copy they are if they are copies."""

    score: float
    """0 to 1: the median over blocks of the normalised cross-correlation; 0 without alignment."""
    relation: Relation
    lacks: tuple[float, float] = (0.0, 0.0)
    """Of `Kind`: the shares that are cut off or lie under marks."""


UNLIKE = Likeness(0.0, Relation.DIFFERENT)


def compare(
    one: Features, other: Features, *, is_mirrored: bool = False, is_inverted: bool = False
) -> Likeness:
    """How alike the fine structures are once `one` is laid on `other`."""
    alignment = aligned(one, other, is_mirrored=is_mirrored, is_inverted=is_inverted)
    if alignment is None:
        return UNLIKE
    score = _score(one.seen, other.seen, alignment, is_inverted=is_inverted)
    return Likeness(score, *kind(one, other, alignment)) if score else UNLIKE


def _score(one: Pixels, other: Pixels, alignment: Affine, *, is_inverted: bool) -> float:
    """How alike two views are on the grid of the finer one.

    On a coarser grid what is compared would be coarser anatomy, which follow-ups share.
    """
    if abs(np.linalg.det(alignment[:, :2])) < 1:
        back = np.asarray(cv2.invertAffineTransform(alignment), np.float64)
        one, other, alignment = other, one, back
    laid, reached = lay(one, alignment, other.shape)
    sign = -1.0 if is_inverted else 1.0
    return _agreement(
        cells(fine(laid), BLOCK) * sign, cells(fine(other), BLOCK), cells(reached, BLOCK)
    )


def fine(seen: Pixels) -> Floats:
    """float32[H, W]: the view without its noise and its coarse structure."""
    values = seen.astype(np.float32)
    sharp, soft = (cv2.GaussianBlur(values, (0, 0), width) for width in (SHARPEST, FINE))
    return np.asarray(sharp - soft, np.float32)


def _agreement(laid: Floats, other: Floats, covered: Floats) -> float:
    """The median correlation over the covered blocks of which either shows something."""
    laid = laid - laid.mean(axis=1, keepdims=True)
    other = other - other.mean(axis=1, keepdims=True)
    spread = np.stack([np.square(laid).mean(axis=1), np.square(other).mean(axis=1)])
    shows = (covered.mean(axis=1) > 0.9) & (spread.max(axis=0) > FLAT**2)  # noqa: PLR2004 - nearly all of it
    if shows.sum() < FEWEST_BLOCKS:
        return 0.0
    together = (laid * other).mean(axis=1)[shows]
    correlation = together / np.sqrt(spread.prod(axis=0)[shows] + 1e-9)
    # Four digits: what other processors round differently beyond them decides nothing.
    return round(max(0.0, float(np.median(correlation))), 4)
