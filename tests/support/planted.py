"""Prepared films to train on in seconds: noise, and a bright square where there is disease."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from manifests.contract.box import Box
from manifests.contract.prepared import Film, Prepared, read_prepared, write_prepared
from training.data import look_at
from training.films import Films
from training.lesson import Lesson
from training.plan import Schedule
from training.stages import train

TASK = {"normal": ["normal"], "covid19": ["covid19"]}
SIDE = 96
WHOLE = Box()


def square(side: int = SIDE) -> tuple[slice, slice]:
    """Where the square lies: low on the left, a quarter of the side wide."""
    return slice(side * 5 // 8, side * 7 // 8), slice(side // 8, side * 3 // 8)


def stack(seed: int, *, has_square: bool, side: int = SIDE) -> npt.NDArray[np.uint8]:
    pixels = np.random.default_rng(seed).integers(60, 120, (side, side, 3)).astype(np.uint8)
    if has_square:
        pixels[square(side)] = 230
    return pixels


def row(number: int, *, split: str, finding: str, **given: object) -> dict[str, object]:
    return {
        "record_id": f"cohen/{number:03d}", "sha256": f"{number:064x}", "source": "cohen",
        "group": f"g{number // 2}", "split": split, "finding": finding,
        "abnormal": finding != "normal", "patient_ill": finding != "normal", "is_drawn": True,
        "group_sources": ["cohen"], "paper_split": ("test", "train")[number % 5 > 0],
        **given,
    }  # fmt: skip


def rows(*, train: int = 24, val: int = 8, test: int = 8) -> list[dict[str, object]]:
    """Half of each split shows disease."""
    splits = ["train"] * train + ["val"] * val + ["test"] * test
    return [
        row(n, split=split, finding=("normal", "covid19")[n % 2]) for n, split in enumerate(splits)
    ]


def prepared(
    folder: Path, films: Sequence[dict[str, object]], side: int = SIDE, **meta: str
) -> Prepared:
    """The films as shards in `folder`; every film that is not normal has its square."""
    folder.mkdir(parents=True, exist_ok=True)
    write_prepared(folder, _drawn(films, side), _meta(side) | meta)
    return read_prepared(folder)


def with_lungs(
    folder: Path, films: Sequence[dict[str, object]], lungs: npt.NDArray[np.bool_], box: Box = WHOLE
) -> Prepared:
    """The same with one lung mask, bool[side, side], on every stack, which shows a `box`."""
    folder.mkdir(parents=True, exist_ok=True)
    mask, crop = np.packbits(lungs).tobytes(), "whole" if box == WHOLE else "lungs"
    drawn = (film._replace(lungs=mask, crop=crop, box=box) for film in _drawn(films, len(lungs)))
    write_prepared(folder, drawn, _meta(len(lungs)))
    return read_prepared(folder)


def _meta(side: int) -> dict[str, str]:
    return {
        "manifest_id": "m1", "recipe_id": "plain", "recipe": "{}", "channels": "image,beasf,clahe",
        "size": str(side),
    }  # fmt: skip


def _drawn(films: Sequence[dict[str, object]], side: int) -> Iterator[Film]:
    for n, film in enumerate(films):
        yield Film(film, stack(n, has_square=film["finding"] != "normal", side=side))


def params(**given: object) -> train.Params:
    usual: dict[str, object] = {
        "recipe": "plain", "task": "binary", "protocol": "honest", "model": "base_cnn",
        "pretrained": False, "weights": "", "frozen": False, "size": SIDE, "epochs": 2,
        "batch": 8, "accumulate": 1, "learning_rate": 1e-3,
        "schedule": Schedule.CONSTANT, "ema": 0.0, "label_smoothing": 0.0, "patience": 10,
        "augmentation": "none", "balance": "none", "robust": "none", "robust_step": 0.01, "seed": 1,
        "optimizer": "adam", "weight_decay": 0.0, "precision": "auto", "compiled": False,
    }  # fmt: skip
    return train.Params.model_validate(usual | given)


def lesson(seen: Films, val: Films | None = None, **given: object) -> Lesson:
    """What learns from `seen` as `params` says, and is judged by `val`, or by the same films."""
    plan = params(**given)
    return Lesson(
        train=seen, val=seen if val is None else val, look=look_at(seen, plan.size), plan=plan,
        generator=torch.Generator().manual_seed(plan.seed),
    )  # fmt: skip


def trained(films: Prepared, folder: Path, **given: object) -> Path:
    """`folder`, with a network trained on `films`."""
    folder.mkdir(parents=True)
    train.main(films, folder, params(**given), TASK, folder.with_suffix(".state"))
    return folder
