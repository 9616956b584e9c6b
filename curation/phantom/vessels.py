"""The tree of vessels that fans out from each hilum, thinner at every fork."""

import numpy as np
import numpy.typing as npt

from curation.phantom.anatomy import SIDES, Body, Lines
from curation.phantom.chance import Chance, Field
from curation.phantom.plate import Plate, softened

Values = npt.NDArray[np.float64]
HEADINGS = np.array([1.25, 0.85, 0.35, -0.25, -0.8, -1.2])
"""Of the trunks in each hilum, radians below the horizontal."""
FORKS = 5


def vessels(shape: Body, plate: Plate) -> Field:
    """0 to 1: how much vessel the ray meets."""
    layers = []
    for side in SIDES:
        chance = shape.chance.of("vessel", side)
        for lines, widths in _tree(chance, shape, side):
            layers.append(plate.ribbons(lines, widths))
    return softened(np.maximum.reduce(layers), plate.unit * 0.004)


def _tree(chance: Chance, shape: Body, side: int) -> list[tuple[Lines, Values]]:
    """The branches between one fork and the next, with their half widths, trunks first."""
    count = len(HEADINGS)
    middle = shape.top + (shape.dome - shape.top) * chance.series("hilum", count, 0.46, 0.58)
    start = np.stack([np.full(count, 0.11), middle - (0.03 if side > 0 else 0.0)], 1)
    heading = HEADINGS + chance.series("heading", count, -0.2, 0.2)
    depth = chance.series("depth", count, -0.5, 0.5)
    thick = chance.series("thick", count, 0.011, 0.017) * np.where(HEADINGS > 0, 1.1, 0.85)
    made = []
    for fork in range(FORKS + 1):
        part = chance.of("fork", fork)
        count = len(heading)
        length = part.series("length", count, 0.10, 0.17) * (1.02 - 0.06 * fork)
        turn = heading[:, None] + part.series("bend", count, -0.25, 0.25)[:, None] * _ALONG
        steps = np.stack([np.cos(turn), np.sin(turn)], -1) * (length / 4)[:, None, None]
        points = start[:, None] + np.concatenate(
            [np.zeros((count, 1, 2)), np.cumsum(steps[:, :-1], 1)], 1
        )
        depths = np.broadcast_to(depth[:, None], points.shape[:2])
        lines = np.concatenate([points * (side, 1), depths[..., None]], -1)
        made.append((lines, thick[:, None] * (1 - 0.3 * _ALONG)))
        start, thick = points[:, -1].repeat(2, 0), thick.repeat(2) * 0.62
        spread = part.series("spread", 2 * count, 0.15, 0.6) * np.tile([1, -1], count)
        heading = turn[:, -1].repeat(2) + spread
        depth = depth.repeat(2) + part.series("depth", 2 * count, -0.15, 0.15)
    return made


_ALONG = np.linspace(0, 1, 5)[None]
