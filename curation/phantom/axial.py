"""An axial CT slice at the level of the heart: no film, and to be found out as none."""

import numpy as np

from curation.phantom.anatomy import SIDES, Line, body, line, smooth
from curation.phantom.chance import Chance, Field
from curation.phantom.density import Density
from curation.phantom.patient import Occasion, Patient
from curation.phantom.plate import Plate, plate, softened

PLACE = 0.42
"""Where the middle of the slice lies on the plate's y axis, in half frames above its centre."""


def axial(person: Patient, occasion: Occasion, height: int, width: int) -> Density:
    """The slice as the viewer sees it: from below, the patient's right on the left."""
    shape = body(person)
    place = plate(occasion, height, width)
    chance = person.chance.of("slice")
    broad = shape.width + shape.fat
    deep = chance.between("deep", 0.44, 0.62) + 0.3 * shape.fat
    skin = softened(place.filled(_ellipse(0, 0, broad, deep)), 1.0)
    muscle = softened(place.filled(_ellipse(0, 0, broad - shape.fat * 0.7, deep - 0.05)), 1.5)
    lungs = np.maximum(*(softened(place.filled(_lung(chance, side, broad - shape.fat, deep)), 1.0)
                         for side in SIDES))  # fmt: skip
    size = chance.between("heart", 0.8, 1.25)
    at = (chance.between("heart x", 0.04, 0.15), chance.between("heart y", -0.17, -0.07))
    heart = softened(place.filled(_ellipse(*at, 0.25 * size, 0.19 * size)), 2.0)
    lungs = np.asarray(lungs * (1 - heart), np.float32)
    texture = chance.clouds("texture", height, width, 22.0)
    added = _patches(occasion, chance, place, lungs, texture)
    film = (
        np.float32(0.30) * skin
        + np.float32(0.22) * muscle
        + np.float32(0.08) * heart
        - np.float32(0.44) * lungs
        + lungs * np.float32(0.5) * _dots(chance, place)
        + np.float32(0.38) * _bones(chance, place, broad - shape.fat, deep)
        + np.float32(0.12) * softened(place.filled(_ellipse(0.07, 0.26, 0.045, 0.045)), 1.0)
        + added
    )
    return Density(np.asarray(film, np.float32), lungs, added)


def _ellipse(x: float, y: float, across: float, down: float) -> Line:
    angle = np.linspace(0, 2 * np.pi, 60)
    rim = np.stack([x + across * np.cos(angle), y - PLACE * 0.35 + down * np.sin(angle)], 1)
    return line(rim, 0.0)


def _lung(chance: Chance, side: int, broad: float, deep: float) -> Line:
    rim = np.array([
        (0.10, -deep * 0.62), (broad * 0.45, -deep * 0.76), (broad * 0.80, -deep * 0.45),
        (broad * 0.90, 0.05), (broad * 0.74, deep * 0.55), (broad * 0.42, deep * 0.74),
        (0.15, deep * 0.55), (0.14, 0.1), (0.09, -deep * 0.2),
    ])  # fmt: skip
    rim += chance.series(f"rim{side}", rim.size, -0.035, 0.035).reshape(rim.shape)
    return line((smooth(rim) - (0, PLACE * 0.35)) * (side, 1), 0.0)


def _bones(chance: Chance, place: Plate, broad: float, deep: float) -> Field:
    spine = [_ellipse(0, deep * 0.56, 0.085, 0.07), _ellipse(0, deep * 0.80, 0.03, 0.09)]
    canal = place.filled(_ellipse(0, deep * 0.70, 0.035, 0.03))
    arcs = []
    count = chance.whole("ribs", 8, 12)
    starts = (np.arange(count) + chance.series("start", count, 0.0, 0.45)) * 2 * np.pi / count
    for start, length in zip(starts, chance.series("length", count, 0.2, 0.36), strict=True):
        angle = np.linspace(start, start + length, 10)
        rim = np.stack([broad * 0.95 * np.cos(angle), deep * 0.86 * np.sin(angle)], 1)
        arcs.append(line(rim - (0, PLACE * 0.35), 0.0))
    ribs = place.ribbons(np.stack(arcs), 0.018)
    return softened(np.maximum(place.filled(*spine), ribs) - np.float32(0.8) * canal, 1.0)


def _dots(chance: Chance, place: Plate) -> Field:
    """Vessels cut across."""
    dots = []
    places = chance.series("dots", 280, -1, 1).reshape(140, 2)
    sizes = chance.series("sizes", 140, 0.003, 0.014)
    for (x, y), size in zip(places, sizes, strict=True):
        dots.append(_ellipse(float(x) * 0.66, float(y) * 0.45, float(size), float(size) * 1.3))
    return softened(place.filled(*dots), 0.8)


def _patches(
    occasion: Occasion, chance: Chance, place: Plate, lungs: Field, texture: Field
) -> Field:
    if occasion.severity == 0:
        return place.empty()
    spots = [
        _ellipse(side * chance.between(f"x{side}{n}", 0.38, 0.56),
                 chance.between(f"y{side}{n}", -0.05, 0.30), 0.13, 0.11)
        for side in SIDES for n in range(3)
    ]  # fmt: skip
    hazy = softened(place.filled(*spots), place.unit * 0.03) * lungs
    return np.asarray(np.float32(0.17) * hazy * (1 + np.float32(0.3) * texture), np.float32)
