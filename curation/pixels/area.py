"""A film made smaller by area: each new pixel is the mean of what it covers, edges by their share.

To the bit OpenCV's `INTER_AREA` in a third to a half of the time: that adds up a row's pixels again
for each new row that has a share in it, and goes from pixel to pixel by a table.
"""

import cv2
import numba
import numpy as np
import numpy.typing as npt

from manifests.contract.images import Pixels

LEAST_SHARE = 1e-3
"""A smaller share of a pixel is left out; OpenCV's constant."""
FEWEST = 3
"""Pixels that a new one may have a share in; below twice the size there are never more."""
Weights = npt.NDArray[np.float32]
Sums = npt.NDArray[np.float32]
Places = npt.NDArray[np.uint32]


def by_area(pixels: Pixels, size: int) -> Pixels:
    """uint8[H, W] -> uint8[size, size] for H and W of at least `size`."""
    if all((1 / (size / side)).is_integer() for side in pixels.shape):
        # Whole pixels only, which processors do fastest; OpenCV rounds their half up.
        whole = cv2.resize(pixels, (size, size), interpolation=cv2.INTER_AREA)
        return np.asarray(whole, np.uint8)
    made = np.empty((size, size), np.uint8)
    _average(pixels, made)
    return made


@numba.njit(nogil=True, cache=True)
def _average(pixels: Pixels, made: Pixels) -> None:
    """Sums are of float32, row by row and in OpenCV's order: in another the last digit differs."""
    height, width = pixels.shape
    size = len(made)
    across, shares = _covered(width, size)
    down, weights = _covered(height, size)
    row = np.zeros(width + len(shares), np.float32)
    part, total = np.empty(size, np.float32), np.empty(size, np.float32)
    known = -1
    for y in range(size):
        total[:] = 0
        for k in range(len(weights)):
            weight, at = weights[k, y], int(down[y]) + k
            if weight == 0:
                break
            if at != known:
                _add_up(pixels[at], across, shares, row, part)
                known = at
            for x in range(size):
                total[x] += part[x] * weight
        for x in range(size):
            made[y, x] = np.uint8(np.rint(total[x]))


@numba.njit(nogil=True, cache=True)
def _add_up(source: Pixels, first: Places, shares: Weights, row: Sums, part: Sums) -> None:
    """Fill `part`, float32[size], from a row of the film; `row` is room for that as float32."""
    for x in range(len(source)):
        row[x] = source[x]
    one, two, three = shares[0], shares[1], shares[2]
    second, third = row[1:], row[2:]
    for x in range(len(part)):
        left = first[x]
        part[x] = row[left] * one[x] + second[left] * two[x] + third[left] * three[x]
    for more in range(FEWEST, len(shares)):
        for x in range(len(part)):
            part[x] += row[np.int64(first[x]) + more] * shares[more, x]


@numba.njit(nogil=True, cache=True)
def _covered(length: int, size: int) -> tuple[Places, Weights]:
    """Of each new pixel along a side: the first that it covers, and its share in that and the next.

    uint32[size] and float32[T, size], with zeros behind the last of at most T.
    """
    scale = 1 / (size / length)
    # Without a sign, so that nobody asks whether an index counts from the end.
    first = np.empty(size, np.uint32)
    shares = np.zeros((max(FEWEST, int(np.ceil(scale)) + 1), size), np.float32)
    for place in range(size):
        start, stop = place * scale, place * scale + scale
        reach = min(scale, length - start)
        end = min(int(np.floor(stop)), length - 1)
        whole = min(int(np.ceil(start)), end)
        is_cut = whole - start > LEAST_SHARE
        least = whole - int(is_cut)
        first[place] = least
        if is_cut:
            shares[0, place] = (whole - start) / reach
        for pixel in range(whole, end):
            shares[pixel - least, place] = 1 / reach
        if stop - end > LEAST_SHARE:
            shares[end - least, place] = min(stop - end, 1, reach) / reach
    return first, shares
