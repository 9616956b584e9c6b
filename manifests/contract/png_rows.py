"""The filters of a PNG's rows, undone: from differences to the grey of 8-bit pixels.

Source: PNG specification, third edition (W3C, 2025), section 9. W is the width in pixels.
"""

import numba
import numpy as np

from manifests.contract.film import Pixels

NONE, SUB, UP, AVERAGE, PAETH = range(5)


@numba.njit(nogil=True, cache=True)
def unfiltered(rows: Pixels, pixels: Pixels) -> bool:
    """Fill uint8[H, W] from uint8[H * (W + 1)]; false where a row names a filter that is none."""
    height, width = pixels.shape
    above = np.zeros(width, np.uint8)
    for y in range(height):
        start = y * (width + 1)
        kind, row, made = rows[start], rows[start + 1 : start + 1 + width], pixels[y]
        if kind == NONE:
            made[:] = row
        elif kind == SUB:
            _sub(row, made)
        elif kind == UP:
            _up(row, above, made)
        elif kind == AVERAGE:
            _average(row, above, made)
        elif kind == PAETH:
            _paeth(row, above, made)
        else:
            return False
        above = made
    return True


@numba.njit(nogil=True, cache=True)
def _sub(row: Pixels, made: Pixels) -> None:
    left = 0
    for x in range(len(row)):
        left = (row[x] + left) & 255
        made[x] = left


@numba.njit(nogil=True, cache=True)
def _up(row: Pixels, above: Pixels, made: Pixels) -> None:
    for x in range(len(row)):
        made[x] = (row[x] + above[x]) & 255


@numba.njit(nogil=True, cache=True)
def _average(row: Pixels, above: Pixels, made: Pixels) -> None:
    left = 0
    for x in range(len(row)):
        left = (row[x] + ((left + above[x]) >> 1)) & 255
        made[x] = left


@numba.njit(nogil=True, cache=True)
def _paeth(row: Pixels, above: Pixels, made: Pixels) -> None:
    """By the neighbour that is nearest to left + up - corner; of equal ones the first of these.

    Found without distances: that sum is past the higher of left and up where the corner is below
    the lower one, and the other way round; in between the corner is nearest only by thirds.
    """
    left, corner = np.int32(0), np.int32(0)
    for x in range(len(row)):
        up = np.int32(above[x])
        low, high = min(left, up), max(left, up)
        thrice = 3 * corner - left - up
        near = low if thrice >= high else corner
        left = np.int32((row[x] + (high if thrice <= low else near)) & 255)
        made[x] = left
        corner = up
