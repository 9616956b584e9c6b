"""Adaptive equalisation by rank (paper figure 3c): each pixel against the disk around it.

Every point of the disk is compared, for a whole row of the film at once: processors compare 64
bytes in a step, which is faster than keeping the counts of a disk while it slides.
"""

import numba
import numpy as np
import numpy.typing as npt

from manifests.contract.images import Pixels

WHITE = 255
WIDEST = 127
"""Largest radius whose row of a disk a byte can count."""
Whole = npt.NDArray[np.int64]


def local_ranks(pixels: Pixels, radius: int) -> Pixels:
    """uint8[H, W] -> uint8[H, W]: 255 times the share of the disk that is no brighter, truncated.

    To the bit scikit-image's `filters.rank.equalize(pixels, morphology.disk(radius))`. The disk
    holds what is no further than `radius` pixels from its centre, and ends at the edge of the film.
    Raises `ValueError` for a radius outside 0 to 127.
    """
    if not 0 <= radius <= WIDEST:
        raise ValueError(f"a radius of {radius} pixels; 0 to {WIDEST} can be had")
    at = np.arange(-radius, radius + 1)
    # Half the width of each row of the disk.
    reach = np.floor(np.sqrt(radius**2 - at**2)).astype(np.int64)
    made = np.empty(pixels.shape, np.uint8)
    # Black beside the film is no brighter than anything: it is counted, and taken off again.
    _compare(np.pad(pixels, ((0, 0), (radius, radius))), reach, _inside(pixels.shape, reach), made)
    return made


def _inside(shape: tuple[int, ...], reach: Whole) -> Whole:
    """int64[2 * radius + 2, W]: points of the disk's first rows that lie between left and right."""
    right = np.arange(shape[1])
    wide = np.minimum(reach[:, None], right) + np.minimum(reach[:, None], right[::-1]) + 1
    return np.concatenate([np.zeros((1, shape[1]), np.int64), np.cumsum(wide, 0)])


@numba.njit(nogil=True, cache=True)
def _compare(padded: Pixels, reach: Whole, inside: Whole, made: Pixels) -> None:
    height, width = made.shape
    radius = len(reach) // 2
    count, part = np.empty(width, np.uint16), np.empty(width, np.uint8)
    for y in range(height):
        first, last = max(-radius, -y), min(radius, height - 1 - y)
        own = padded[y, radius : radius + width]
        count[:] = 0
        points = 0
        for down in range(first, last + 1):
            half = reach[down + radius]
            points += 2 * half + 1
            row = padded[y + down]
            at, end = radius - half, radius + half + 1
            part[:] = 0
            # Four points in a step: `own` and `part` are read once for all of them.
            while at + 4 <= end:
                one, two, three, four = row[at:], row[at + 1 :], row[at + 2 :], row[at + 3 :]
                for x in range(width):
                    level = own[x]
                    pair = np.uint8(one[x] <= level) + np.uint8(two[x] <= level)
                    part[x] += pair + np.uint8(three[x] <= level) + np.uint8(four[x] <= level)
                at += 4
            while at < end:
                other = row[at:]
                for x in range(width):
                    part[x] += np.uint8(other[x] <= own[x])
                at += 1
            for x in range(width):
                count[x] += part[x]
        for x in range(width):
            area = inside[last + radius + 1, x] - inside[first + radius, x]
            black = points - area
            made[y, x] = int(WHITE * (np.int64(count[x]) - black) / area)
