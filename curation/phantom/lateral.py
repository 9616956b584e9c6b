"""A film from the side: spine behind, heart and breast bone in front, both domes below.

Here x runs from the patient's back (-1) to the front (+1).
"""

import dataclasses

import numpy as np

from curation.phantom.anatomy import Body, Line, body, line, smooth
from curation.phantom.chance import Field
from curation.phantom.density import Density
from curation.phantom.disease import Ground, opacities
from curation.phantom.patient import Occasion, Patient
from curation.phantom.plate import Plate, domed, plate, softened
from curation.phantom.vessels import vessels


def lateral(person: Patient, occasion: Occasion, height: int, width: int) -> Density:
    """The chest from the patient's left."""
    shape = body(person)
    place = dataclasses.replace(plate(occasion, height, width), spread=0.0, yaw=0.0, pitch=0.0)
    deep = 0.52 + 0.25 * (shape.width - 0.7)
    torso = place.filled(_outline(shape, deep))
    soft = softened(torso, 2.0) * (0.36 + np.float32(0.34) * domed(torso, 0.45 * place.unit))
    field = softened(place.filled(_lung(shape, deep)), 1.2)
    heart = softened(place.filled(_heart(shape, deep)), place.unit * 0.02)
    air = field * (np.float32(0.4) + np.float32(0.6) * domed(field, 0.3 * place.unit))
    texture = person.chance.clouds("texture", height, width, 38.0, octaves=3)
    tree = vessels(shape, place)
    ground = Ground(
        shape=shape, plate=place, lungs=field, texture=texture, tree=tree, has_sides=False
    )
    added = opacities(occasion.condition, occasion.severity, person.chance, ground)
    film = (
        soft
        - air * (np.float32(0.40) - np.float32(0.22) * heart)
        + air * (np.float32(0.10) * tree + np.float32(0.012) * texture)
        + np.float32(0.12) * _bones(shape, place, deep)
        + np.float32(0.15) * _belly(shape, place, deep)
        + np.float32(0.7) * added
    )
    return Density(np.asarray(film, np.float32), field, added)


def _outline(shape: Body, deep: float) -> Line:
    back, front = -deep - 0.12 - shape.fat * 0.5, deep + 0.04 + shape.fat * 0.7
    top = shape.top
    points = np.array([
        (-0.25, -2.2), (-0.30, top - 0.35), (back + 0.1, top + 0.05), (back, top + 0.45),
        (back + 0.03, 0.5), (back + 0.06, 2.2), (front, 2.2), (front + 0.02, 0.6),
        (front + 0.05 * shape.breast, 0.15), (front - 0.06, top + 0.45),
        (front - 0.02, top + 0.05), (front + 0.15, top - 0.4), (0.35, -2.2),
    ])  # fmt: skip
    return line(smooth(points), 0.0)


def _lung(shape: Body, deep: float) -> Line:
    top, dome, foot = shape.top, shape.dome, shape.dome + shape.angle_depth
    points = np.array([
        (-0.10, top), (0.06, top + 0.08), (deep * 0.55, top + 0.34), (deep * 0.86, top + 0.62),
        (deep * 0.94, dome - 0.1), (deep * 0.93, dome + 0.05), (deep * 0.6, dome),
        (deep * 0.1, dome - 0.02), (-deep * 0.4, dome + 0.09), (-deep * 0.92, foot + 0.05),
        (-deep * 1.02, foot - 0.1), (-deep, top + 0.5), (-deep * 0.72, top + 0.18),
    ])  # fmt: skip
    return line(smooth(points), 0.0)


def _heart(shape: Body, deep: float) -> Line:
    dome, size = shape.dome, 0.5 * shape.heart / 0.45
    points = np.array([
        (deep * 0.9, dome + 0.1), (deep * 0.8, dome - size * 0.5), (deep * 0.45, dome - size),
        (0.02, dome - size * 1.35), (-0.08, dome - size * 1.1), (-0.12, dome - size * 0.5),
        (-0.02, dome + 0.1),
    ])  # fmt: skip
    return line(smooth(points), 0.0)


def _bones(shape: Body, place: Plate, deep: float) -> Field:
    chance = shape.chance.of("side")
    bodies, ribs = [], []
    spacing = (shape.dome - shape.top) / 9
    for number in range(-3, 14):
        y = shape.top + spacing * number
        x = -deep * 0.80 - 0.10 * np.cos((y + 0.1) * 1.6) + 0.08
        half, tall = 0.07 + 0.002 * number, spacing * 0.42
        corners = np.array([(half, tall), (half * 0.92, 0), (half, -tall), (-half, -tall),
                            (-half * 0.92, 0), (-half, tall)])  # fmt: skip
        bodies.append(line(corners + np.array([x, y]), 0.0))
    for number in range(9):
        along = np.linspace(0, 1, 14)
        fall = shape.top + spacing * (number + 0.3) + along * (0.42 + 0.02 * number) * shape.slope
        sweep = -deep * 1.05 * np.cos(along * 1.9) + chance.between(f"x{number}", -0.03, 0.03)
        ribs.append(line(np.stack([sweep, fall], 1), 0.0))
    breast_bone = np.array([(deep * 0.70, shape.top + 0.32), (deep * 0.93, shape.top + 0.55),
                            (deep * 1.02, shape.top + 0.95)])  # fmt: skip
    stacked = np.stack(ribs)
    cage = place.ribbons(stacked, 0.022) - np.float32(0.5) * place.ribbons(stacked, 0.014)
    front = place.ribbons(line(breast_bone, 0.0)[None], 0.025)
    column = np.float32(1.1) * place.filled(*bodies)
    total = column + np.float32(0.55) * cage + front
    return softened(np.asarray(total, np.float32), place.unit * 0.006)


def _belly(shape: Body, place: Plate, deep: float) -> Field:
    dome = shape.dome
    roof = np.array([
        (deep, dome + 0.08), (deep * 0.5, dome - 0.04), (0.0, dome), (-deep * 0.5, dome + 0.14),
        (-deep, dome + shape.angle_depth + 0.1), (-deep, 2.2), (deep, 2.2),
    ])  # fmt: skip
    return softened(place.filled(line(roof, 0.0)), place.unit * 0.02)
