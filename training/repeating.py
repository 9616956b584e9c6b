"""One run of an experiment under one protocol and seed: trained, asked, and remembered.

Only what the network says of the films it is judged on is kept, never its weights. A finished run
lies in a file of its own, which belongs to the films, parameters and code that it was made of.
"""

from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from manifests.contract.labels import Task
from manifests.contract.prepared import Prepared
from manifests.contract.protocol import Protocol
from manifests.contract.vocabulary import Split
from training.course import Epoch
from training.experiment import Experiment, facts_of, ready
from training.films import Films, films_of
from training.loop import train
from training.machine import Machine
from training.owned import keep, kept, owner_of
from training.prediction import said_of
from training.predictions import Predictions
from training.resuming import Unfinished

JUDGED = (Split.TEST, Split.EXTERNAL)


class Said(BaseModel):
    """What a network said of N films of C labels, and what they are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    record_ids: tuple[str, ...]
    groups: tuple[str, ...]
    sources: tuple[str, ...]
    actual: tuple[int, ...]
    """Numbers of labels."""
    probabilities: tuple[tuple[float, ...], ...]
    """N times C."""

    def predictions(self, labels: tuple[str, ...]) -> Predictions:
        return Predictions(
            labels=labels, actual=np.array(self.actual, np.int64), groups=self.groups,
            probabilities=np.array(self.probabilities, np.float64).reshape(-1, len(labels)),
        )  # fmt: skip


class Run(BaseModel):
    """What one training came to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    protocol: Protocol
    seed: int
    labels: tuple[str, ...]
    best_epoch: int
    history: tuple[Epoch, ...]
    """As many as were trained: it may have stopped early."""
    films: dict[Split, dict[str, int]]
    """Films of each label on each side."""
    said: dict[Split, Said]
    """Of the sides in `JUDGED`."""

    @property
    def epochs(self) -> int:
        return len(self.history)


def run_of(prepared: Prepared, experiment: Experiment, task: Task, place: Path) -> Run:
    """The run that lies at `place`, or a new one, which then lies there.

    One that is killed goes on after its last epoch: where it stands lies beside `place`, as .state.
    Raises `Untrainable` as `ready` and `train` do.
    """
    facts = facts_of(prepared, experiment, task)
    owner = owner_of(facts | {"films": list(prepared.rows["record_id"])})
    state = place.with_name(f"{place.name}.state")
    # Process 0 reads and writes: the others may be on machines that do not see the files.
    machine = Machine(experiment.precision)
    is_first = machine.number == 0
    held: bytes | None = machine.told(kept(place, owner) if is_first else None)
    if held is not None:
        run = Run.model_validate_json(held)
    else:
        run = _made(prepared, experiment, task, Unfinished(place=state, owner=owner))
        if is_first:
            data = run.model_dump_json().encode()
            keep(place, owner, lambda file: file.write(data))
    if is_first:
        # Only now: a run that is killed while it is written goes on as well.
        state.unlink(missing_ok=True)
    return run


def _made(prepared: Prepared, experiment: Experiment, task: Task, unfinished: Unfinished) -> Run:
    protocol = experiment.protocol
    net, lesson, _ = ready(prepared, experiment, task)
    course = train(net, lesson, unfinished)
    films = {split: films_of(prepared, task, split, protocol) for split in Split}
    return Run(
        protocol=protocol, seed=experiment.seed, labels=tuple(task),
        best_epoch=course.best_epoch, history=tuple(course.history),
        films={split: own.named_counts for split, own in films.items()},
        said={split: _answers(films[split], said_of(net, films[split], lesson.look))
              for split in JUDGED},
    )  # fmt: skip


def _answers(films: Films, said: Predictions) -> Said:
    rows = films.rows
    return Said(
        record_ids=tuple(map(str, rows["record_id"])), groups=tuple(said.groups),
        sources=tuple(map(str, rows["source"])), actual=tuple(said.actual.tolist()),
        probabilities=tuple(map(tuple, said.probabilities.tolist())),
    )  # fmt: skip
