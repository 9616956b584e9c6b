"""Keeps where an unfinished training stands, so that a killed one goes on to the same weights.

After each epoch the whole state is one file, which `owned` guards; loading it makes tensors,
numbers and words, never objects.
"""

import io
import logging
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from training.course import Course, Epoch
from training.learner import Learner
from training.machine import Machine
from training.owned import keep, kept
from training.worst_group import Emphasis

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """All that an epoch changes."""

    net: nn.Module
    learner: Learner
    generator: torch.Generator
    course: Course
    machine: Machine
    emphasis: Emphasis | None
    """What groups of films weigh, where that is learnt too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """The file of one training, and to whom it must belong."""

    place: Path
    owner: str
    """What `owner_of` gives; a file of another owner is as good as none."""

    def keep(self, run: Run) -> None:
        """Write where `run` stands, in one step: a kill meanwhile leaves the file of before."""
        state = _state(run)
        if run.machine.number == 0:
            keep(self.place, self.owner, partial(torch.save, state))

    def take_up(self, run: Run) -> None:
        """Bring `run` to where the file stands; it stays as it is where that says nothing."""
        # Process 0 reads: the others may be on machines that do not see the file.
        held = run.machine.told(kept(self.place, self.owner) if run.machine.number == 0 else None)
        if held is not None:
            _bring(run, torch.load(io.BytesIO(held), map_location="cpu", weights_only=True))
            log.info("%s: goes on after epoch %d", self.place, len(run.course.history))


def _state(run: Run) -> dict[str, Any]:
    course = run.course
    return {
        "net": run.net.state_dict(),
        "learner": run.learner.state(),
        "emphasis": None if run.emphasis is None else run.emphasis.state(),
        # The order of films is drawn from the run's generator, dropout from torch's own ones.
        "chance": run.generator.get_state(),
        "of_torch": run.machine.gathered([_chance()]),
        "weights": course.weights,
        "history": [asdict(epoch) for epoch in course.history],
        "best": course.best,
        "best_epoch": course.best_epoch,
    }


def _chance() -> list[Tensor]:
    """The generators of torch in this process: the CPU's, and that of its GPU if it has one."""
    of_gpu = [torch.cuda.get_rng_state()] if torch.cuda.is_available() else []
    return [torch.get_rng_state(), *of_gpu]


def _bring(run: Run, state: dict[str, Any]) -> None:
    course = run.course
    run.net.load_state_dict(state["net"])
    run.learner.load(state["learner"])
    if run.emphasis is not None:
        run.emphasis.load(state["emphasis"])
    run.generator.set_state(state["chance"])
    of_cpu, *of_gpu = state["of_torch"][run.machine.number]
    torch.set_rng_state(of_cpu)
    if of_gpu:
        torch.cuda.set_rng_state(of_gpu[0])
    course.weights = state["weights"]
    course.history[:] = [Epoch(**row) for row in state["history"]]
    course.best, course.best_epoch = state["best"], state["best_epoch"]
