"""What is wrong with a film as a picture."""

import cv2

from curation.pixels.chest import Chest
from manifests.contract.images import Pixels
from manifests.contract.vocabulary import Quality

BLANK_DEVIATION = 4.0
TINY_SIDE = 100
SATURATED_SHARE = 0.3
WHITE = 253
PHOTO_COLOUR = 6.0
"""Mean distance between the strongest and the weakest colour, 0-255; scanners give none."""


def quality(pixels: Pixels, film: Chest, colour: float, *, is_negative: bool) -> Quality:
    """One word for uint8[H, W], the worst that is wrong with it.

    A photograph of a screen is known by its colour cast alone; a grey one passes for good.
    """
    _, white = cv2.threshold(film.small, WHITE - 1, 255, cv2.THRESH_BINARY)
    found = {
        Quality.BLANK: float(cv2.meanStdDev(film.small)[1][0, 0]) < BLANK_DEVIATION,
        Quality.TINY: min(pixels.shape) < TINY_SIDE,
        Quality.INVERTED: is_negative,
        Quality.SATURATED: cv2.countNonZero(white) > SATURATED_SHARE * film.small.size,
        Quality.PHOTO: colour > PHOTO_COLOUR,
    }
    return next((word for word in Quality if found.get(word)), Quality.GOOD)
