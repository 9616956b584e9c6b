"""What pneumonia adds to a film: a dense lobe (CAP), or patches at both edges below (COVID-19)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from curation.phantom.anatomy import SIDES, Body, diaphragm, line, wall
from curation.phantom.chance import Chance, Field
from curation.phantom.plate import Plate, softened

Where = tuple[float, float]
LOBES = {
    "right upper": (-1, 0.48, 0.24, 0.36, 0.20), "right middle": (-1, 0.36, 0.72, 0.34, 0.17),
    "right lower": (-1, 0.52, 0.86, 0.36, 0.24), "left upper": (1, 0.52, 0.32, 0.34, 0.24),
    "left lower": (1, 0.55, 0.84, 0.34, 0.24),
}  # fmt: skip
"""Side; centre as shares of the way to the wall and from apex to dome; half width and height."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where disease may grow on this film."""

    shape: Body
    plate: Plate
    lungs: Field
    """1 where lung is seen."""
    texture: Field
    """The patient's own noise, mean 0, deviation 1."""
    has_sides: bool
    """Right and left lie beside each other, as in a frontal film."""
    tree: Field
    """Vessels; the airways beside them stay dark in a dense lobe."""


def opacities(condition: str, severity: float, person: Chance, ground: Ground) -> Field:
    """Added density, 0 outside the lungs."""
    if severity == 0 or condition == "normal":
        return ground.plate.empty()
    made = DISEASES[condition](severity, person.of(condition), ground)
    return np.asarray(made * ground.lungs, np.float32)


def _lobe(severity: float, person: Chance, ground: Ground) -> Field:
    side, share, height, across, down = LOBES[person.pick("lobe", sorted(LOBES))]
    share += person.between("share", -0.07, 0.07)
    height += person.between("height", -0.06, 0.06)
    size = 0.65 + 0.45 * severity
    blob = _blob(ground, side, (share, height), (across * size, down * size))
    dense = _step(_ragged(blob, ground.texture, 0.09), 0.30, 0.68)
    airways = np.clip(softened(ground.tree, 1.2) * 1.4, 0, 1)
    mottled = 1 + np.float32(0.10) * ground.texture
    strength = np.float32(person.between("strength", 0.27, 0.36) * (0.55 + 0.45 * severity))
    return np.asarray(strength * dense * mottled * (1 - np.float32(0.45) * airways), np.float32)


def _patches(severity: float, person: Chance, ground: Ground) -> Field:
    total = ground.plate.empty()
    for side in SIDES:
        chance = person.of(side)
        for number in range(chance.whole("patches", 2, 3) + round(2 * severity)):
            share = chance.between(f"share{number}", 0.66, 0.94)
            height = 0.42 + 0.56 * chance.unit(f"height{number}") ** 0.7
            radius = chance.between(f"radius{number}", 0.10, 0.17) * (0.6 + 0.5 * severity)
            flat = chance.between(f"flat{number}", 0.8, 1.7)
            total = np.maximum(total, _blob(ground, side, (share, height), (radius, radius * flat)))
    hazy = _step(_ragged(total, ground.texture, 0.16), 0.20, 0.80)
    strength = np.float32(person.between("strength", 0.19, 0.26) * (0.6 + 0.4 * severity))
    return np.asarray(strength * hazy * (1 + np.float32(0.15) * ground.texture), np.float32)


def _blob(ground: Ground, side: int, where: Where, size: Where) -> Field:
    """1 in the middle, falling smoothly to 0 at the ellipse's edge and beyond.

    `where` is the share of the way to the wall and from apex to diaphragm; `size` half axes.
    """
    (share, height), (across, down) = where, size
    shape, plate = ground.shape, ground.plate
    foot = float(diaphragm(shape, side, share))
    y = shape.top + height * (foot - shape.top)
    x = share * float(wall(shape, y)) * side
    corners = np.array([[x, y], [x + across, y], [x, y + down], [0, y]])
    middle, right, below, midline = plate.placed(line(corners, 0.0))
    columns = (np.arange(plate.width) - middle[0]) / max(1.0, abs(right[0] - middle[0]))
    rows = (np.arange(plate.height) - middle[1]) / max(1.0, abs(below[1] - middle[1]))
    if ground.has_sides:
        columns[(np.arange(plate.width) - midline[0]) * side < 0] = np.inf
    distance = columns.astype(np.float32)[None] ** 2 + rows.astype(np.float32)[:, None] ** 2
    return np.asarray(np.clip(1 - distance * np.float32(0.62), 0, 1), np.float32)


def _ragged(blob: Field, texture: Field, amount: float) -> Field:
    """The blob with an uneven edge, and nothing where there was none."""
    return np.asarray(blob + np.float32(amount) * texture * np.clip(blob * 4, 0, 1), np.float32)


def _step(values: Field, low: float, high: float) -> Field:
    share = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


DISEASES: Mapping[str, Callable[[float, Chance, Ground], Field]] = {
    "cap": _lobe, "covid19": _patches, "tuberculosis": _lobe,
}  # fmt: skip
