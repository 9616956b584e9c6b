"""The soft parts of a frontal chest, each as a layer of density or of air."""

import numpy as np

from curation.phantom.anatomy import SIDES, Body, Line, diaphragm, line, smooth, wall
from curation.phantom.chance import Field
from curation.phantom.plate import Plate, domed, softened


def soft_tissue(shape: Body, place: Plate, *, arms_down: bool) -> Field:
    """Skin, fat and muscle of trunk, arms and breasts, as if there were no lungs."""
    top, side = shape.top, shape.width + shape.fat
    reach = shape.shoulder
    half = np.array([
        (0.155, -2.2), (0.16, top - 0.50), (0.20, top - 0.30), (0.32, top - 0.20),
        (0.55, top - 0.15), (reach - 0.12, top - 0.05), (reach + 0.02, top + 0.16),
        (side + 0.10, top + 0.42), (side + 0.02, top + 0.75), (side, 0.35), (side + 0.01, 0.9),
        (side + 0.02, 2.2),
    ])  # fmt: skip
    trunk = np.concatenate([half, (half * (-1, 1))[::-1]])
    arms: list[Line] = []
    for sign in SIDES:
        away = 0.10 if arms_down else 0.34
        arm = np.array([
            (reach - 0.16, top), (reach + 0.05, top + 0.10), (reach + away, top + 0.75),
            (reach + away + 0.04, 1.7), (reach + away - 0.20, 1.7),
            (reach + away - 0.21, top + 0.8), (side + 0.06, top + 0.40),
        ])  # fmt: skip
        arms.append(line(arm * (sign, 1), 0.0))
    torso = place.filled(line(smooth(trunk), 0.0))
    layer = softened(torso, 2.0)
    limbs = softened(place.filled(*arms), 2.0)
    thick = np.float32(0.42) + np.float32(0.22) * domed(torso, 0.42 * place.unit)
    limb = np.float32(0.30) + np.float32(0.14) * domed(limbs, 0.10 * place.unit)
    return np.asarray(np.maximum(thick * layer, limb * limbs) + _breasts(shape, place), np.float32)


def _breasts(shape: Body, place: Plate) -> Field:
    if shape.breast == 0:
        return place.empty()
    outlines = []
    for side in SIDES:
        angle = np.linspace(0, 2 * np.pi, 40)
        across, down = 0.27 * shape.breast, 0.30 * shape.breast
        x = shape.width * 0.60 + across * np.cos(angle)
        y = shape.dome - 0.12 + down * np.sin(angle)
        outlines.append(line(np.stack([x * side, y], 1), 0.9))
    layer = place.filled(*outlines)
    return np.float32(0.075) * softened(layer * domed(layer, 0.2 * place.unit), place.unit * 0.012)


def abdomen(shape: Body, place: Plate) -> Field:
    """1 below the diaphragm, less where the stomach holds gas."""
    outlines, bubbles = [], []
    for side in SIDES:
        share = np.linspace(0, 1, 30)
        foot = shape.dome + shape.angle_depth
        roof = np.stack([share * wall(shape, foot), diaphragm(shape, side, share)], 1)
        under = np.array([[shape.width, 2.2], [0.0, 2.2]])
        outlines.append(line(np.concatenate([roof, under]) * (side, 1), 0.0))
    chance = shape.chance.of("stomach")
    angle = np.linspace(0, 2 * np.pi, 30)
    size = chance.between("size", 0.05, 0.13)
    x = shape.width * chance.between("x", 0.40, 0.6) + size * 1.5 * np.cos(angle)
    y = shape.dome + 0.08 + size + size * np.sin(angle)
    bubbles.append(line(np.stack([x, y], 1), 0.3))
    gas = softened(place.filled(*bubbles), place.unit * 0.02)
    return softened(place.filled(*outlines), place.unit * 0.05) - np.float32(0.9) * gas


def windpipe(shape: Body, place: Plate) -> Field:
    """Trachea and main bronchi: air before the dense middle."""
    fork = shape.top + (shape.dome - shape.top) * 0.42
    half = 0.030 * (1 - 0.2 * shape.youth)
    down = np.array([(0.0, -1.6), (0.005, shape.top), (-0.01, fork)])
    right = np.array([(-0.01, fork - 0.02), (-0.07, fork + 0.07), (-0.13, fork + 0.15)])
    left = np.array([(-0.01, fork - 0.02), (0.06, fork + 0.05), (0.16, fork + 0.12)])
    tubes = np.stack([line(points, 0.0) for points in (down, right, left)])
    airway = place.ribbons(tubes[:1], half)
    airway += np.float32(0.4) * place.ribbons(tubes[1:], half * 0.6)
    return softened(airway, place.unit * 0.008)


def hila(shape: Body, place: Plate) -> Field:
    """The roots of the lungs, where vessels crowd."""
    middle = shape.top + (shape.dome - shape.top) * 0.53
    knots = []
    for side in SIDES:
        angle = np.linspace(0, 2 * np.pi, 24)
        y = middle - (0.04 if side > 0 else 0.0) + 0.10 * np.sin(angle)
        knots.append(line(np.stack([(0.135 + 0.05 * np.cos(angle)) * side, y], 1), 0.0))
    return softened(place.filled(*knots), place.unit * 0.03)
