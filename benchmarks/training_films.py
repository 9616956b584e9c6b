"""Stacks to train on: real films, noise, and the same stacks as pictures in folders."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image
from planted import TASK, row

from curation.pixels.recipe import PLAIN
from curation.stacking import Asked, stack_of
from manifests.contract.prepared import Film, Prepared, read_prepared, write_prepared
from manifests.contract.vocabulary import Split
from training.films import Films, films_of, read_task

NOT_FILMS = ("mask", "annotations")
OF_TIMM = {Split.TRAIN: "train", Split.VAL: "validation"}
SIZE = PLAIN.size
TRAIN, VAL = 64, 16


def real(pictures: Path, folder: Path, train: int, val: int = 0) -> Prepared:
    """Stacks of films from all over `pictures`, as shards in `folder`.

    Labels are given in turn: what a film shows does not change what it costs.
    """
    found = (place for place in sorted(pictures.rglob("*")) if place.is_file())
    films = [place for place in found if not any(word in str(place).lower() for word in NOT_FILMS)]
    # Every so many films, then those beside them: some files are no pictures.
    step = max(1, len(films) // (train + val))
    spread = (place for first in range(step) for place in films[first::step])
    made = (stack_of(Asked(place, PLAIN, None)) for place in spread)
    stacks = (one[1] for one in made if not isinstance(one, str))
    return _written(folder, stacks, train, val)


def noise(folder: Path, train: int) -> Prepared:
    chance = np.random.default_rng(1)
    stacks = (
        np.frombuffer(chance.bytes(SIZE * SIZE * 3), np.uint8).reshape(SIZE, SIZE, 3)
        for _ in range(train)
    )
    return _written(folder, stacks, train, 0)


def _written(folder: Path, stacks: Iterator[np.typing.NDArray[np.uint8]], train: int,
             val: int) -> Prepared:  # fmt: skip
    folder.mkdir(parents=True)
    splits = [Split.TRAIN] * train + [Split.VAL] * val
    rows = (
        row(number, split=split, finding=("normal", "covid19")[number % 2])
        | {"record_id": f"cohen/{number:06d}"}
        for number, split in enumerate(splits)
    )
    films = (Film(known, stack) for known, stack in zip(rows, stacks, strict=False))
    meta = {"manifest_id": "m", "recipe_id": "plain", "recipe": "{}", "size": str(SIZE),
            "channels": "image,beasf,clahe"}  # fmt: skip
    count = write_prepared(folder, islice(films, len(splits)), meta)
    if count < len(splits):
        raise SystemExit(f"{count} films of {len(splits)} that were asked for; ask for fewer")
    return read_prepared(folder)


def as_pictures(prepared: Prepared, folder: Path) -> None:
    """The same stacks as PNG files in SPLIT/LABEL/, as timm reads them."""
    for split, name in OF_TIMM.items():
        films: Films = films_of(prepared, read_task(TASK), split)
        for number, target in enumerate(films.targets):
            place = folder / name / films.labels[target]
            place.mkdir(parents=True, exist_ok=True)
            Image.fromarray(films.pixels(number)).save(place / f"{number:06d}.png")
