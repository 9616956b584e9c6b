"""What is measured once on every film: its hash, its grey levels, its bounded working copy."""

from typing import NamedTuple

import cv2
import numpy as np
from imagehash import ImageHash
from scipy.fftpack import dct

from curation.pixels.lanczos import shrunk
from manifests.contract.images import Pixels

HASH_SIDE = 16
"""A hash of 8 x 8 takes different chests for one another (SEED, fact 4)."""


class Fingerprint(NamedTuple):
    """`phash` hexadecimal, 256 bits; `mean` and `deviation` of the grey levels, 0-255."""

    phash: str
    mean: float
    deviation: float


def fingerprint(pixels: Pixels) -> Fingerprint:
    """The fingerprint of uint8[H, W]. Rounded, so that every machine finds the same."""
    mean, deviation = cv2.meanStdDev(pixels)
    return Fingerprint(
        phash=phash(pixels),
        mean=round(float(mean[0, 0]), 4),
        deviation=round(float(deviation[0, 0]), 4),
    )


def phash(pixels: Pixels) -> str:
    """`imagehash.phash(..., hash_size=16)` of uint8[H, W], to the bit and faster."""
    waves = dct(dct(shrunk(pixels), axis=0), axis=1)[:HASH_SIDE, :HASH_SIDE]
    return str(ImageHash(waves > np.median(waves)))


def working_copy(pixels: Pixels, max_side: int) -> Pixels:
    """`pixels` with its longest side at most `max_side`; a smaller film comes back unchanged."""
    height, width = pixels.shape
    scale = max_side / max(height, width)
    if scale >= 1:
        return pixels
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
