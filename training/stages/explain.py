"""Stage explain: heat maps of test films, and how far the heat lies where disease can be."""

import hashlib
import logging
from pathlib import Path

import numpy as np
import pyarrow as pa
import torch
from pydantic import BaseModel, ConfigDict, Field

from manifests.contract.images import Pixels
from manifests.contract.packing import png, unpng
from manifests.contract.prepared import Prepared
from manifests.contract.table import read_arrow, write_arrow
from manifests.contract.vocabulary import Split
from training.checkpoint import Checkpoint, load_for
from training.data import batch, portions
from training.explanations import SIDE, Heat, heat, heat_inside, points_inside
from training.files import wording, write_json
from training.films import Films, Whole, films_of
from training.frames import shown
from training.hardware import device
from training.metrics import Floats, mean_of
from training.prediction import predict
from training.seed import seed_everything

log = logging.getLogger(__name__)
MAPS = pa.schema([
    ("record_id", pa.string()), ("label", pa.string()), ("predicted", pa.string()),
    ("probability", pa.float64()), ("film", pa.binary()), ("heat", pa.binary()),
    ("heat_in_lungs", pa.float64()), ("pointing_hit", pa.bool_()), ("is_drawn", pa.bool_()),
])  # fmt: skip
FILMS_AT_ONCE = 8
Masks = dict[str, tuple[Pixels, Pixels]]


class Params(BaseModel):
    """Which films to explain."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    films: int = Field(ge=1, le=10_000)
    """Heat maps per experiment, spread over labels and over right and wrong predictions."""


def main(prepared: Prepared, trained: Path, truth: Path, folder: Path, params: Params) -> None:
    """Write heatmaps.parquet and scores.json into `folder`.

    `truth` is the folder of masks.parquet; films it does not know have no scores. Raises
    `WrongCheckpoint` for a foreign network, `Unexplained` for one without feature maps.
    """
    net, about = load_for(prepared, trained)
    seed_everything(about.seed)
    films = films_of(prepared, about.asked, Split.TEST, about.protocol)
    values = predict(net, films, about.look, device())
    chances = torch.softmax(values.double(), 1).numpy()
    picked = choose(films, chances, params.films)
    masks = _masks(truth, set(films.rows["sha256"].iloc[picked]))
    rows: list[dict[str, object]] = []
    for part in portions(len(picked), FILMS_AT_ONCE):
        chosen = picked[part]
        named = [int(n) for n in chances[chosen].argmax(1)]
        maps = heat(net, batch(films, chosen, about.look, device()), named)
        rows += [
            _row(films, int(n), chances[n], heat_map, masks)
            for n, heat_map in zip(chosen, maps, strict=True)
        ]
    table = pa.Table.from_pylist(sorted(rows, key=lambda row: str(row["record_id"])), schema=MAPS)
    write_arrow(folder / "heatmaps.parquet", table, wording(prepared))
    scores = _scores(about, rows, masks)
    write_json(folder / "scores.json", scores)
    log.info("%s: %d heat maps, heat in lungs %s, pointing game %s", about.experiment,
             len(rows), scores["heat_in_lungs"], scores["pointing_game"])  # fmt: skip


def choose(films: Films, chances: Floats, count: int) -> Whole:
    """At most `count` film numbers, taken in turn from each (label, right or wrong).

    Within these the hash of the film decides, so that no source comes first by its name.
    """
    hashes = [hashlib.sha256(str(sha).encode()).hexdigest() for sha in films.rows["sha256"]]
    cells: dict[tuple[int, bool], list[int]] = {}
    for n in sorted(range(len(films)), key=lambda n: (hashes[n], n)):
        target = int(films.targets[n])
        cells.setdefault((target, target != int(chances[n].argmax())), []).append(n)
    depth = max((len(cell) for cell in cells.values()), default=0)
    turns = [cells[key][turn] for turn in range(depth) for key in sorted(cells)
             if turn < len(cells[key])]  # fmt: skip
    return np.array(turns[:count], np.int64)


def _row(films: Films, n: int, chances: Floats, heat_map: Heat, masks: Masks) -> dict[str, object]:
    known = films.prepared.rows.iloc[int(films.places[n])]
    lungs, opacities = masks.get(str(known["sha256"]), (None, None))
    is_right = int(chances.argmax()) == int(films.targets[n])
    return {
        "record_id": known["record_id"],
        "label": films.labels[films.targets[n]],
        "predicted": films.labels[int(chances.argmax())],
        "probability": round(float(chances.max()), 6),
        "film": png(shown(films.prepared, int(films.places[n]), SIDE)),
        "heat": png(np.rint(heat_map * 255).astype(np.uint8)),
        "heat_in_lungs": heat_inside(heat_map, lungs),
        # The heat of "normal" on a film that is not has no reason to point at disease.
        "pointing_hit": points_inside(heat_map, opacities) if is_right else None,
        "is_drawn": bool(known["is_drawn"]),
    }


def _masks(truth: Path, wanted: set[str]) -> Masks:
    """sha256 -> (lungs, opacities) of the wanted films, as far as the truth knows them."""
    place = truth / "masks.parquet"
    if not place.exists():
        return {}
    rows = read_arrow(place, ["sha256", "lungs", "opacities"]).to_pylist()
    return {
        row["sha256"]: (unpng(row["lungs"]), unpng(row["opacities"]))
        for row in rows
        if row["sha256"] in wanted
    }


def _scores(about: Checkpoint, rows: list[dict[str, object]], masks: Masks) -> dict[str, object]:
    # The `_in_frame` scores are what blind chance would reach.
    return {
        "films": len(rows),
        "heat_in_lungs": mean_of([row["heat_in_lungs"] for row in rows]),
        "lungs_in_frame": mean_of([(lungs > 0).mean() for lungs, _ in masks.values()]),
        "pointing_game": mean_of([row["pointing_hit"] for row in rows]),
        "opacities_in_frame": mean_of([(o > 0).mean() for _, o in masks.values() if o.any()]),
        "manifest_id": about.manifest_id,
    }
