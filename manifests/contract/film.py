"""A decoded film, and the words for one that cannot be."""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A decoded picture: `pixels` uint8[H, W], and how it came to be."""

    pixels: Pixels
    format: str
    bits: int
    steps: tuple[str, ...] = ()
    colour: float = 0.0
    """Mean distance between the strongest and the weakest colour, 0-255; 0 in grey."""

    @property
    def pixel_sha256(self) -> str:
        """SHA-256 of shape and pixels: equal for the same picture in another wrapping."""
        shape = f"{self.pixels.shape[0]}x{self.pixels.shape[1]}:".encode()
        return hashlib.sha256(shape + self.pixels.tobytes()).hexdigest()


def to_eight_bits(samples: npt.NDArray[np.generic]) -> Pixels:
    """Samples of any depth stretched linearly from their own [min, max] to 0-255, rounded.

    A plain cast would clip 12-bit films to white and make them all look alike. Raises `ValueError`
    where a sample is infinite or no number.
    """
    values = samples.astype(np.float64)
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        raise ValueError("a sample is no number")
    if high <= low:
        return np.zeros(samples.shape, np.uint8)
    return np.rint((values - low) * (255.0 / (high - low))).astype(np.uint8)


def unreadable(name: str, found: str) -> Rejected:
    """What to raise for a film that cannot be read; the sentence says what to do."""
    told = f"{name}: {found}; fetch it again, or leave it rejected"
    return Rejected(Reason.UNREADABLE_IMAGE, told)


def check_size(name: str, width: int, height: int, max_pixels: int) -> None:
    """Raise `Rejected` for a picture that is too large, or has no pixel."""
    if width * height > max_pixels:
        raise unreadable(name, f"{width}x{height} exceeds the limit of {max_pixels} pixels")
    if min(width, height) < 1:
        raise unreadable(name, f"{width}x{height} holds no picture")
