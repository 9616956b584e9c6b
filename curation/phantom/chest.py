"""A drawn chest, from any side."""

import numpy as np

from curation.phantom.exposure import exposed
from curation.phantom.frontal import frontal
from curation.phantom.patient import Occasion, Patient
from curation.phantom.picture import Picture

SEEN = 0.03
"""Added density from which disease counts as seen in the truth."""


def draw(person: Patient, occasion: Occasion) -> Picture:
    """The film of the occasion, before its source lays hands on it."""
    density = frontal(person, occasion, 512, 512)
    return Picture(
        pixels=exposed(density.film, occasion.chance.of("exposure")),
        lungs=np.where(density.lungs > 0.5, np.uint8(255), np.uint8(0)),  # noqa: PLR2004 - half
        opacities=np.where(density.disease > SEEN, np.uint8(255), np.uint8(0)),
    )
