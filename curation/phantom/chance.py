"""Chance as a pure function of names: a new patient or film moves nothing that was drawn before.

No generator is carried along, so there is no state and no order: the same names give the same
value on every machine (integers throughout; SplitMix64, Steele et al. 2014, fills whole fields).
"""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float32]
"""float32[H, W]: one value per pixel."""
Item = TypeVar("Item")
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


class Chance:
    """What happens by chance to the thing of this name, such as world 1, patient p017."""

    def __init__(self, *names: str | int) -> None:
        self._names = names

    def of(self, *names: str | int) -> "Chance":
        """The chance of a part of this thing."""
        return Chance(*self._names, *names)

    def unit(self, name: str) -> float:
        """A number in [0, 1)."""
        return (self._seed(name) >> 11) * 2.0**-53

    def between(self, name: str, low: float, high: float) -> float:
        return low + (high - low) * self.unit(name)

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number, both ends possible."""
        return low + int(self.unit(name) * (high - low + 1))

    def whether(self, name: str, probability: float) -> bool:
        return self.unit(name) < probability

    def pick(self, name: str, options: Sequence[Item]) -> Item:
        return options[int(self.unit(name) * len(options))]

    def series(self, name: str, count: int, low: float, high: float) -> npt.NDArray[np.float64]:
        """`count` numbers in [low, high), independent of each other."""
        units = (self._bits(name, count) >> np.uint64(11)).astype(np.float64) * 2.0**-53
        return np.asarray(low + (high - low) * units, np.float64)

    def grain(self, name: str, height: int, width: int) -> Field:
        """Independent, nearly normal values of mean 0 and deviation 1 (sums of four uniforms)."""
        words = self._bits(name, height * width).view(np.uint16).reshape(-1, 4)
        sums = words.sum(axis=1, dtype=np.int32).reshape(height, width)
        return np.asarray((sums - 131070) * np.float32(1 / 37837.2), np.float32)

    def clouds(self, name: str, height: int, width: int, cell: float, octaves: int = 4) -> Field:
        """Value noise of mean 0 and deviation near 1, with features of `cell` pixels and finer."""
        total = np.zeros((height, width), np.float32)
        weight, power = 1.0, 0.0
        for octave in range(octaves):
            rows, columns = int(height / cell) + 4, int(width / cell) + 4
            lattice = self.grain(f"{name}/{octave}", rows, columns)
            scale = np.array([[1 / cell, 0, 1.5], [0, 1 / cell, 1.5]])
            total += np.float32(weight) * cv2.warpAffine(
                lattice, scale, (width, height),
                flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT,
            )  # fmt: skip
            power += weight * weight * 0.6
            weight, cell = weight * 0.6, cell / 2
            if cell < 1:
                break
        return total * np.float32(power**-0.5)

    def _seed(self, name: str) -> int:
        text = "/".join(str(part) for part in (*self._names, name))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")

    def _bits(self, name: str, count: int) -> npt.NDArray[np.uint64]:
        with np.errstate(over="ignore"):
            z = np.uint64(self._seed(name)) + np.arange(1, count + 1, dtype=np.uint64) * _GOLDEN
            z = (z ^ (z >> np.uint64(30))) * _FIRST
            z = (z ^ (z >> np.uint64(27))) * _SECOND
            return z ^ (z >> np.uint64(31))
