"""Films to be lost among: copies of real films in every usual way, and strangers made of them.

A stranger is a blend of two different films, each turned, moved and bent (elastic warp): a chest
like the real ones and the same as none. F films, N strangers, W windows, D coefficients.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from copy_films import film as film_of
from copy_films import places
from tqdm import tqdm

from curation.duplicates.candidates import UNIT, descriptors, look, shrink
from curation.phantom.files import encoded
from curation.phantom.world import shots
from curation.pixels.fingerprint import working_copy
from manifests.contract.images import Pixels, decode
from manifests.contract.rejection import Rejected

Chance = np.random.Generator
Described = npt.NDArray[np.int16]
Transform = Callable[[Pixels, Chance], Pixels]

SIDE = 1024
"""Longest side of a working copy, as params.yaml has it."""
PHANTOMS = 300
"""Patients drawn where no real films are at hand."""
BEND = 8.0
"""Pixels of 256 by which the elastic warp moves a point, standard deviation."""


def real_films(folder: Path) -> list[Pixels]:
    """The films of `folder`; of the drawn world where there is no such folder."""
    if folder.is_dir():
        return [film_of(folder, name) for name in places(folder)]
    drawn = []
    for shot in shots(PHANTOMS, 0):
        try:
            drawn.append(working_copy(decode(shot.data, shot.ref).pixels, SIDE))
        except Rejected:
            continue
    return drawn


def described(films: Sequence[Pixels]) -> Described:
    """int16[F, W, D]."""
    return np.stack([descriptors(look(film).seen).astype(np.int16) for film in films])


def strangers(films: Sequence[Pixels], count: int, cache: Path) -> Described:
    """int16[count, W, D], kept in `cache`: they cost some minutes."""
    place = cache / f"strangers-{len(films)}-{count}.npy"
    if not place.exists():
        cv2.setNumThreads(1)
        views = [look(film).seen for film in films]
        with ThreadPoolExecutor() as pool:
            made = pool.map(lambda number: _stranger(views, number), range(count))
            bar = tqdm(made, total=count, desc="making strangers", disable=None)
            np.save(place, np.stack(list(bar)))
    return np.asarray(np.load(place), np.int16)


def _stranger(views: Sequence[Pixels], number: int) -> Described:
    chance = np.random.default_rng(number)
    one, other = chance.choice(len(views), 2, replace=False)
    height, width = views[one].shape
    share = chance.uniform(0.35, 0.65)
    second = cv2.resize(views[other], (width, height))
    first, second = (_bent(np.asarray(film, np.uint8), chance) for film in (views[one], second))
    blend = cv2.addWeighted(first, share, second, 1 - share, 0)
    return descriptors(np.asarray(blend, np.uint8)).astype(np.int16)


def _bent(film: Pixels, chance: Chance) -> Pixels:
    """The film turned by some degrees, larger or smaller by some hundredths, and bent."""
    height, width = film.shape
    turn = cv2.getRotationMatrix2D(
        (width / 2, height / 2), chance.normal(0, 4), 1 + abs(chance.normal(0, 0.06))
    )
    down, across = np.mgrid[:height, :width].astype(np.float32)
    bend = [
        cv2.resize(
            chance.normal(0, BEND, (6, 6)).astype(np.float32),
            (width, height),
            interpolation=cv2.INTER_CUBIC,
        )
        for _ in range(2)
    ]
    x = turn[0, 0] * across + turn[0, 1] * down + turn[0, 2] + bend[0]
    y = turn[1, 0] * across + turn[1, 1] * down + turn[1, 2] + bend[1]
    moved = cv2.remap(
        film, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )  # fmt: skip
    return np.asarray(moved, np.uint8)


def _crop(film: Pixels, chance: Chance, least: float, most: float) -> Pixels:
    height, width = film.shape
    top, bottom = (round(share * height) for share in chance.uniform(least, most, 2))
    left, right = (round(share * width) for share in chance.uniform(least, most, 2))
    return film[top : height - bottom, left : width - right]


def _jpeg(film: Pixels, quality: int) -> Pixels:
    return decode(encoded(np.ascontiguousarray(film), "jpg", quality), "copy.jpg").pixels


def _levels(film: Pixels, table: npt.NDArray[np.float64]) -> Pixels:
    return np.asarray(np.clip(np.rint(table), 0, 255).astype(np.uint8)[film], np.uint8)


def _framed(film: Pixels, chance: Chance) -> Pixels:
    """The film on a black page, as letterboxes and screenshots hold it."""
    height, width = film.shape
    tall, wide = (round(side * chance.uniform(0.05, 0.2)) for side in (height, width))
    framed = cv2.copyMakeBorder(film, tall, tall, wide, wide, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(framed, np.uint8)


def _turned(film: Pixels, degrees: float) -> Pixels:
    height, width = film.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(film, turn, (width, height)), np.uint8)


def _annotated(film: Pixels, chance: Chance) -> Pixels:
    height, width = film.shape
    marked = film.copy()
    x, y = (round(side * chance.uniform(0.2, 0.7)) for side in (width, height))
    thick = max(2, width // 200)
    cv2.arrowedLine(marked, (x, y), (x + width // 8, y + height // 9), 255, thick)
    where = (width // 30, round(height * 0.95))
    cv2.putText(marked, "12.03.2020", where, cv2.FONT_HERSHEY_SIMPLEX, width / 500, 255, thick)
    return np.asarray(marked, np.uint8)


def _noisy(film: Pixels, chance: Chance) -> Pixels:
    soft = cv2.GaussianBlur(film, (0, 0), film.shape[1] / 300)
    return np.asarray(np.clip(soft + chance.normal(0, 6, film.shape), 0, 255), np.uint8)


def _social(film: Pixels, chance: Chance) -> Pixels:
    smaller = shrink(_crop(film, chance, 0.01, 0.05), round(0.6 * max(film.shape)))
    return _jpeg(_levels(smaller, 255 * (np.arange(256) / 255) ** chance.uniform(0.7, 1.4)), 50)


LEVELS = np.arange(256) / 255
TRANSFORMS: dict[str, Transform] = {
    "jpeg 30": lambda film, _: _jpeg(film, 30),
    "resize 0.25": lambda film, _: shrink(film, max(film.shape) // 4),
    "crop 1-3 %": lambda film, chance: _crop(film, chance, 0.01, 0.03),
    "crop 3-7 %": lambda film, chance: _crop(film, chance, 0.03, 0.07),
    "crop 10-15 %": lambda film, chance: _crop(film, chance, 0.10, 0.15),
    "letterbox": _framed,
    "annotated": _annotated,
    "gamma 0.6-1.6": lambda film, chance: _levels(film, 255 * LEVELS ** chance.uniform(0.6, 1.6)),
    "window": lambda film, chance: _levels(film, 255 * (LEVELS - chance.uniform(0, 0.2)) * 1.3),
    "CLAHE": lambda film, _: np.asarray(cv2.createCLAHE(4.0, (8, 8)).apply(film), np.uint8),
    "mirror": lambda film, _: np.ascontiguousarray(film[:, ::-1]),
    "inversion": lambda film, _: np.asarray(255 - film, np.uint8),
    "rotation 2 degrees": lambda film, _: _turned(film, 2),
    "blur and noise": _noisy,
    "social media": _social,
}


def copies(films: Sequence[Pixels]) -> Iterator[tuple[str, Described]]:
    """Each transform's name and int16[F, W, D], a copy of every film."""
    for name, transform in TRANSFORMS.items():
        chance = np.random.default_rng(len(name))
        yield name, described([transform(film, chance) for film in films])


def drawn_like(real: Described, count: int, seed: int = 0) -> Described:
    """int16[count, W, D] of the mean and covariance of `real`, all windows of a film together."""
    chance = np.random.default_rng(seed)
    flat = real.reshape(len(real), -1).astype(np.float32)
    centre = flat.mean(axis=0)
    parts, weights, axes = np.linalg.svd(flat - centre, full_matrices=False)
    scaled = (axes * (weights / len(parts) ** 0.5)[:, None]).astype(np.float32)
    made = np.empty((count, *real.shape[1:]), np.int16)
    for start in range(0, count, 4096):
        size = min(4096, count - start)
        rows = chance.standard_normal((size, len(scaled)), np.float32) @ scaled + centre
        rows = rows.reshape(size, *real.shape[1:])
        made[start : start + size] = np.rint(
            rows * (UNIT / np.linalg.norm(rows, axis=2, keepdims=True))
        )
    return made
