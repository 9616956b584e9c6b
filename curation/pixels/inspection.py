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


class Seen(NamedTuple):
    """Named as the columns that ingest writes; scores and fractions are 0 to 1."""

    seen_view: SeenView
    view_score: float
    quality: Quality


class Inspection(NamedTuple):
    """What is seen, and what the lungs of a shape model say of age."""

    seen: Seen
    pediatric_score: float | None
    """Empty where no frontal film is seen: a side view has no such lungs."""


def seen(pixels: Pixels, colour: float = 0.0) -> Seen:
    """What uint8[H, W] shows; `colour` is the mean spread of its colours as it came, 0-255."""
    return _looked_at(pixels, colour)[0]


def inspection(pixels: Pixels, colour: float = 0.0) -> Inspection:
    """The same, with a child's or an adult's lungs, and no network that would draw them."""
    found, film = _looked_at(pixels, colour)
    is_frontal = found.seen_view is SeenView.FRONTAL
    return Inspection(found, pediatric_score(film) if is_frontal else None)


def _looked_at(pixels: Pixels, colour: float) -> tuple[Seen, Chest]:
    film = chest(pixels)
    is_negative = _is_negative(film)
    if is_negative:
        film = chest(np.asarray(255 - film.small, np.uint8))
    word = quality(pixels, film, colour, is_negative=is_negative)
    if word is Quality.BLANK:
        return Seen(SeenView.UNKNOWN, 0.0, word), film
    view = seen_view(film)
    return Seen(view.view, view.score, word), film


def _is_negative(film: Chest) -> bool:
    """Whether it looks like a chest film only after black and white change places."""
    if likeness(film) >= NEGATIVE:
        return False
    turned = chest(np.asarray(255 - film.small, np.uint8))
    return seen_view(turned).view is SeenView.FRONTAL
