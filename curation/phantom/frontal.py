"""A frontal film as density: soft tissue less air, plus heart, bones, vessels and disease."""

import dataclasses
from typing import NamedTuple

import numpy as np

from curation.phantom.anatomy import (
    SIDES,
    Body,
    Line,
    body,
    diaphragm,
    hemithorax,
    line,
    mediastinum,
    smooth,
    wall,
)
from curation.phantom.bones import skeleton
from curation.phantom.chance import Field
from curation.phantom.disease import Ground, opacities
from curation.phantom.patient import Occasion, Patient
from curation.phantom.plate import Plate, domed, plate, softened
from curation.phantom.vessels import vessels
from manifests.contract.vocabulary import View


class Density(NamedTuple):
    """float32[H, W] each: how much the body holds back, and the share of a ray in lung, disease."""

    film: Field
    lungs: Field
    disease: Field


def frontal(person: Patient, occasion: Occasion, height: int, width: int) -> Density:
    """The chest from the front or the back."""
    shape = breathing(body(person), occasion)
    place = plate(occasion, height, width)
    is_pa = occasion.view is View.PA
    soft = _soft_tissue(shape, place, arms_down=not is_pa)
    centre = softened(place.filled(mediastinum(shape, 1.0 if is_pa else 1.14)), place.unit * 0.011)
    field = np.maximum(*(softened(place.filled(hemithorax(shape, side, to_foot=False)), 1.0)
                         for side in SIDES))  # fmt: skip
    depth = np.maximum(*(domed(place.filled(hemithorax(shape, side, to_foot=True)),
                               0.24 * place.unit) for side in SIDES))  # fmt: skip
    lungs = np.asarray(field * (1 - centre), np.float32)
    air = field * (np.float32(0.35) + np.float32(0.65) * depth) * (1 - np.float32(0.93) * centre)
    tree = vessels(shape, place)
    texture = person.chance.clouds("texture", height, width, 38.0, octaves=3)
    added = opacities(occasion.condition, occasion.severity, person.chance,
                      Ground(shape=shape, plate=place, lungs=lungs, texture=texture, tree=tree))  # fmt: skip
    film = (
        soft
        - np.float32(0.46) * air
        + np.float32(0.10) * centre
        + np.float32(0.13) * _abdomen(shape, place)
        + air * (np.float32(0.115) * tree + np.float32(0.010) * texture)
        + _hila(shape, place) * np.float32(0.06)
        + skeleton(shape, place, arms_down=not is_pa) * _contrast(air, soft, centre)
        - np.float32(0.12) * _windpipe(shape, place)
        + added
    )
    return Density(np.asarray(film, np.float32), lungs, added)


def _contrast(air: Field, soft: Field, centre: Field) -> Field:
    """How well bone stands out: best against air, hardly before heart and liver."""
    inside = np.clip(soft * np.float32(1.0 / 0.64), 0, 1)
    return np.asarray(
        np.clip(air * 3, 0, 1) * 0.65 + 0.35 * inside * (1 - 0.5 * centre), np.float32
    )


def breathing(shape: Body, occasion: Occasion) -> Body:
    """The body as it breathes in on this occasion: less deeply when lying down."""
    chance = occasion.chance.of("breath")
    up = chance.between("up", 0.0, 0.05) + (0.05 if occasion.view is View.AP_SUPINE else 0.0)
    up += 0.02 if occasion.view in {View.AP, View.AP_ERECT} else 0.0
    return dataclasses.replace(
        shape,
        dome=shape.dome - up,
        slope=shape.slope * (1 - 1.2 * up) * chance.between("slope", 0.95, 1.05),
        heart=shape.heart * (1 + up) * chance.between("beat", 0.97, 1.03),
        fat=shape.fat * (1.2 if occasion.view is View.AP_SUPINE else 1.0),
    )


def _soft_tissue(shape: Body, place: Plate, *, arms_down: bool) -> Field:
    top, side = shape.top, shape.width + shape.fat
    reach = shape.shoulder
    half = np.array([
        (0.155, -2.2), (0.16, top - 0.50), (0.20, top - 0.30), (0.32, top - 0.20),
        (0.55, top - 0.15), (reach - 0.12, top - 0.05), (reach + 0.02, top + 0.16), (side + 0.10, top + 0.42),
        (side + 0.02, top + 0.75), (side, 0.35), (side + 0.01, 0.9), (side + 0.02, 2.2),
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
    return np.maximum(thick * layer, limb * limbs) + _breasts(shape, place)


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


def _abdomen(shape: Body, place: Plate) -> Field:
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


def _windpipe(shape: Body, place: Plate) -> Field:
    fork = shape.top + (shape.dome - shape.top) * 0.42
    half = 0.030 * (1 - 0.2 * shape.youth)
    down = np.array([(0.0, -1.6), (0.005, shape.top), (-0.01, fork)])
    right = np.array([(-0.01, fork - 0.02), (-0.07, fork + 0.07), (-0.13, fork + 0.15)])
    left = np.array([(-0.01, fork - 0.02), (0.06, fork + 0.05), (0.16, fork + 0.12)])
    tubes = np.stack([line(points, 0.0) for points in (down, right, left)])
    airway = place.ribbons(tubes[:1], half)
    airway += np.float32(0.4) * place.ribbons(tubes[1:], half * 0.6)
    return softened(airway, place.unit * 0.008)


def _hila(shape: Body, place: Plate) -> Field:
    middle = shape.top + (shape.dome - shape.top) * 0.53
    knots = []
    for side in SIDES:
        angle = np.linspace(0, 2 * np.pi, 24)
        y = middle - (0.04 if side > 0 else 0.0) + 0.10 * np.sin(angle)
        knots.append(line(np.stack([(0.135 + 0.05 * np.cos(angle)) * side, y], 1), 0.0))
    return softened(place.filled(*knots), place.unit * 0.03)
