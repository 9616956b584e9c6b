"""A frontal film as density: soft tissue less air, plus heart, bones, vessels and disease."""

import dataclasses

import numpy as np

from curation.phantom.anatomy import SIDES, Body, body, hemithorax, mediastinum
from curation.phantom.bones import skeleton
from curation.phantom.chance import Field
from curation.phantom.density import Density
from curation.phantom.devices import devices
from curation.phantom.disease import Ground, opacities
from curation.phantom.organs import abdomen, hila, soft_tissue, windpipe
from curation.phantom.patient import Occasion, Patient
from curation.phantom.plate import domed, plate, softened
from curation.phantom.vessels import vessels
from manifests.contract.vocabulary import View


def frontal(person: Patient, occasion: Occasion, height: int, width: int) -> Density:
    """The chest from the front or the back."""
    shape = breathing(body(person), occasion)
    place = plate(occasion, height, width)
    is_pa = occasion.view is View.PA
    soft = soft_tissue(shape, place, arms_down=not is_pa)
    centre = softened(place.filled(mediastinum(shape, 1.0 if is_pa else 1.14)), place.unit * 0.011)
    field = np.maximum(*(softened(place.filled(hemithorax(shape, side, to_foot=False)), 1.0)
                         for side in SIDES))  # fmt: skip
    depth = np.maximum(*(domed(place.filled(hemithorax(shape, side, to_foot=True)),
                               0.24 * place.unit) for side in SIDES))  # fmt: skip
    lungs = np.asarray(field * (1 - centre), np.float32)
    air = field * (np.float32(0.35) + np.float32(0.65) * depth) * (1 - np.float32(0.93) * centre)
    tree = vessels(shape, place)
    texture = person.chance.clouds("texture", height, width, 38.0, octaves=3)
    ground = Ground(
        shape=shape, plate=place, lungs=lungs, texture=texture, tree=tree, has_sides=True
    )
    added = opacities(occasion.condition, occasion.severity, person.chance, ground)
    film = (
        soft
        - np.float32(0.46) * air
        + np.float32(0.10) * centre
        + np.float32(0.13) * abdomen(shape, place)
        + air * (np.float32(0.09) * tree + np.float32(0.010) * texture)
        + hila(shape, place) * np.float32(0.06)
        + skeleton(shape, place, arms_down=not is_pa) * _contrast(air, soft, centre)
        - np.float32(0.12) * windpipe(shape, place)
        + devices(shape, place, occasion)
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
    up = chance.between("up", 0.0, 0.01)
    # Never twice the same breath: else a follow-up could pass for a copy of the film before.
    up += 0.03 * (occasion.number % 2) + 0.013 * (occasion.number // 2)
    up += 0.05 if occasion.view is View.AP_SUPINE else 0.0
    up += 0.02 if occasion.view in {View.AP, View.AP_ERECT} else 0.0
    return dataclasses.replace(
        shape,
        dome=shape.dome - up,
        slope=shape.slope * (1 - 1.2 * up) * chance.between("slope", 0.95, 1.05),
        heart=shape.heart * (1 + up) * chance.between("beat", 0.97, 1.03),
        fat=shape.fat * (1.2 if occasion.view is View.AP_SUPINE else 1.0),
    )
