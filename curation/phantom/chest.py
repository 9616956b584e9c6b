"""A drawn chest, from any side."""

import cv2
import numpy as np

from curation.phantom.patient import Occasion, Patient
from curation.phantom.picture import Picture


def draw(person: Patient, occasion: Occasion) -> Picture:
    """The film of the occasion."""
    lungs = np.zeros((512, 512), np.uint8)
    half = occasion.chance.whole("half", 60, 90)
    for x in (160, 352):
        cv2.ellipse(lungs, (x, 250), (half, 2 * half), 0, 0, 360, 255, -1)
    grain = person.chance.grain("body", 512, 512) * 20
    opacities = lungs // 255 * (255 if occasion.severity else 0)
    pixels = np.clip(180 - lungs * 0.5 + grain + opacities * 0.1, 0, 255).astype(np.uint8)
    return Picture(pixels=pixels, lungs=lungs, opacities=opacities)
