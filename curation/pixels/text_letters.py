"""Which blobs of strokes are letters that stand alone: the side markers of most films.

One letter has no neighbours that speak for it, so it must be plain by itself.
"""

import numpy as np
import numpy.typing as npt

from curation.pixels.strokes import Blobs

TALL, FILLED, SOLID, EVEN = 8, 0.22, 0.14, 0.32
"""Of a letter that stands alone: least height, share of its box that is inked, width of its stroke
in its heights; most spread of grey level along the stroke, in contrasts."""
BENDS, FOLDS, FOLDED = 1.15, 1.3, 3.4
"""Strokes that it shows at least to a level or to an upright cut; at most to an upright one."""
RINGED, SOLID_RING = 2.0, 0.1
"""Strokes that any cut through a letter in a ring meets, and the width of its stroke."""
BOLD, BOLDER, CRISP = 50.0, 0.25, 0.9
"""Its least contrast, and more for each pixel that it is high on the film; its sharpness."""
STRIKING, CLEAN = 90.0, 0.65
"""The same where nothing else is so bright, and compression has smeared it."""
LEFT_HEAVY, FOOT_HEAVY = 0.42, 0.55
"""Where the ink of an L lies in its box: it has no bend that a cut would meet."""
Flags = npt.NDArray[np.bool_]


def is_letter(found: Blobs, scale: int) -> Flags:
    """Whether each blob alone is a letter, which must be plainer than one of a word."""
    height, width = found.height, found.width
    across, down = (found.middle - found.left) / width, (found.centre - found.top) / height
    is_l = (across < LEFT_HEAVY) & (down > FOOT_HEAVY)
    is_bent = (found.across >= BENDS) | (found.down > FOLDS) | is_l
    is_plain = (found.contrast > BOLD + BOLDER * scale * height) & (found.sharpness > CRISP)
    is_striking = (found.contrast > STRIKING) & (found.sharpness > CLEAN)
    is_ringed = (found.across > RINGED) & (found.down > RINGED)
    thinnest = np.where(is_ringed, SOLID_RING, SOLID) * height
    is_solid = (found.area > FILLED * width * height) & (found.stroke > thinnest)
    is_even = found.spread < EVEN * found.contrast
    is_letter = is_solid & is_even & is_bent & (is_plain | is_striking)
    return is_letter & (height >= TALL) & (found.down < FOLDED)
