"""What is wrong with a film as a picture, and how much of it lies under burnt-in words."""

import cv2
import numpy as np

from curation.pixels.chest import Chest
from manifests.contract.images import Pixels
from manifests.contract.vocabulary import Quality

BLANK_DEVIATION = 4.0
TINY_SIDE = 100
SATURATED_SHARE = 0.3
WHITE = 253
PHOTO_COLOUR = 6.0
"""Mean distance between the strongest and the weakest colour, 0-255; scanners give none."""
STROKE_LEVELS = 70
STROKE_SIDE = 7
EDGE_SHARE = 0.25
CELL = 8
STROKED = 0.15
"""Share of a cell of 8 x 8 points that the strokes of a word cover at least."""


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


def text_fraction(small: Pixels) -> float:
    """The share of the picture under thin bright strokes near its edges, in cells of 8 x 8 points.

    Words over the lungs are not looked for, dark words are not found, and a wire counts as one.
    """
    height, width = small.shape
    kernel = np.ones((STROKE_SIDE, STROKE_SIDE), np.uint8)
    strokes = cv2.morphologyEx(small, cv2.MORPH_TOPHAT, kernel)
    _, strokes = cv2.threshold(strokes, STROKE_LEVELS, 255, cv2.THRESH_BINARY)
    down, across = int(height * EDGE_SHARE), int(width * EDGE_SHARE)
    strokes[down : height - down, across : width - across] = 0
    cells = max(1, width // CELL), max(1, height // CELL)
    dense = cv2.resize(strokes, cells, interpolation=cv2.INTER_AREA) > 255 * STROKED
    return round(float(dense.mean()), 4)
