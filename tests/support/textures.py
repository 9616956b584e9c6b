"""Pictures with coarse and fine structure, one per number: enough of a film to look for copies."""

import cv2
import numpy as np

from manifests.contract.images import Pixels


def texture(number: int, height: int = 420, width: int = 380) -> Pixels:
    chance = np.random.default_rng(number)
    picture = np.zeros((height, width), np.float64)
    for blur, weight in ((60, 3.0), (15, 1.2), (4, 0.8), (1.5, 0.5)):
        noise = cv2.GaussianBlur(chance.normal(size=(height, width)), (0, 0), blur)
        picture += weight * noise / noise.std()
    return np.asarray(np.clip(128 + 18 * picture, 0, 255), np.uint8)
