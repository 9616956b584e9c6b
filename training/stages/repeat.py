"""Stage repeat: an experiment over many seeds and under several protocols, beside the paper's."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from manifests.contract.folder import PART
from manifests.contract.labels import Task
from manifests.contract.params import Misspelt
from manifests.contract.prepared import Prepared
from manifests.contract.protocol import HONEST, PAPER, Protocol, warning
from training.experiment import Experiment
from training.fewer import taken
from training.files import is_drawn, wording, write_json
from training.films import read_task
from training.inflation import inflation
from training.judgement import Judging
from training.leakage import leak_of
from training.repeating import run_of
from training.run_tables import write_tables
from training.runs import Judged, judged, summed_up

log = logging.getLogger(__name__)
LAST_SEED = 2**32
"""The first number that is no seed."""
Share = Annotated[float, Field(ge=0, le=1)]


class Printed(BaseModel):
    """What the paper prints; empty where it prints nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: str
    """Of its Table 5."""
    accuracy: Share | None
    low: Share | None
    high: Share | None
    """Ends of its range over ten runs."""
    f1: Share | None
    """Of the label that `label` names."""
    note: str
    """What must be known beside these figures."""


class Params(BaseModel):
    """One entry under `repeats`, called as its experiment is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: str
    """What the experiment learns from."""
    seeds: int = Field(ge=1, le=1000)
    """Runs under each protocol: the experiment's seed and those that follow it."""
    protocols: tuple[Protocol, ...] = Field(min_length=1)
    """In the place of the experiment's own."""
    label: str
    """Whose F1 stands in the table."""
    films: dict[str, Annotated[int, Field(ge=1)]]
    """Label -> films to take of it, on all sides together; all of a label that is not named."""
    printed: Printed


class Repeated(NamedTuple):
    """What is repeated, and where finished runs lie."""

    experiment: Experiment
    task: dict[str, list[str]]
    judging: Judging
    cache: Path


def main(prepared: Prepared, folder: Path, params: Params, given: Repeated) -> None:
    """Write figures.json, metrics.json and five tables into `folder`, and no weights.

    runs.csv has a row for each run, curves.csv one for each run and epoch, predictions.parquet one
    for each run and film, films.parquet one for each protocol and test film; confusion.csv holds
    all runs, for DVC to draw. The experiment is called as the folder is. Finished runs are taken
    over from the cache. Raises `Misspelt` for a label that the task lacks, `Untrainable` where a
    protocol leaves a label without a training film.
    """
    asked, name = read_task(given.task), folder.name.removesuffix(PART)
    if params.label not in asked:
        raise Misspelt(
            f"params.yaml: 'repeats.{name}.label' is {params.label!r}, and the task has "
            f"{', '.join(asked)}"
        )
    if given.experiment.seed + params.seeds > LAST_SEED:
        raise Misspelt(
            f"params.yaml: 'repeats.{name}.seeds' is {params.seeds}, and from the experiment's "
            f"seed {given.experiment.seed} on there are not so many; set a lower `seed`"
        )
    chosen = taken(prepared, asked, params.protocols, params.films)
    if chosen.shortfall:
        log.warning("%s: %s", name, chosen.shortfall)
    runs: dict[str, list[Judged]] = {protocol: [] for protocol in params.protocols}
    for protocol, made in runs.items():
        for number in range(params.seeds):
            seed = given.experiment.seed + number
            own = given.experiment.model_copy(update={"protocol": protocol, "seed": seed})
            place = given.cache / f"{protocol.replace(':', '-')}-{seed}"
            made.append(judged(run_of(chosen.films, own, asked, place), given.judging))
            log.info(
                "%s, protocol %s, seed %d of %d: %s",
                name, protocol, number + 1, params.seeds, _told(made[-1]),
            )  # fmt: skip
    figures = {
        protocol: summed_up(made) | _leak(chosen.films, asked, protocol)
        for protocol, made in runs.items()
    }
    inflated = (
        inflation(runs[PAPER], runs[HONEST], given.judging, given.experiment.seed)
        if {PAPER, HONEST} <= set(runs)
        else None
    )
    write_json(folder / "figures.json", {
        **wording(prepared), "is_drawn": is_drawn(prepared),
        "experiment": name, "model": given.experiment.model,
        "manifest_id": prepared.manifest_id, "recipe_id": prepared.recipe_id,
        "label": params.label, "printed": params.printed.model_dump(),
        "asked": chosen.asked, "found": chosen.found, "shortfall": chosen.shortfall or None,
        "protocols": figures, "inflation": inflated,
    })  # fmt: skip
    write_json(folder / "metrics.json", {
        "manifest_id": prepared.manifest_id,
        "printed": {"accuracy": params.printed.accuracy, "f1": params.printed.f1},
        **{protocol: _headline(own, params.label) for protocol, own in figures.items()},
        "inflation": inflated,
    })  # fmt: skip
    write_tables(folder, runs, wording(prepared))


def _leak(prepared: Prepared, task: Task, protocol: str) -> dict[str, object]:
    measured = leak_of(prepared, protocol, [task], task)
    return {
        "leaked_share": round(measured.share, 6),
        "warning": warning(protocol, measured),
    }


def _headline(own: Mapping[str, Any], label: str) -> dict[str, object]:
    """What `dvc metrics show` compares: the test films under one protocol."""
    kept = ("mean", "sd", "min", "max")
    return {
        "runs": own["runs"], "n": own["n"], "leaked_share": own["leaked_share"],
        **{f"accuracy_{word}": own["accuracy"][word] for word in kept},
        **{f"f1_{word}": own["f1"][label][word] for word in kept},
        "auc_mean": own["auc"]["mean"],
    }  # fmt: skip


def _told(one: Judged) -> str:
    figures = one.test
    shown = ", ".join(f"{name} {figures[name]}" for name in ("accuracy", "macro_f1", "auc"))
    return f"{shown} on {figures['n']} films; best epoch {one.run.best_epoch} of {one.run.epochs}"
