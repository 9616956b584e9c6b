"""A film reduced to what all measurements are made on: one small picture, one grid, its lungs.

The lungs come from a linear shape model (Cootes et al. 1995, without the iteration): sixteen by
sixteen equalised grey levels give the weights of thirty modes of hand-drawn lung masks. Its numbers
stand in `fitted/`, and `benchmarks/inspection.py` fits them again.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from curation.pixels.fitted import lung_model
from manifests.contract.images import Pixels

REDUCED = 256
"""Longest side of the small picture, pixels."""
GRID = 64
COARSE, MASK = 16, 24
UNEXPOSED = 6.0
"""A row or column whose grey levels deviate less shows no patient."""
LEAST_SHARE = 0.3
INSIDE = 0.5
Floats = npt.NDArray[np.float32]


class Frame(NamedTuple):
    """The part of the small picture that was exposed."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chest:
    """What the measurements share; `grid` and `lungs` are squeezed from the exposed part."""

    small: Pixels
    """uint8[H, W], the longest side 256 at most."""
    frame: Frame
    grid: Pixels
    """uint8[64, 64]: the exposed part, its grey levels as they are."""
    coarse: Floats
    """float32[256]: the grid equalised, at 16 x 16, -0.5 to 0.5."""
    lungs: Floats
    """float32[64, 64]: how surely a point lies in a lung, 0 to 1."""

    @property
    def lung_fraction(self) -> float:
        """The share of the whole picture that the lungs cover."""
        height, width = self.small.shape
        part = (self.frame.bottom - self.frame.top) * (self.frame.right - self.frame.left)
        covered = float((self.lungs > INSIDE).mean())
        return covered * float(part) / float(height * width)


def chest(pixels: Pixels) -> Chest:
    """The small picture of uint8[H, W] and the lungs on it, of whatever the film shows."""
    small = reduced(pixels)
    frame = exposed(small)
    part = small[frame.top : frame.bottom, frame.left : frame.right]
    grid = np.asarray(cv2.resize(part, (GRID, GRID), interpolation=cv2.INTER_AREA), np.uint8)
    coarse = coarsened(grid)
    return Chest(small=small, frame=frame, grid=grid, coarse=coarse, lungs=_lungs(coarse))


def with_lungs(film: Chest, mask: Pixels) -> Chest:
    """The same chest with the lungs of a mask: uint8[H, W], 0 or 255, of the whole frame."""
    height, width = film.small.shape
    whole = cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR)
    part = whole[film.frame.top : film.frame.bottom, film.frame.left : film.frame.right]
    lungs = cv2.resize(part, (GRID, GRID), interpolation=cv2.INTER_AREA)
    return replace(film, lungs=np.asarray(lungs / np.float32(255), np.float32))


def reduced(pixels: Pixels) -> Pixels:
    """`pixels` with their longest side at most 256: halved by area, the rest by line."""
    # Halving is what processors do fastest; a strip of one row cannot be halved.
    while max(pixels.shape) >= 2 * REDUCED and min(pixels.shape) > 1:
        height, width = pixels.shape
        whole = pixels[: height // 2 * 2, : width // 2 * 2]
        half = cv2.resize(whole, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        pixels = np.asarray(half, np.uint8)
    height, width = pixels.shape
    scale = REDUCED / max(height, width)
    if scale >= 1:
        return pixels
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def exposed(small: Pixels) -> Frame:
    """The part of a film between blank edges; all of it where little would be left."""
    levels = small.astype(np.float32)
    squares = levels * levels
    rows, columns = (_deviation(levels, squares, axis) > UNEXPOSED for axis in (1, 0))
    return Frame(*_extent(rows), *_extent(columns))


def coarsened(grid: Pixels) -> Floats:
    """uint8[64, 64] -> float32[256]: where it is bright and dark, whatever the exposure."""
    smooth = cv2.GaussianBlur(cv2.equalizeHist(grid), (0, 0), 1.5)
    coarse = cv2.resize(smooth, (COARSE, COARSE), interpolation=cv2.INTER_AREA)
    return np.asarray(coarse.ravel() / np.float32(255) - np.float32(0.5), np.float32)


def _deviation(levels: Floats, squares: Floats, axis: int) -> Floats:
    mean, square = (
        cv2.reduce(values, axis, cv2.REDUCE_AVG).ravel() for values in (levels, squares)
    )
    return np.asarray(np.sqrt(np.maximum(square - mean * mean, 0)), np.float32)


def _extent(is_exposed: npt.NDArray[np.bool_]) -> tuple[int, int]:
    found = np.flatnonzero(is_exposed)
    if len(found) < max(2, LEAST_SHARE * len(is_exposed)):
        return 0, len(is_exposed)
    return int(found[0]), int(found[-1]) + 1


def _lungs(coarse: Floats) -> Floats:
    model = lung_model()
    mask = model.mask_mean + ((coarse - model.grey_mean) @ model.to_modes) @ model.modes
    grown = cv2.resize(
        mask.reshape(MASK, MASK).astype(np.float32), (GRID, GRID), interpolation=cv2.INTER_CUBIC
    )
    return np.asarray(np.clip(grown, 0, 1), np.float32)
