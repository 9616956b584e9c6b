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
LETTERS = (3, 400)
"""Points of the small picture in one letter or word."""


def quality(pixels: Pixels, film: Chest, colour: float, *, is_negative: bool) -> Quality:
    """One word for uint8[H, W], the worst that is wrong with it.

    A photograph of a screen is known by its colour cast alone; a grey one passes for good.
    """
    found = {
        Quality.BLANK: float(film.small.std()) < BLANK_DEVIATION,
        Quality.TINY: min(pixels.shape) < TINY_SIDE,
        Quality.INVERTED: is_negative,
        Quality.SATURATED: float((film.small >= WHITE).mean()) > SATURATED_SHARE,
        Quality.PHOTO: colour > PHOTO_COLOUR,
    }
    return next((word for word in Quality if found.get(word)), Quality.GOOD)


def text_fraction(small: Pixels) -> float:
    """The share of the picture under thin bright strokes near its edges, boxes drawn around them.

    Words over the lungs are not looked for, and dark words are not found.
    """
    height, width = small.shape
    kernel = np.ones((STROKE_SIDE, STROKE_SIDE), np.uint8)
    strokes = (cv2.morphologyEx(small, cv2.MORPH_TOPHAT, kernel) > STROKE_LEVELS).astype(np.uint8)
    down, across = int(height * EDGE_SHARE), int(width * EDGE_SHARE)
    strokes[down : height - down, across : width - across] = 0
    if not strokes.any():
        return 0.0
    words = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, np.ones((3, 5), np.uint8))
    _, _, boxes, _ = cv2.connectedComponentsWithStats(words, connectivity=8)
    # A collimator's edge and a catheter are long and thin, a letter is neither.
    sides, area = boxes[1:, 2:4], boxes[1:, cv2.CC_STAT_AREA]
    is_word = (area >= LETTERS[0]) & (area <= LETTERS[1]) & (sides[:, 1] <= height / 8)
    is_word &= area >= 0.3 * sides[:, 0] * sides[:, 1]
    return round(float((sides[is_word, 0] * sides[is_word, 1]).sum()) / (height * width), 4)
