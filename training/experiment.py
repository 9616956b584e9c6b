"""One experiment: what it learns from, the network before its first step, the lesson it gets."""

import logging
from typing import NamedTuple

from pydantic import Field
from torch import nn

from manifests.contract.labels import Task
from manifests.contract.params import Misspelt
from manifests.contract.prepared import Prepared
from manifests.contract.protocol import Protocol, chosen_by
from manifests.contract.vocabulary import Split
from training.data import Look, look_at
from training.films import Films, Untrainable, films_of
from training.hardware import on_device
from training.lesson import Lesson
from training.models import build, check_side, scale_of
from training.plan import Plan
from training.seed import seed_everything
from training.starts.beginning import begin, freeze, look_of
from training.starts.folder import Begun, read_start
from training.starts.seen import tell_of_seen

log = logging.getLogger(__name__)


class Experiment(Plan):
    """One entry under `experiments`."""

    recipe: str
    """Which prepared films to learn from."""
    task: str
    """Which labels to learn."""
    protocol: Protocol
    """Which films to learn from: honest, paper (by image, leaks) or loso:KEY (KEY held out)."""
    model: str
    """Any timm name, or the paper's base_cnn, base_cnn_printed (4.1) or covid_cxnet (4.3)."""
    pretrained: bool
    """Start from ImageNet weights that timm downloads."""
    weights: str
    """Start from a converted checkpoint, FOLDER@HASH as `convert` prints it; "" for none."""
    frozen: bool
    """Only the head learns; the body keeps the weights and statistics of its start."""
    size: int = Field(ge=32, le=2048, strict=True)
    """Pixels a side that the network sees."""
    seed: int = Field(ge=0, lt=2**32, strict=True)
    """Another number draws other first weights, orders and variations."""


class Ready(NamedTuple):
    """A network on its device before its first step, what it learns from, and what it began as."""

    net: nn.Module
    lesson: Lesson
    start: Begun | None


def facts_of(prepared: Prepared, experiment: Experiment, task: Task) -> dict[str, object]:
    """What decides, beside code and machine, which weights a training ends with."""
    return {
        "manifest_id": prepared.manifest_id, "recipe_id": prepared.recipe_id,
        "params": experiment.model_dump(mode="json"),
        # As pairs, because the order of the labels is that of the outputs.
        "task": [(label, [str(word) for word in words]) for label, words in task.items()],
    }  # fmt: skip


def ready(prepared: Prepared, experiment: Experiment, task: Task) -> Ready:
    """All that training begins with; chance is seeded by the experiment.

    Raises `Untrainable` when a label of the task has no training film, `Misspelt` for starts that
    do not go together.
    """
    seen, chosen = (
        films_of(prepared, task, split, experiment.protocol)
        for split in (Split.TRAIN, chosen_by(experiment.protocol))
    )
    _check(seen, chosen, experiment.task)
    generator = seed_everything(experiment.seed)
    net, start = _begun(experiment, len(task))
    look = _look(seen, experiment, start)
    if start is not None:
        tell_of_seen(start.about, prepared.rows, experiment.protocol)
    lesson = Lesson(train=seen, val=chosen, look=look, plan=experiment, generator=generator)
    return Ready(net, lesson, start)


def _look(seen: Films, experiment: Experiment, start: Begun | None) -> Look:
    """Weights mean what they mean on the scale that they were learnt on."""
    if start is not None:
        return look_of(start, experiment.size)
    if experiment.pretrained:
        mean, deviation = scale_of(experiment.model)
        return Look(size=experiment.size, mean=mean, deviation=deviation)
    return look_at(seen, experiment.size)


def _begun(experiment: Experiment, classes: int) -> tuple[nn.Module, Begun | None]:
    """The network before its first step, and what it begins from."""
    if experiment.pretrained and experiment.weights:
        raise Misspelt("params.yaml: `pretrained` and `weights` both name a start; keep one")
    if experiment.frozen and not (experiment.pretrained or experiment.weights):
        raise Misspelt(
            "params.yaml: `frozen` keeps the weights of a start, and none is named; set "
            "`pretrained: true` or `weights`"
        )
    start = read_start(experiment.weights) if experiment.weights else None
    net = build(
        experiment.model, classes=classes, size=experiment.size, pretrained=experiment.pretrained
    )
    check_side(net, experiment.model, experiment.size)
    if start is not None:
        begin(net, start)
    if experiment.frozen:
        freeze(net)
    return on_device(net), start


def _check(seen: Films, chosen: Films, task: str) -> None:
    if len(seen.labels) < 2:  # noqa: PLR2004 - telling apart takes two
        raise Untrainable(
            f"task '{task}': telling apart takes two labels, and it has "
            f"{', '.join(seen.labels) or 'none'}; ask for more in params.yaml"
        )
    if seen.absent:
        raise Untrainable(
            f"task '{task}': none of the {len(seen)} training films is of "
            f"{', '.join(seen.absent)}, which a network would then never answer; add such films, "
            "name a task in params.yaml without, or another `protocol` that keeps them in training"
        )
    if chosen.absent:
        log.warning("the validation split has no film of %s", ", ".join(chosen.absent))
