"""Remedies against the marks of sources: networks trained with each, and what they are asked.

A remedy is another recipe, another way to draw films, or another weight of them; everything else is
the experiment's.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from manifests.contract.prepared import Prepared
from manifests.contract.protocol import HONEST, LOSO
from manifests.contract.vocabulary import Split
from training.experiment import Experiment
from training.films import read_task
from training.plan import Balance, Robust
from training.repeating import Run, run_of
from training.unseen import Answers, answers, together

log = logging.getLogger(__name__)
AS_IT_IS = "as_it_is"
"""The remedy that is none: what the others are compared with."""
SEEN, UNSEEN, EXTERNAL = "seen", "unseen", "external"
"""Sides; `unseen:KEY` is one source of `unseen`."""
READING = {
    SEEN: "Test films of the sources that the network learnt from, split by whole groups: what a "
    "remedy costs there.",
    UNSEEN: "Films of the sources held out, all together, each judged by a network that met no "
    "film of its source. Only films of one source are compared, since chances of two networks are "
    "on no common scale: a source that lacks the label, or has nothing else, adds nothing.",
    EXTERNAL: "Films of sources that no network ever learns from.",
    "difference": "The AUC less that of the same experiment as it is, over the same groups and "
    "seeds. Where the interval holds 0, these films cannot say whether the remedy helps.",
}
Runs = dict[str, list[Run]]
"""Protocol -> a run for each seed."""


class Remedy(BaseModel):
    """What is different from the experiment; `as_it_is` repeats what it has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: str
    balance: Balance
    robust: Robust


class Tried(NamedTuple):
    """What is tried, and where finished runs lie."""

    experiment: Experiment
    """With the size, epochs and first seed of all runs."""
    task: dict[str, list[str]]
    held_out: Sequence[str]
    seeds: int
    cache: Path


def runs_of(given: Mapping[str, Prepared], name: str, remedy: Remedy, tried: Tried) -> Runs:
    """The runs with one remedy: without each source held out, and with all of them."""
    task, first = read_task(tried.task), tried.experiment.seed
    made: Runs = {}
    for protocol in (HONEST, *(f"{LOSO}{source}" for source in tried.held_out)):
        made[protocol] = []
        for seed in range(first, first + tried.seeds):
            own = tried.experiment.model_copy(
                update={**dict(remedy), "protocol": protocol, "seed": seed}
            )
            place = tried.cache / f"{name}-{protocol.replace(':', '-')}-{seed}"
            made[protocol].append(run_of(given[remedy.recipe], own, task, place))
            log.info(
                "%s, protocol %s, seed %d: best epoch %d of %d",
                name, protocol, seed, made[protocol][-1].best_epoch, made[protocol][-1].epochs,
            )  # fmt: skip
    return made


def sides_of(runs: Runs, label: str) -> dict[str, Answers]:
    """What the runs with one remedy said on each side."""
    apart = {
        f"{UNSEEN}:{protocol.removeprefix(LOSO)}": answers(own, Split.TEST, label)
        for protocol, own in runs.items() if protocol != HONEST
    }  # fmt: skip
    return {
        SEEN: answers(runs[HONEST], Split.TEST, label),
        UNSEEN: together(list(apart.values())), **apart,
        EXTERNAL: answers(runs[HONEST], Split.EXTERNAL, label),
    }  # fmt: skip


def judged_of(runs: Runs) -> Iterator[Run]:
    """Each run with the answers that are judged: what is external is so under one protocol."""
    for protocol, made in runs.items():
        for run in made:
            said = {Split.TEST: run.said[Split.TEST]} if protocol != HONEST else run.said
            yield run.model_copy(update={"said": said})
