"""Stage remedy: what each remedy against the marks of sources does on sources never trained on."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from manifests.contract.folder import PART
from manifests.contract.params import Misspelt
from manifests.contract.prepared import Prepared
from manifests.contract.table import write_arrow
from training.files import is_drawn, wording, write_json
from training.films import check_same, read_task
from training.judgement import Judging
from training.remedies import (
    AS_IT_IS,
    EXTERNAL,
    READING,
    SEEN,
    UNSEEN,
    Remedy,
    Runs,
    Tried,
    judged_of,
    runs_of,
    sides_of,
)
from training.run_tables import SAID, said_of_films
from training.unseen import DIFFERENCE, Answers, Figures, compared

log = logging.getLogger(__name__)
SCHEMA = pa.schema([("remedy", pa.string()), *SAID])
LAST_SEED = 2**32
"""The first number that is no seed."""
Key = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]


class Params(BaseModel):
    """One entry under `remedies`, called as its experiment is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    """Whose AUC, against all other labels, is measured."""
    held_out: tuple[Key, ...] = Field(min_length=1)
    """Sources, each of which networks learn without and are judged on."""
    seeds: int = Field(ge=1, le=1000)
    """Networks of each kind: the experiment's seed and those that follow it."""
    size: int = Field(ge=32, le=2048)
    epochs: int = Field(ge=1, le=1000)
    """Both in the place of the experiment's own, since many networks are trained."""
    remedies: dict[Key, Remedy] = Field(min_length=1)
    """`as_it_is` is the experiment itself."""


def main(
    given: Mapping[str, Prepared], folder: Path, params: Params, tried: Tried, judging: Judging
) -> None:
    """Write figures.json, metrics.json and predictions.parquet into `folder`, and no weights.

    `given` are the prepared films by recipe. The experiment is called as the folder is; finished
    runs are taken over from the cache. Raises `Misspelt` for a label or source that is not there,
    `BrokenTable` where recipes hold different films, `Untrainable` where a source is held out that
    has every film of a label.
    """
    name, first = folder.name.removesuffix(PART), given[tried.experiment.recipe]
    check(params, tried, name)
    for recipe, films in given.items():
        check_same(first, recipe, films)
    order = sorted(params.remedies, key=lambda remedy: remedy != AS_IT_IS)
    runs = {key: runs_of(given, key, params.remedies[key], tried) for key in order}
    sides = {key: sides_of(own, params.label) for key, own in runs.items()}
    figures = _figures(sides, judging, tried.experiment.seed)
    write_json(folder / "figures.json", {
        **wording(first), "is_drawn": is_drawn(first), "experiment": name,
        "model": tried.experiment.model, "manifest_id": first.manifest_id, "reading": READING,
        "confidence": judging.confidence,
        **params.model_dump(mode="json", exclude={"remedies"}),
        "sides": {side: _counted(own) for side, own in sides[AS_IT_IS].items()},
        "remedies": {
            key: {**params.remedies[key].model_dump(mode="json"), "sides": own,
                  "recipe_id": given[params.remedies[key].recipe].recipe_id}
            for key, own in figures.items()
        },
    })  # fmt: skip
    headlines = {key: _headline(own) for key, own in figures.items()}
    write_json(folder / "metrics.json", {"manifest_id": first.manifest_id, **headlines})
    _write_said(folder / "predictions.parquet", runs, wording(first))
    log.info("%s: %s", name, headlines)


def check(params: Params, tried: Tried, name: str) -> None:
    """Raise `Misspelt` where the entry `name` does not go with its experiment."""
    where, labels, own = f"params.yaml: 'remedies.{name}", read_task(tried.task), tried.experiment
    if params.label not in labels:
        raise Misspelt(f"{where}.label' is {params.label!r}, and the task has {', '.join(labels)}")
    if len(set(params.held_out)) < len(params.held_out):
        raise Misspelt(f"{where}.held_out' names a source twice")
    if own.seed + params.seeds > LAST_SEED:
        raise Misspelt(f"{where}.seeds' is {params.seeds}: there are not so many after {own.seed}")
    usual = params.remedies.get(AS_IT_IS)
    if usual is None or (usual.recipe, usual.balance, usual.robust) != (
        own.recipe, own.balance, own.robust,
    ):  # fmt: skip
        raise Misspelt(
            f"{where}.remedies' needs {AS_IT_IS}, which the others are compared with, as the "
            f"experiment is: recipe {own.recipe}, balance {own.balance}, robust {own.robust}"
        )


def _figures(
    sides: Mapping[str, Mapping[str, Answers]], judging: Judging, seed: int
) -> dict[str, dict[str, Figures]]:
    """Remedy -> side -> figures."""
    found = {
        side: compared({key: own[side] for key, own in sides.items()}, judging, seed)
        for side in sides[AS_IT_IS]
    }
    return {key: {side: own[key] for side, own in found.items()} for key in sides}


def _counted(own: Answers) -> dict[str, int]:
    return {
        "n": len(own.record_ids), "groups": len(set(own.groups)),
        "with_label": int(own.has_label.sum()),
    }  # fmt: skip


def _headline(own: Mapping[str, Figures]) -> dict[str, object]:
    """What `dvc metrics show` compares of a remedy."""
    return {
        **{side: own[side]["auc"] for side in (SEEN, UNSEEN, EXTERNAL)},
        **{f"unseen_{word}": own[UNSEEN][word] for word in DIFFERENCE},
    }


def _write_said(place: Path, runs: Mapping[str, Runs], meta: dict[str, str]) -> None:
    rows = [
        {"remedy": key, **row}
        for key, own in runs.items()
        for run in judged_of(own)
        for row in said_of_films(run)
    ]
    write_arrow(place, pa.Table.from_pylist(rows, schema=SCHEMA), meta)
