"""The lasting shape of a drawn body, and the lines that its bones and organs follow.

Lengths are in half frames: x runs from the patient's right (-1) to left (+1), y from the top (-1)
of the frame to its foot (+1), z from the back (-1) to the front (+1). Lines are float64[N, 3].
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from curation.phantom.chance import Chance
from curation.phantom.patient import Patient
from manifests.contract.vocabulary import Sex

Line = npt.NDArray[np.float64]
Lines = npt.NDArray[np.float64]
"""float64[N, P, 3]: lines of the same number of points."""
RIBS = 10
SIDES = (-1, 1)
"""The patient's right and left, as the sign of x."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The measures of one person."""

    chance: Chance
    youth: float
    """0 from the age of 17, 1 up to 3: rounder and smaller thorax, larger heart, level ribs."""
    width: float
    """Half width of the rib cage at its widest."""
    top: float
    """Apex of the lungs."""
    dome: float
    """Top of the right diaphragm in full inspiration."""
    angle_depth: float
    """How far the costophrenic angle lies below the dome."""
    heart: float
    """Width of the heart, as a share of the thorax."""
    slope: float
    """1 for the steep ribs of a thin adult, 0.3 for the level ribs of an infant."""
    fat: float
    """Soft tissue outside the ribs."""
    shoulder: float
    """Half width of the shoulders."""
    bone: float
    """Radiographic density of bone, relative."""
    breast: float
    """0, or the size of the breast shadows."""


def body(person: Patient) -> Body:
    """The measures of `person`, by age, sex and chance."""
    chance = person.chance.of("body")
    youth = float(np.clip((17 - person.age_years) / 14, 0, 1))
    old = float(np.clip((person.age_years - 50) / 40, 0, 1))
    is_woman = person.sex is Sex.F and youth == 0
    return Body(
        chance=chance,
        youth=youth,
        width=chance.between("width", 0.64, 0.76) - 0.09 * youth,
        top=chance.between("top", -0.80, -0.68) + 0.17 * youth,
        dome=chance.between("dome", 0.30, 0.46) - 0.16 * youth,
        angle_depth=chance.between("angle", 0.17, 0.26) - 0.06 * youth,
        heart=chance.between("heart", 0.41, 0.49) + 0.03 * old + 0.08 * youth,
        slope=chance.between("slope", 0.75, 1.15) * (1 - 0.65 * youth),
        fat=chance.between("fat", 0.05, 0.17) * (1 - 0.4 * youth),
        shoulder=chance.between("shoulder", 0.90, 1.04) - 0.16 * youth,
        bone=chance.between("bone", 0.8, 1.2) * (1 - 0.35 * old) * (1 - 0.2 * youth),
        breast=chance.between("breast", 0.5, 1.0) if is_woman else 0.0,
    )


def wall(shape: Body, y: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Inner half width of the rib cage at height `y`."""
    foot = shape.dome + shape.angle_depth
    share = np.clip((np.asarray(y, float) - shape.top) / (foot - shape.top), 0, 1)
    power = 2.7 + 0.8 * shape.youth
    apex = shape.chance.between("apex", 0.40, 0.48)
    tucked = 1 - 0.035 * np.clip((share - 0.8) / 0.2, 0, 1) ** 2
    return np.asarray(shape.width * (apex + (1 - apex) * (1 - (1 - share) ** power)) * tucked)


def diaphragm(shape: Body, side: int, share: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Height of the diaphragm at `share` of the way from the midline to the chest wall."""
    share = np.asarray(share, float)
    peak = shape.chance.between(f"peak{side}", 0.44, 0.58)
    outwards = np.clip((share - peak) / (1 - peak), 0, 1) ** 2.6 * shape.angle_depth
    inwards = np.clip((peak - share) / peak, 0, 1) ** 2 * 0.09
    # The liver holds the right dome up.
    lower = shape.chance.between("left lower", 0.02, 0.07) if side > 0 else 0.0
    return np.asarray(shape.dome + lower + outwards + inwards)


def hemithorax(shape: Body, side: int, *, to_foot: bool) -> Line:
    """Outline of one lung field without the heart; `to_foot` ignores the diaphragm."""
    foot = shape.dome + shape.angle_depth
    heights = np.linspace(0, 1, 24) ** 1.5 * (foot - shape.top) + shape.top
    # The apex is a vault, not a corner.
    vault = np.sqrt(np.clip(1 - (1 - np.clip((heights - shape.top) / 0.13, 0, 1)) ** 2, 0, 1))
    inner = 0.5 * float(wall(shape, shape.top))
    lateral = np.stack([inner + (wall(shape, heights) - inner) * vault, heights], 1)
    if to_foot:
        base = np.array([[shape.width, 1.6], [0.05, 1.6]])
    else:
        share = np.linspace(1, 0.04, 24)
        base = np.stack([share * wall(shape, foot), diaphragm(shape, side, share)], 1)
    medial = np.array(
        [[0.045, shape.top + 0.5], [0.06, shape.top + 0.14], [0.09, shape.top + 0.05]]
    )
    outline = np.concatenate([lateral, base, medial])
    return line(outline * (side, 1), 0.0)


def rib(shape: Body, side: int, number: int, *, is_front: bool) -> Line:
    """Centre line of a rib, from the spine to the side, or (`is_front`) on to its front end."""
    chance = shape.chance.of("rib", number)
    spacing = (shape.dome + 0.06 - shape.top) / (RIBS - 1)
    start = shape.top + spacing * (number + 0.1 + chance.between("level", -0.12, 0.12))
    turn = np.linspace(0.5, 0.80, 14) * np.pi if is_front else np.linspace(0.02, 0.5, 16) * np.pi
    back = shape.slope * (0.05 + 0.014 * number) * chance.between("back", 0.8, 1.2)
    front = shape.slope * (0.16 + 0.012 * number) * chance.between("front", 0.8, 1.2)
    rise = 0.035 * shape.slope
    y = start + back * (1 - np.cos(turn)) - rise * np.sin(np.minimum(turn, np.pi / 2) * 2)
    y += (front - back) * np.clip(-np.cos(turn), 0, 1)
    x = 0.04 + (wall(shape, y) + 0.012 - 0.04) * np.sin(turn)
    return np.stack([x * side, y, -np.cos(turn)], 1)


def mediastinum(shape: Body, enlarged: float) -> Line:
    """Outline of heart and great vessels; `enlarged` is 1 in PA and more in AP."""
    chance = shape.chance.of("mediastinum")
    across = 2 * shape.width * shape.heart * enlarged
    right = across * chance.between("right", 0.27, 0.36)
    left = across - right
    neck = 0.075 + 0.035 * shape.youth + 0.02 * (enlarged - 1)
    knob = chance.between("knob", 0.10, 0.155) * (1 - 0.35 * shape.youth)
    # Rows: x, and the share of the way from the apex of the lungs (0) to the dome (1).
    rows = [
        (-neck, -0.4), (-neck, 0.12), (-neck * 1.05, 0.36), (-0.09 - right * 0.1, 0.52),
        (-right * 0.86, 0.66), (-right, 0.80), (-right * 0.93, 0.94), (-right * 0.6, 1.06),
        (0.0, 1.14), (left * 0.55, 1.15), (left * 0.9, 1.09), (left, 0.99),
        (left * 0.93, 0.88), (left * 0.76, 0.74), (left * 0.55, 0.62), (0.125, 0.52),
        (0.105, 0.45), (knob, 0.39), (knob * 1.02, 0.35), (knob * 0.75, 0.29),
        (neck, 0.2), (neck, -0.4),
    ]  # fmt: skip
    points = np.array(rows)
    points[:, 1] = shape.top + points[:, 1] * (shape.dome - shape.top)
    return line(smooth(points), 0.4)


def line(points: npt.NDArray[np.float64], z: float) -> Line:
    """Points in the plane, put at depth `z`."""
    return np.column_stack([points, np.full(len(points), z)])


def smooth(points: npt.NDArray[np.float64], steps: int = 6) -> npt.NDArray[np.float64]:
    """A closed Catmull-Rom curve through `points`."""
    before, here = np.roll(points, 1, 0)[:, None], points[:, None]
    after, beyond = np.roll(points, -1, 0)[:, None], np.roll(points, -2, 0)[:, None]
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    curve = (
        2 * here + (after - before) * t
        + (2 * before - 5 * here + 4 * after - beyond) * t**2
        + (3 * here - before - 3 * after + beyond) * t**3
    )  # fmt: skip
    return np.asarray(curve.reshape(-1, points.shape[1]) / 2)
