"""From density to a film: scattered rays, grain, and the curve from exposure to grey."""

import cv2
import numpy as np

from curation.phantom.chance import Chance, Field
from curation.phantom.plate import softened
from manifests.contract.images import Pixels


def exposed(density: Field, chance: Chance) -> Pixels:
    """uint8[H, W], white where the body is dense."""
    height, width = density.shape
    scatter = np.float32(chance.between("scatter", 0.06, 0.22))
    film = (1 - scatter) * density + scatter * softened(density, width * 0.08)
    film = film + np.float32(chance.between("grain", 0.006, 0.018)) * softened(
        chance.grain("grain", height, width), chance.between("grain size", 0.5, 0.8)
    )
    if chance.whether("digital", 0.45):
        film = film + np.float32(0.7) * (film - softened(film, width * 0.012))
    black = chance.between("black", 0.0, 0.10)
    white = chance.between("white", 0.82, 0.95)
    gamma = chance.between("gamma", 1.05, 1.7)
    share = np.clip((film - np.float32(black)) / np.float32(white - black), 0, 1)
    grey = cv2.pow(share, gamma)
    # Film and display flatten towards white, which keeps the spine faint behind the heart.
    grey = grey * (np.float32(1.45) - np.float32(0.45) * grey)
    return np.asarray(np.rint(grey * np.float32(255)), np.uint8)
