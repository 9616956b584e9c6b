"""All that the pixels of one film say of view, childhood and quality, from one reduction."""

from typing import NamedTuple

import numpy as np

from curation.pixels.chest import Chest, chest
from curation.pixels.childhood import pediatric_score
from curation.pixels.projection import likeness, seen_view
from curation.pixels.quality import quality
from manifests.contract.images import Pixels
from manifests.contract.vocabulary import Quality, SeenView

NEGATIVE = -0.2
"""A film that agrees less than this with the mean chest is looked at as a negative."""


class Inspection(NamedTuple):
    """Named as the columns that ingest writes; scores and fractions are 0 to 1."""

    seen_view: SeenView
    view_score: float
    pediatric_score: float | None
    """Empty where no frontal film is seen: a side view has no such lungs."""
    lung_fraction: float | None
    quality: Quality


def inspection(pixels: Pixels, colour: float = 0.0) -> Inspection:
    """What uint8[H, W] shows; `colour` is the mean spread of its colours as it came, 0-255."""
    film = chest(pixels)
    is_negative = _is_negative(film)
    if is_negative:
        film = chest(np.asarray(255 - film.small, np.uint8))
    word = quality(pixels, film, colour, is_negative=is_negative)
    if word is Quality.BLANK:
        return Inspection(SeenView.UNKNOWN, 0.0, None, None, word)
    view = seen_view(film)
    is_frontal = view.view is SeenView.FRONTAL
    return Inspection(
        seen_view=view.view,
        view_score=view.score,
        pediatric_score=pediatric_score(film) if is_frontal else None,
        lung_fraction=round(film.lung_fraction, 4) if is_frontal else None,
        quality=word,
    )


def _is_negative(film: Chest) -> bool:
    """Whether it looks like a chest film only after black and white change places."""
    if likeness(film) >= NEGATIVE:
        return False
    turned = chest(np.asarray(255 - film.small, np.uint8))
    return seen_view(turned).view is SeenView.FRONTAL
