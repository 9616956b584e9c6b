"""How much a frontal film looks like a child's, from the size and shape of the lungs.

Five features that anatomy explains. Refused, because they know a source and not an age: the size
and shape of the file, its compression and grey levels, black borders, where the lungs lie in the
frame, and how wide they are for their height, which is the crop of the best known children's set.
"""

import math

import cv2
import numpy as np
import numpy.typing as npt

from curation.pixels.chest import INSIDE, Chest, Floats
from curation.pixels.fitted import weights

NAMED = ("lung_fraction", "level_ribs", "rib_slope", "narrow_top", "full_box")
LEAST_LUNG = 100
"""Points of the grid; less lung than this has no shape."""
SURE = 0.6
TAIL = 0.02


def pediatric_score(film: Chest, *, are_drawn: bool = False) -> float | None:
    """0: an adult's lungs, 1: a child's; None where no lungs are seen.

    `are_drawn`: the lungs are those of a mask, which says more than the shape model's do.
    """
    found = features(film)
    if found is None:
        return None
    score = float(weights("child_masks" if are_drawn else "child").scores(found)[0])
    return round(1 / (1 + math.exp(-score)), 3)


def features(film: Chest) -> Floats | None:
    """float32[5], as `NAMED`: small lungs, level ribs, apices as wide as bases, rounded lungs."""
    inside = film.lungs > INSIDE
    if int(inside.sum()) < LEAST_LUNG:
        return None
    (top, bottom), (left, right) = (_span(film.lungs.sum(axis)) for axis in (1, 0))
    level, slope = _ribs(film, (left + right) / 2)
    tall = bottom - top
    upper = _breadth(inside, top + 0.15 * tall, top + 0.35 * tall)
    lower = _breadth(inside, top + 0.6 * tall, top + 0.8 * tall)
    return np.array(
        [math.log(film.lung_fraction + 1e-6), level, slope, upper / (lower + 1),
         float(inside.sum()) / (tall * (right - left) + 1)], np.float32,
    )  # fmt: skip


def _span(mass: Floats) -> tuple[float, float]:
    """Between which points of an axis all but the tails of the lungs lie."""
    share = np.cumsum(mass) / mass.sum()
    low, high = np.interp([TAIL, 1 - TAIL], share, np.arange(len(mass)))
    return float(low), float(high)


def _breadth(inside: npt.NDArray[np.bool_], first: float, last: float) -> float:
    """From the outer edge of one lung to that of the other, the mean of some rows."""
    rows = inside[int(first) : int(last) + 1]
    rows = rows[rows.any(1)]
    if not len(rows):
        return 0.0
    return float((rows.shape[1] - rows[:, ::-1].argmax(1) - rows.argmax(1)).mean())


def _ribs(film: Chest, middle: float) -> tuple[float, float]:
    """The share of level edges in the lungs, and how steeply edges fall outwards, -1 to 1."""
    part = film.small[film.frame.top : film.frame.bottom, film.frame.left : film.frame.right]
    height, width = part.shape
    size = max(2, width // 2), max(2, height // 2)
    # At half the size the noise is averaged out and the ribs still are two points wide.
    half = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    across = cv2.Sobel(half, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(half, cv2.CV_32F, 0, 1)
    is_lung = cv2.resize(film.lungs, size, interpolation=cv2.INTER_LINEAR) > SURE
    across[:, int(middle * size[0] / film.lungs.shape[1]) :] *= -1
    across, down = across[is_lung], down[is_lung]
    total = float(across @ across + down @ down) + 1e-6
    return float(down @ down) / total, 2 * float(across @ down) / total
