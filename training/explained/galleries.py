"""The films that a person looks at, as rows of tables: heat maps, LIME, occlusion."""

import dataclasses
import logging
import time

import numpy as np
import pyarrow as pa
import torch

from manifests.contract.packing import png
from training.explained import lime, occlusion
from training.explained.agreement import heat_inside
from training.explained.asked import Asked
from training.explained.gradcam import SIDE, Heat
from training.explained.measuring import Agreement, measured
from training.explained.truth import Truth
from training.films import Whole
from training.frames import laid_over, shown

log = logging.getLogger(__name__)
TOLD = [
    *((name, pa.string()) for name in ("record_id", "group", "source", "label", "predicted")),
    ("probability", pa.float64()), ("is_drawn", pa.bool_()), ("film", pa.binary()),
]  # fmt: skip
SCORES = [
    ("is_blank", pa.bool_()), ("heat_in_lungs", pa.float64()), ("pointing_hit", pa.bool_()),
    ("iou", pa.float64()), ("box_hit", pa.bool_()), ("box_iou", pa.float64()),
]  # fmt: skip
MAPS = pa.schema([*TOLD, ("heat", pa.binary()), *SCORES, ("is_shared", pa.bool_())])
OCCLUDED = pa.schema([*TOLD, ("heat", pa.binary()), *SCORES])
SPOKEN = pa.schema([
    *TOLD, ("speaks_for", pa.binary()), ("speaks_against", pa.binary()),
    ("weights_for", pa.list_(pa.float64())), ("weights_against", pa.list_(pa.float64())),
    ("superpixels", pa.int64()), ("for_in_lungs", pa.float64()),
])  # fmt: skip
Rows = list[dict[str, object]]


def heat_row(asked: Asked, n: int, heat_map: Heat, found: Agreement) -> dict[str, object]:
    """Film `n` with its heat and how far that lies where it should."""
    return {**asked.told(n), "heat": _grey(heat_map), **dataclasses.asdict(found)}


def occluded(asked: Asked, truth: Truth, picked: Whole, given: occlusion.Params) -> Rows:
    """The films `picked` with what hiding a window takes from the label named."""
    rows, begun = [], time.perf_counter()
    for n in (int(number) for number in picked):
        found = occlusion.occlusion(asked.says(n), asked.image(n), given.window, given.stride)
        rows.append(heat_row(asked, n, found, measured(asked, truth, n, found)))
    _tell("occlusion", len(rows), begun)
    return rows


def spoken(
    asked: Asked, truth: Truth, picked: Whole, given: lime.Params, generator: torch.Generator
) -> Rows:
    """The films `picked` with the super-pixels that speak for the label named, and against it."""
    rows, begun = [], time.perf_counter()
    for n in (int(number) for number in picked):
        film = shown(asked.films.prepared, asked.place(n), asked.look.size)
        parts = lime.superpixels(film, given.segments)
        found = lime.lime(asked.says(n), asked.image(n), parts, given.samples, generator)
        rows.append({**asked.told(n), **_spoken(asked, truth, n, found, given.shown)})
    _tell("LIME", len(rows), begun)
    return rows


def _spoken(
    asked: Asked, truth: Truth, n: int, found: lime.Spoken, count: int
) -> dict[str, object]:
    """The super-pixels that weigh most, as a mask of those for the label and one of the others."""
    most = found.weightiest(count)
    sides = {
        "for": [number for number in most if found.weights[number] > 0],
        "against": [number for number in most if found.weights[number] < 0],
    }
    masks = {side: laid_over(found.mask(own), SIDE) for side, own in sides.items()}
    lungs = truth.lungs.get(asked.place(n))
    return {
        **{f"speaks_{side}": png(mask) for side, mask in masks.items()},
        **{f"weights_{side}": [round(float(found.weights[number]), 6) for number in own]
           for side, own in sides.items()},
        "superpixels": len(found.weights),
        "for_in_lungs": heat_inside(masks["for"].astype(np.float32), lungs),
    }  # fmt: skip


def _grey(heat_map: Heat) -> bytes:
    return png(np.asarray(np.rint(heat_map * 255), np.uint8))


def _tell(what: str, films: int, begun: float) -> None:
    # Only told: a table with seconds in it would never be the same twice.
    if films:
        log.info("%s: %d films, %.1f s each", what, films, (time.perf_counter() - begun) / films)
