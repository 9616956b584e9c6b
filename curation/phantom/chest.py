"""A drawn chest, from any side."""

import numpy as np

from curation.phantom.axial import axial
from curation.phantom.chance import Field
from curation.phantom.exposure import exposed
from curation.phantom.frontal import frontal
from curation.phantom.lateral import lateral
from curation.phantom.patient import Occasion, Patient
from curation.phantom.picture import Picture
from manifests.contract.images import Pixels
from manifests.contract.vocabulary import Modality, View

SEEN = 0.03
"""Added density from which disease counts as seen in the truth."""


def draw(person: Patient, occasion: Occasion, height: int, width: int) -> Picture:
    """The film of the occasion, before its source lays hands on it."""
    side = lateral if occasion.view is View.L else frontal
    taken = axial if occasion.modality is Modality.CT else side
    density = taken(person, occasion, height, width)
    return Picture(
        pixels=exposed(density.film, occasion.chance.of("exposure")),
        lungs=_mask(density.lungs, above=0.5),
        opacities=_mask(density.disease, above=SEEN),
        text=np.zeros(density.film.shape, np.uint8),
    )


def _mask(layer: Field, above: float) -> Pixels:
    return np.where(layer > above, np.uint8(255), np.uint8(0))
