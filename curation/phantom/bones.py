"""Ribs, collar bones, shoulder blades, spine: what gives a chest film its lines."""

import numpy as np
import numpy.typing as npt

from curation.phantom.anatomy import RIBS, SIDES, Body, Line, line, rib, smooth
from curation.phantom.chance import Field
from curation.phantom.plate import Plate, softened

BONES = np.float32(0.15)
"""Density of a rib seen flat on."""


def skeleton(shape: Body, plate: Plate, *, arms_down: bool) -> Field:
    """Density of all bones."""
    total = _ribs(shape, plate, is_front=False) + np.float32(0.75) * _ribs(
        shape, plate, is_front=True
    )
    total += np.float32(1.1) * _collar(shape, plate)
    total += np.float32(0.75) * _shoulders(shape, plate, arms_down=arms_down)
    total += np.float32(0.9) * _spine(shape, plate)
    return total * BONES * np.float32(shape.bone)


def _hollow(plate: Plate, lines: list[Line], width: npt.ArrayLike, marrow: float) -> Field:
    """Bands with a dense rim; `marrow` is the density inside."""
    stacked, width = np.stack(lines), np.asarray(width, float)
    full = plate.ribbons(stacked, width)
    inner = plate.ribbons(stacked, np.maximum(width - 0.008, width * 0.5))
    return softened(full - np.float32(1 - marrow) * inner, plate.unit * 0.004)


def _ribs(shape: Body, plate: Plate, *, is_front: bool) -> Field:
    numbers = range(7) if is_front else range(RIBS)
    lines = [rib(shape, side, n, is_front=is_front) for n in numbers for side in SIDES]
    thick = shape.chance.between("rib width", 0.022, 0.030) * (1 - 0.1 * shape.youth)
    # A front end turns to cartilage, which no film shows.
    width = thick * np.linspace(1.15, 0.8, 14) if is_front else np.full(16, thick)
    return _hollow(plate, lines, width, 0.62)


def _collar(shape: Body, plate: Plate) -> Field:
    lines = []
    for side in SIDES:
        chance = shape.chance.of("collar", side)
        outward = np.linspace(0, 1, 12)
        reach = shape.shoulder - 0.15
        x = 0.055 + outward * reach
        fall = chance.between("fall", 0.08, 0.15)
        y = shape.top + 0.13 - fall * outward + 0.035 * np.sin(outward * 2 * np.pi)
        lines.append(np.stack([x * side, y, np.full(12, 0.7)], 1))
    return _hollow(plate, lines, 0.026 * (1 - 0.25 * shape.youth), 0.6)


def _shoulders(shape: Body, plate: Plate, *, arms_down: bool) -> Field:
    blades, heads, shafts = [], [], []
    for side in SIDES:
        chance = shape.chance.of("blade", side)
        inner = shape.width * (0.72 if arms_down else 0.97) + chance.between("inner", -0.03, 0.03)
        top, socket = shape.top, shape.shoulder - 0.13
        corners = np.array([
            (inner + 0.02, top + 0.10), (inner, top + 0.34), (inner + 0.05, top + 0.66),
            (inner + 0.12, top + 0.55), (socket - 0.03, top + 0.24), (socket, top + 0.10),
            (socket - 0.10, top + 0.04),
        ])  # fmt: skip
        blades.append(line(smooth(corners) * (side, 1), -0.8))
        angle = np.linspace(0, 2 * np.pi, 24)
        ball = np.stack(
            [socket + 0.075 + 0.075 * np.cos(angle), top + 0.14 + 0.08 * np.sin(angle)], 1
        )
        heads.append(line(ball * (side, 1), -0.2))
        lean = 0.06 if arms_down else 0.22
        shaft = np.array([(socket + 0.09, top + 0.16), (socket + 0.10 + 2 * lean, top + 1.9)])
        shafts.append(line(shaft * (side, 1), -0.2))
    blade = plate.filled(*blades)
    rim = softened(blade, plate.unit * 0.006) - softened(blade, plate.unit * 0.02)
    humerus = np.maximum(plate.filled(*heads), _hollow(plate, shafts, 0.045, 0.55))
    total = np.float32(0.45) * blade + np.maximum(rim, 0) + softened(humerus, plate.unit * 0.006)
    return np.asarray(total, np.float32)


def _spine(shape: Body, plate: Plate) -> Field:
    chance = shape.chance.of("spine")
    spacing = (shape.dome - shape.top) / chance.between("count", 8.6, 9.8)
    bend = chance.between("bend", -0.03, 0.03)
    bodies, pedicles, spikes = [], [], []
    for number in range(-4, 15):
        y = shape.top + spacing * number
        middle = bend * np.sin((y + 0.5) * 2.2)
        half = 0.052 + 0.0018 * number
        tall = spacing * 0.40
        corners = np.array([(half, tall), (half * 0.9, 0), (half, -tall), (-half, -tall),
                            (-half * 0.9, 0), (-half, tall)])  # fmt: skip
        bodies.append(line(corners + np.array([middle, y]), -0.55))
        angle = np.linspace(0, 2 * np.pi, 12)
        round_ = np.stack([np.cos(angle) * 0.011, np.sin(angle) * 0.018], 1)
        pedicles += [
            line(round_ + np.array([middle + s * half * 0.62, y - tall * 0.3]), -0.7) for s in SIDES
        ]
        spikes.append(line(round_ * (1.0, 1.5) + np.array([middle, y + tall * 0.6]), -0.9))
    column = softened(plate.filled(*bodies), plate.unit * 0.006)
    marks = softened(plate.filled(*pedicles, *spikes), plate.unit * 0.004)
    return np.float32(0.75) * column + np.float32(0.45) * marks
