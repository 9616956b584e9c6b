"""What a ray through the body meets."""

from typing import NamedTuple

from curation.phantom.chance import Field


class Density(NamedTuple):
    """float32[H, W] each."""

    film: Field
    """How much the body holds back."""
    lungs: Field
    """0 to 1: how much of the pixel is lung."""
    disease: Field
    """The part of `film` that disease adds."""
