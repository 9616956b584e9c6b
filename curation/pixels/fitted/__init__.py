"""The numbers that were fitted on real films, as tables beside this file, and their readers.

`python benchmarks/inspection.py FOLDER --write` fits them again, and prints how good they are.
"""

import csv
import functools
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FOLDER = Path(__file__).parent
Table = npt.NDArray[np.float32]


class LungModel(NamedTuple):
    """From 256 grey levels to 30 modes to a mask of 24 x 24."""

    grey_mean: Table
    to_modes: Table
    """float32[256, 30]."""
    mask_mean: Table
    modes: Table
    """float32[30, 576]."""


class Weights(NamedTuple):
    """Linear scores of named features: each is centred, scaled and weighted; [F], [F], [F, K]."""

    names: tuple[str, ...]
    centre: Table
    scale: Table
    weight: Table
    bias: Table

    def scores(self, features: npt.NDArray[np.floating]) -> Table:
        """float32[K], before any squashing."""
        return np.asarray(((features - self.centre) / self.scale) @ self.weight + self.bias)


@functools.cache
def lung_model() -> LungModel:
    """The shape model of the lungs."""
    grey, mask = _numbers("lung_grey.csv"), _numbers("lung_mask.csv")
    return LungModel(
        np.ascontiguousarray(grey[:, 0]), np.ascontiguousarray(grey[:, 1:]),
        np.ascontiguousarray(mask[:, 0]), np.ascontiguousarray(mask[:, 1:].T),
    )  # fmt: skip


@functools.cache
def weights(name: str) -> Weights:
    """The weights in `name`.csv: feature, centre, scale, one per class; `bias` comes last."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    numbers = np.array([[float(cell) for cell in row[1:]] for row in rows], np.float32)
    return Weights(
        names=tuple(row[0] for row in rows[:-1]),
        centre=numbers[:-1, 0], scale=numbers[:-1, 1],
        weight=np.ascontiguousarray(numbers[:-1, 2:]), bias=numbers[-1, 2:],
    )  # fmt: skip


def _numbers(name: str) -> Table:
    return np.loadtxt(FOLDER / name, np.float32, delimiter=",", skiprows=1, ndmin=2)
