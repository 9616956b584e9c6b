"""Recipes to test with, and a mask of two lungs."""

import cv2
import numpy as np

from curation.stages.prepare import Params
from manifests.contract.images import Pixels

GIVEN: dict[str, object] = {
    "size": 48, "channels": ["image", "beasf", "clahe"], "conceal_text": False, "lungs": "none",
    "dilations": 3, "margin": 0, "base": "", "beasf_gamma": 1.5, "clahe_clip": 2.0,
    "clahe_tiles": 8,
    "ahe_radius": 40,
}  # fmt: skip


def other(**changed: object) -> Params:
    return Params.model_validate(GIVEN | changed)


RECIPE, LUNGS = other(), other(lungs="box")


def lung_mask() -> Pixels:
    """uint8[256, 256]; its lungs lie in rows 48 to 208 and columns 46 to 210."""
    mask = np.zeros((256, 256), np.uint8)
    for middle in (80, 176):
        cv2.ellipse(mask, (middle, 128), (34, 80), 0, 0, 360, 255, -1)
    return mask
