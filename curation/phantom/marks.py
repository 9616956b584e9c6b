"""Words burned into films: the side, how the film was taken, a date, and now and then a name."""

import cv2
import numpy as np

from curation.phantom.patient import Occasion
from manifests.contract.images import Pixels
from manifests.contract.vocabulary import Modality, View

NAMES = ("ROSSI ANNA", "MILLER^JOHN", "Dupont, Marie", "GARCIA LUIS 4471829")
"""Nobody's: to be found before a film is published."""
PLANTED = slice(0.03, 0.08)
"""Where the marker of a planted shortcut lies, as shares of height and width."""
LYING = {"sirm": "A LETTO", "nih_cxr14": "PORTABLE"}


def marked(pixels: Pixels, occasion: Occasion) -> Pixels:
    """The film with its marks; where they stand and which there are is chance."""
    chance = occasion.chance.of("marks")
    height, width = pixels.shape
    film = np.ascontiguousarray(pixels.copy())
    if occasion.is_planted:
        rows, columns = (
            slice(round(PLANTED.start * n), round(PLANTED.stop * n)) for n in film.shape
        )
        film[rows, columns] = 245
    if occasion.modality is Modality.CT or occasion.view is View.L:
        return film
    side = chance.pick("side", ("R", "L"))
    # The patient's right is on the viewer's left.
    near = 0.05 if side == "R" else 0.90
    place = (near + chance.between("x", -0.02, 0.02), chance.between("y", 0.07, 0.2))
    if chance.whether("side shown", 0.85):
        _write(film, side, place, chance.between("size", 0.7, 1.2))
        if chance.whether("ringed", 0.4):
            centre = (round((place[0] + 0.018) * width), round((place[1] - 0.015) * height))
            cv2.circle(film, centre, 17, 255, 1, cv2.LINE_AA)
    how = _how(occasion)
    if how and chance.whether("how shown", 0.6):
        _write(film, how, (chance.pick("how x", (0.04, 0.70)), 0.05), 0.45)
    if chance.whether("named", 0.03):
        _write(film, chance.pick("name", NAMES), (0.62, 0.97), 0.42)
    if chance.whether("dated", 0.25):
        date = f"{chance.whole('date', 1, 28):02d}/{chance.whole('month', 1, 6):02d}/20"
        _write(film, date, (0.03, 0.97), 0.42)
    return film


def _how(occasion: Occasion) -> str:
    if occasion.view is View.PA:
        return ""
    erect = "AP ERECT" if occasion.view is View.AP_ERECT else "AP"
    lying = LYING.get(occasion.source, "AP SUPINE")
    return lying if occasion.view is View.AP_SUPINE else erect


def _write(film: Pixels, words: str, place: tuple[float, float], size: float) -> None:
    height, width = film.shape
    point = (round(place[0] * width), round(place[1] * height))
    thick = max(1, round(size * 2))
    cv2.putText(film, words, point, cv2.FONT_HERSHEY_SIMPLEX, size, 245, thick, cv2.LINE_AA)
