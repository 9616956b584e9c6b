"""What lies on and in a patient in bed: electrodes with their wires, a tube, a line.

Ill or healthy, an AP film has the same chance of them; else they would give the label away.
"""

import numpy as np

from curation.phantom.anatomy import Body, Line, line
from curation.phantom.chance import Chance, Field
from curation.phantom.patient import Occasion
from curation.phantom.plate import Plate, softened
from manifests.contract.vocabulary import View


def devices(shape: Body, place: Plate, occasion: Occasion) -> Field:
    """Density of what is not the patient."""
    chance = occasion.chance.of("devices")
    layer = place.empty()
    if occasion.view not in {View.AP, View.AP_SUPINE}:
        return layer
    if chance.whether("electrodes", 0.55):
        layer += np.float32(0.16) * _electrodes(shape, place, chance)
    if occasion.view is View.AP_SUPINE and chance.whether("tube", 0.3):
        fork = shape.top + (shape.dome - shape.top) * 0.3
        tube = np.stack([line(np.array([(0.01, -1.8), (0.0, shape.top), (0.002, fork)]), 0.0)])
        layer += np.float32(0.10) * (place.ribbons(tube, 0.012) - place.ribbons(tube, 0.007))
    if chance.whether("line", 0.3):
        down = np.linspace(0, 1, 16)
        x = -0.28 + 0.24 * np.minimum(down * 2, 1) ** 0.7
        catheter = line(np.stack([x, shape.top - 0.2 + 0.75 * down], 1), 0.2)
        layer += np.float32(0.13) * place.ribbons(catheter[None], 0.005)
    return softened(layer, 0.8)


def _electrodes(shape: Body, place: Plate, chance: Chance) -> Field:
    discs, wires = [], []
    spots = ((-0.45, 0.12), (0.47, 0.10), (0.50, 0.85), (-0.42, 0.9))
    for number, (middle, share) in enumerate(spots):
        spot = chance.of(number)
        x = middle + spot.between("x", -0.1, 0.1)
        y = shape.top + (share + spot.between("y", -0.08, 0.08)) * (shape.dome - shape.top)
        discs.append(_disc(x, y, 0.024))
        along = np.linspace(0, 1, 20)
        sway = spot.between("sway", -0.25, 0.25) * np.sin(along * np.pi)
        end = spot.between("end", -0.6, 0.6)
        wires.append(line(np.stack([x + (end - x) * along + sway, y + (1.5 - y) * along], 1), 1.0))
    return place.filled(*discs) + place.ribbons(np.stack(wires), 0.004)


def _disc(x: float, y: float, radius: float) -> Line:
    angle = np.linspace(0, 2 * np.pi, 20)
    return line(np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], 1), 1.0)
