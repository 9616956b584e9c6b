"""Drawn films with two dark lungs, and masks of them: enough to learn in seconds."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from manifests.contract.images import Pixels
from manifests.contract.masked import SIDE, MaskedFilm, MaskedFilms, read_masked, write_masked
from training.plan import Schedule
from training.stages import segment


def film(number: int) -> tuple[Pixels, Pixels]:
    """uint8[256, 256]: a film, and its mask of two lungs; another number, another body."""
    chance = np.random.default_rng(number)
    pixels = chance.integers(150, 190, (SIDE, SIDE)).astype(np.uint8)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    for middle in (80, 176):
        at = middle + int(chance.integers(-8, 9)), 128 + int(chance.integers(-10, 11))
        cv2.ellipse(mask, at, (34, int(chance.integers(65, 85))), 0, 0, 360, 255, -1)
    pixels[mask > 0] //= 3
    return pixels, mask


def masked_films(folder: Path, count: int, films_each: int = 1) -> MaskedFilms:
    """`count` films as stage masked leaves them, `films_each` of every patient."""
    write_masked(folder, _films(count, films_each))
    return read_masked(folder)


def _films(count: int, films_each: int) -> Iterator[MaskedFilm]:
    for number in range(count):
        pixels, mask = film(number)
        yield MaskedFilm(
            record_id=f"nlm_tb/{number:03d}.png", source="nlm_tb",
            group=f"g{number // films_each}", is_drawn=True, film=pixels, mask=mask,
        )  # fmt: skip


def params(**given: object) -> segment.Params:
    usual: dict[str, object] = {
        "model": "resnet10t", "size": 64, "equalise": "none", "epochs": 1, "batch": 4,
        "learning_rate": 2e-3, "schedule": Schedule.COSINE, "val": 0.15, "test": 0.25,
        "salt": "one", "least_patients": 5, "bootstrap": 100, "seed": 1,
    }  # fmt: skip
    return segment.Params.model_validate(usual | given)
