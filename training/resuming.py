"""Keeps where an unfinished training stands, so that a killed one goes on to the same weights.

After each epoch the whole state is one file: to whom it belongs, its SHA-256, and what torch saves.
A damaged or foreign one is never loaded; loading makes tensors, numbers and words, never objects.
"""

import hashlib
import io
import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import timm
import torch
from torch import Tensor, nn

from manifests.contract.folder import whole_file
from training.course import Course, Epoch
from training.hardware import Precision, chosen, device, processes
from training.learner import Learner, copy_of
from training.machine import Machine

log = logging.getLogger(__name__)
DIGITS = 64
"""Of a SHA-256; two of them stand before the state."""
CODE = (Path(__file__).parent, Path(__file__).parents[1] / "manifests" / "contract")
"""What decides on weights, sides and labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """All that an epoch changes."""

    net: nn.Module
    learner: Learner
    generator: torch.Generator
    course: Course
    machine: Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """The file of one training, and to whom it must belong."""

    place: Path
    owner: str
    """What `owner_of` gives; a file of another owner is as good as none."""

    def keep(self, run: Run) -> None:
        """Write where `run` stands, in one step: a kill meanwhile leaves the file of before."""
        state, saved = _state(run), io.BytesIO()
        if run.machine.number > 0:
            return
        torch.save(state, saved)
        data = saved.getvalue()
        with whole_file(self.place) as part:
            part.write_bytes(self.owner.encode() + _digest(data).encode() + data)

    def take_up(self, run: Run) -> None:
        """Bring `run` to where the file stands; it stays as it is where that says nothing."""
        # Process 0 reads: the others may be on machines that do not see the file.
        read = run.machine.told(self._read() if run.machine.number == 0 else None)
        if read is None:
            return
        owner, digest, data = read[:DIGITS], read[DIGITS : 2 * DIGITS], read[2 * DIGITS :]
        if digest != _digest(data).encode():
            log.warning("%s: damaged; training begins anew", self.place)
        elif owner != self.owner.encode():
            log.info(
                "%s: of a training with other films, parameters, code or versions; this one begins "
                "anew", self.place,
            )  # fmt: skip
        else:
            state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
            _bring(run, state)
            log.info("%s: goes on after epoch %d", self.place, len(run.course.history))

    def _read(self) -> bytes | None:
        return self.place.read_bytes() if self.place.exists() else None


def owner_of(facts: Mapping[str, object]) -> str:
    """A SHA-256 of `facts`, torch's version, the device, and the code of training.

    A state of other code may be one that this code never reaches.
    """
    code = hashlib.sha256()
    for file in (file for folder in CODE for file in sorted(folder.rglob("*.py"))):
        code.update(_digest(file.read_bytes()).encode())
    given = {
        **facts, "torch": torch.__version__, "timm": timm.__version__, "device": device().type,
        "processes": processes().num_processes, "precision": chosen(Precision.AUTO, device()),
        "code": code.hexdigest(),
    }  # fmt: skip
    return _digest(json.dumps(given, sort_keys=True).encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _state(run: Run) -> dict[str, Any]:
    course = run.course
    return {
        "net": copy_of(run.net),
        "learner": run.learner.state(),
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
    run.generator.set_state(state["chance"])
    of_cpu, *of_gpu = state["of_torch"][run.machine.number]
    torch.set_rng_state(of_cpu)
    if of_gpu:
        torch.cuda.set_rng_state(of_gpu[0])
    course.weights = state["weights"]
    course.history[:] = [Epoch(**row) for row in state["history"]]
    course.best, course.best_epoch = state["best"], state["best_epoch"]
