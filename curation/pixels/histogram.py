"""Grey-level histograms: how far two films differ, and one made like the other (paper 5.3)."""

import cv2
import numba
import numpy as np
import numpy.typing as npt

from manifests.contract.images import Pixels

LEVELS = 256
Counts = npt.NDArray[np.int64]
"""int64[256]: how many pixels have each grey level."""


def counts(pixels: Pixels) -> Counts:
    """The histogram of uint8[H, W]; its sum is the number of pixels."""
    return np.asarray(_counted(np.ascontiguousarray(pixels).reshape(-1)), np.int64)


@numba.njit(nogil=True, cache=True)
def _counted(levels: npt.NDArray[np.uint8]) -> Counts:
    """In four tables by turns: neighbours are alike, and one bin would wait for itself."""
    found = np.zeros((4, LEVELS), np.int64)
    whole = len(levels) // 4 * 4
    for start in range(0, whole, 4):
        for turn in range(4):
            found[turn, levels[start + turn]] += 1
    for level in levels[whole:]:
        found[0, level] += 1
    whole_table: Counts = found.sum(0)
    return whole_table


def matched(pixels: Pixels, base: Counts) -> Pixels:
    """`pixels` with the grey levels of `base`, uint8[H, W] -> uint8[H, W].

    To the bit scikit-image's `exposure.match_histograms(pixels, film of base)`, truncated to whole
    grey levels as the paper's code stores them. A film matched to itself comes back unchanged.
    Raises `ValueError` for an empty `base`.
    """
    return np.asarray(cv2.LUT(pixels, table(counts(pixels), base).astype(np.uint8)), np.uint8)


def table(own: Counts, base: Counts) -> npt.NDArray[np.float64]:
    """float64[256]: from each grey level of `own` to the level of equal rank in `base`.

    For the levels that `own` has, to the bit what `match_histograms` gives, before any truncation;
    `own` may be empty, as of a mask on a speck of a film. Raises `ValueError` for an empty `base`.
    """
    levels = np.flatnonzero(base)
    if not len(levels):
        raise ValueError("the histogram to match has no pixel; give that of a film")
    # Sums of whole numbers: those of fractions drift, and a level is missed.
    ranks, base_ranks = np.cumsum(own) / max(1, own.sum()), np.cumsum(base[levels]) / base.sum()
    return np.asarray(np.interp(ranks, base_ranks, levels), np.float64)
