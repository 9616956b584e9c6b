"""A short road on drawn films, stage by stage: from working copies to an evaluated network."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from drawn import Drawn, drawn
from planted import params
from recipes import other
from records import record, records

from curation.stages import prepare, text
from manifests.contract.masked import MaskedFilm, read_masked, squeezed, squeezed_mask, write_masked
from manifests.contract.prepared import read_prepared
from manifests.contract.table import read_arrow
from training.stages import evaluate, lungs, segment, train

MAX_SIDE, LEAST = 256, 0.01
SPLITS = ("train", "train", "val", "test")
TASK = {"other": ["normal", "pneumonia"], "covid19": ["covid19"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """What stands at its end."""

    files: dict[str, Path]
    """Record id -> the file that the film came as."""
    network: Path
    segmenter: Path
    said: dict[str, list[float]]
    """Record id -> the probabilities that stage evaluate writes."""
    stacks: Path


def road(folder: Path, *, base: str = "", **recipe: object) -> Road:
    """The road by `recipe`, at 64 pixels; `base` is the record id of a film to match to."""
    places = {name: folder / name for name in
              ("copies", "films", "segment", "lungs", "text", "stacks", "net", "said")}  # fmt: skip
    for place in places.values():
        place.mkdir(parents=True)
    made = drawn(places["copies"], range(10), MAX_SIDE)
    files = {name: places["films"] / f"{number}.bin" for number, name in enumerate(made.shots)}
    for name, place in files.items():
        place.write_bytes(made.shots[name].data)
    rows, sha256 = table(made), hashlib.sha256(made.shots[base].data).hexdigest() if base else ""
    asked = other(size=64, base=sha256, **recipe)
    if asked.lungs != "none":
        find_lungs(made, places["segment"], places["lungs"])
    text.main(rows, made.copies, places["text"], text.Params(read=False))
    given = prepare.pictures(rows, made.copies, places["lungs"], places["text"], asked, MAX_SIDE)
    prepare.main(rows, given, places["stacks"], asked, "0123456789abcdef", base)
    films = read_prepared(places["stacks"])
    settings = params(model="resnet10t", size=64, epochs=2)
    train.main(films, places["net"], settings, TASK, folder / "state")
    judging = evaluate.Params(bootstrap=100, confidence=0.95, sensitivity=0.9)
    evaluate.main(films, places["net"], places["said"], judging)
    said = read_arrow(places["said"] / "predictions.parquet").to_pylist()
    return Road(
        files=files, network=places["net"], segmenter=places["segment"], stacks=places["stacks"],
        said={row["record_id"]: row["probabilities"] for row in said},
    )  # fmt: skip


def table(made: Drawn) -> pd.DataFrame:
    """The films, every second group ill, over the three sides."""
    return records([
        record(
            row["source_ref"], source=row["source"], sha256=row["sha256"], is_drawn=True,
            finding=("normal", "covid19")[n // 4 % 2], abnormal=bool(n // 4 % 2),
            patient_ill=bool(n // 4 % 2), group=f"g{n}", split=SPLITS[n % 4],
        )
        for n, row in enumerate(made.records.to_dict("records"))
    ])  # fmt: skip


def find_lungs(made: Drawn, network: Path, folder: Path) -> None:
    """A segmenter that learnt from the drawn masks, and its masks of all films."""
    masked = network.with_name("masked")
    masked.mkdir()
    write_masked(masked, (
        MaskedFilm(name, "nlm_tb", name, True, squeezed(made.copies.pixels(name)),
                   squeezed_mask(shot.lungs))
        for name, shot in sorted(made.shots.items())
    ))  # fmt: skip
    settings = segment.Params.model_validate({
        "model": "resnet10t", "size": 64, "equalise": "none", "epochs": 8, "batch": 4,
        "learning_rate": 2e-3, "schedule": "cosine", "val": 0.1, "test": 0.1, "salt": "one",
        "least_patients": 5, "bootstrap": 100, "seed": 1,
    })  # fmt: skip
    segment.main(read_masked(masked), network, settings, LEAST)
    names = sorted(made.shots)
    found = lungs.Params(least_lung=LEAST)
    lungs.main(names, made.copies, network, folder / "none", folder, found)
