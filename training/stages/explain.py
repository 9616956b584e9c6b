"""Stage explain: heat maps of test films, and how far the heat lies where disease can be."""

import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from manifests.contract.images import Pixels
from manifests.contract.packing import png, unpng
from manifests.contract.prepared import Prepared
from manifests.contract.table import read_arrow, write_arrow
from manifests.contract.vocabulary import Split
from training.checkpoint import Checkpoint, load_for
from training.data import batch, portions
from training.explained.gradcam import SIDE, Heat, heat, heat_inside, points_inside
from training.files import wording, write_json
from training.films import Films, Whole, films_of
from training.frames import lungs_on, shown
from training.hardware import device
from training.metrics import Floats, mean_of
from training.prediction import probabilities
from training.seed import seed_everything
from training.segmentation.overlap import dice

log = logging.getLogger(__name__)
MAPS = pa.schema([
    ("record_id", pa.string()), ("label", pa.string()), ("predicted", pa.string()),
    ("probability", pa.float64()), ("film", pa.binary()), ("heat", pa.binary()),
    ("heat_in_lungs", pa.float64()), ("pointing_hit", pa.bool_()), ("is_drawn", pa.bool_()),
])  # fmt: skip
FILMS_AT_ONCE = 8


class Params(BaseModel):
    """Which films to explain."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    films: int = Field(ge=1, le=10_000)
    """Heat maps per experiment, spread over labels and over right and wrong predictions."""


def main(prepared: Prepared, trained: Path, truth: Path, folder: Path, params: Params) -> None:
    """Write heatmaps.parquet and scores.json into `folder`.

    Heat is scored against the lung mask beside each stack. `truth` is the folder of masks.parquet,
    which knows where disease was drawn; of other films that is not known. Raises
    `WrongCheckpoint` for a foreign network, `Unexplained` for one without feature maps.
    """
    net, about = load_for(prepared, trained)
    seed_everything(about.seed)
    films = films_of(prepared, about.asked, Split.TEST, about.protocol)
    chances = probabilities(net, films, about.look)
    picked = choose(films, chances, params.films)
    places = films.places[picked]
    found = {int(place): lungs_on(prepared, int(place), SIDE) for place in places}
    lungs = {place: mask for place, mask in found.items() if mask is not None}
    drawn = _truth(truth, prepared, places)
    rows: list[dict[str, object]] = []
    for part in portions(len(picked), FILMS_AT_ONCE):
        chosen = picked[part]
        named = [int(n) for n in chances[chosen].argmax(1)]
        maps = heat(net, batch(films, chosen, about.look, device()), named)
        rows += [
            _row(films, int(n), chances[n], heat_map, lungs, drawn)
            for n, heat_map in zip(chosen, maps, strict=True)
        ]
    table = pa.Table.from_pylist(sorted(rows, key=lambda row: str(row["record_id"])), schema=MAPS)
    write_arrow(folder / "heatmaps.parquet", table, wording(prepared))
    scores = _scores(about, rows, lungs, drawn)
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


def _row(  # noqa: PLR0913, PLR0917 - a row is made of all that is known
    films: Films, n: int, chances: Floats, heat_map: Heat,
    lungs: Mapping[int, Pixels], truth: Mapping[int, tuple[Pixels, Pixels]],
) -> dict[str, object]:  # fmt: skip
    place = int(films.places[n])
    known = films.prepared.rows.iloc[place]
    opacities = truth[place][1] if place in truth else None
    is_right = int(chances.argmax()) == int(films.targets[n])
    return {
        "record_id": known["record_id"],
        "label": films.labels[films.targets[n]],
        "predicted": films.labels[int(chances.argmax())],
        "probability": round(float(chances.max()), 6),
        "film": png(shown(films.prepared, place, SIDE)),
        "heat": png(np.rint(heat_map * 255).astype(np.uint8)),
        "heat_in_lungs": heat_inside(heat_map, lungs.get(place)),
        # The heat of "normal" on a film that is not has no reason to point at disease.
        "pointing_hit": points_inside(heat_map, opacities) if is_right else None,
        "is_drawn": bool(known["is_drawn"]),
    }


def _truth(truth: Path, prepared: Prepared, places: Whole) -> dict[int, tuple[Pixels, Pixels]]:
    """Place -> (lungs, opacities) as drawn, cut to what the stack shows, where the truth is known.

    The truth knows the whole frame of each film.
    """
    known = truth / "masks.parquet"
    if not known.exists():
        return {}
    wanted: dict[str, list[int]] = {}
    for place in places:
        wanted.setdefault(str(prepared.rows["sha256"].iloc[int(place)]), []).append(int(place))
    rows = read_arrow(known, ["sha256", "lungs", "opacities"]).to_pylist()
    return {
        place: (
            prepared.box(place).cut(unpng(row["lungs"]), SIDE),
            prepared.box(place).cut(unpng(row["opacities"]), SIDE),
        )
        for row in rows
        for place in wanted.get(row["sha256"], [])
    }


def _scores(
    about: Checkpoint, rows: list[dict[str, object]],
    lungs: Mapping[int, Pixels], truth: Mapping[int, tuple[Pixels, Pixels]],
) -> dict[str, object]:  # fmt: skip
    known = [place for place, (drawn, _) in truth.items() if place in lungs and drawn.any()]
    return {
        "films": len(rows),
        "films_with_lungs": len(lungs),
        "heat_in_lungs": mean_of([row["heat_in_lungs"] for row in rows]),
        # The `_in_frame` scores are what blind chance would reach.
        "lungs_in_frame": mean_of([float((mask > 0).mean()) for mask in lungs.values()]),
        # A check of the masks themselves: only drawn films have a truth.
        "lungs_dice": mean_of(
            [float(dice(lungs[place][None], truth[place][0][None])[0]) for place in known]
        ),
        "pointing_game": mean_of([row["pointing_hit"] for row in rows]),
        "opacities_in_frame": mean_of(
            [float((o > 0).mean()) for _, o in truth.values() if o.any()]
        ),
        "manifest_id": about.manifest_id,
    }
