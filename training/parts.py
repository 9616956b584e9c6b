"""Parts of a film that may give its source away: its grey levels, and what lies where.

N films, S pixels a side.
"""

from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from manifests.contract.prepared import Prepared
from training.films import Whole
from training.grey_levels import LEVELS, Levels
from training.thumbnails import Small, Thumbnails

BINS = 32
"""Of 8 grey levels each: matching leaves gaps between single levels, which no eye would see."""


class Part(StrEnum):
    """What a classifier is shown of a film."""

    GREY = "grey_levels"
    """How many pixels have which grey level, and not where."""
    WHOLE = "whole_film"
    OUTSIDE = "outside_lungs"
    INSIDE = "inside_lungs"


def lung_shares(prepared: Prepared, places: Whole, side: int) -> Small:
    """float32[N, S, S]: how far each small pixel is lung, 0 to 1; NaN where no lung is known."""
    made = np.full((len(places), side, side), np.nan, np.float32)
    for n, place in enumerate(places):
        mask = prepared.lungs(int(place))
        if mask is not None and mask.any():
            made[n] = cv2.resize(
                mask.astype(np.float32), (side, side), interpolation=cv2.INTER_AREA
            )
    return made


def seen(part: Part, films: Small, counts: Levels, lungs: Small) -> Thumbnails:
    """float32[N, D]: what a classifier is shown of each film; NaN where a film lacks that part.

    Grey levels stay as they are, since a network sees them too. What is hidden takes the mean of
    what is shown, so that it has no edge of its own; the outline of the lungs stays guessable.
    """
    if part is Part.GREY:
        binned = counts.reshape(len(counts), BINS, LEVELS // BINS).sum(2)
        return np.asarray(binned / binned.sum(1, keepdims=True), np.float32)
    if part is Part.WHOLE:
        return films.reshape(len(films), films.shape[1] * films.shape[2])
    is_lung = lungs >= 0.5  # noqa: PLR2004 - half of the small pixel
    is_shown = is_lung if part is Part.INSIDE else ~is_lung
    shown = _only(films, is_shown & ~np.isnan(lungs))
    return shown.reshape(len(films), films.shape[1] * films.shape[2])


def _only(films: Small, is_shown: npt.NDArray[np.bool_]) -> Small:
    made = np.full(films.shape, np.nan, np.float32)
    for n, (film, mask) in enumerate(zip(films, is_shown, strict=True)):
        if mask.any():
            made[n] = np.where(mask, film, film[mask].mean(dtype=np.float64))
    return made
