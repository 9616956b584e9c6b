"""Stage train: one network, trained on the training split and chosen on the validation split."""

import logging
from pathlib import Path

from pydantic import Field
from torch import nn

from manifests.contract.folder import PART
from manifests.contract.params import Misspelt
from manifests.contract.prepared import Prepared
from manifests.contract.protocol import Protocol, chosen_by
from manifests.contract.vocabulary import Split
from training.checkpoint import Checkpoint, write_about, write_weights
from training.data import look_at
from training.files import is_drawn, wording
from training.films import Films, Untrainable, films_of, read_task
from training.hardware import on_device
from training.loop import Lesson, train, write_history
from training.models import build
from training.plan import Plan
from training.seed import seed_everything
from training.starts.beginning import begin, freeze, look_of
from training.starts.folder import Begun, read_start

log = logging.getLogger(__name__)


class Params(Plan):
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
    size: int = Field(ge=32, le=2048)
    """Pixels a side that the network sees."""
    seed: int = Field(ge=0, lt=2**32)
    """Another number draws other first weights, orders and variations."""


def main(prepared: Prepared, folder: Path, params: Params, task: dict[str, list[str]]) -> None:
    """Write model.safetensors, checkpoint.json and history.csv into `folder`.

    The experiment is called as the folder is. Raises `Untrainable` when fewer than two labels have
    training films.
    """
    asked = read_task(task)
    seen, chosen = (
        films_of(prepared, asked, split, params.protocol)
        for split in (Split.TRAIN, chosen_by(params.protocol))
    )
    _check(seen, chosen, params.task)
    generator = seed_everything(params.seed)
    net, start = _begun(params, len(asked))
    look = look_at(seen, params.size) if start is None else look_of(start, params.size)
    _warn_of_seen(start, prepared)
    course = train(net, Lesson(train=seen, val=chosen, look=look, plan=params, generator=generator))
    write_history(folder / "history.csv", course.history)
    write_about(folder, Checkpoint(
        **wording(prepared),
        is_drawn=is_drawn(prepared),
        experiment=folder.name.removesuffix(PART),
        model=params.model,
        labels=tuple(asked),
        task=dict(asked),
        protocol=params.protocol,
        manifest_id=prepared.manifest_id,
        recipe_id=prepared.recipe_id,
        channels=prepared.channels,
        size=look.size,
        mean=look.mean,
        deviation=look.deviation,
        start=None if start is None else start.about.model_dump(mode="json"),
        params=params.model_dump(mode="json"),
        seed=params.seed,
        best_epoch=course.best_epoch,
        train_films=_counts(seen),
        weights_sha256=write_weights(folder, net),
    ))  # fmt: skip
    best = course.history[course.best_epoch - 1]
    log.info(
        "%s, protocol %s: %d training films, %d validation films; best epoch %d of %d, validation "
        "accuracy %s", params.model, params.protocol, len(seen), len(chosen),
        course.best_epoch, len(course.history),
        "unknown" if best.val_accuracy is None else f"{best.val_accuracy:.3f}",
    )  # fmt: skip


def _begun(params: Params, classes: int) -> tuple[nn.Module, Begun | None]:
    """The network before its first step, and what it begins from."""
    if params.pretrained and params.weights:
        raise Misspelt("params.yaml: `pretrained` and `weights` both name a start; keep one")
    if params.frozen and not (params.pretrained or params.weights):
        raise Misspelt(
            "params.yaml: `frozen` keeps the weights of a start, and none is named; set "
            "`pretrained: true` or `weights`"
        )
    start = read_start(params.weights) if params.weights else None
    net = build(params.model, classes=classes, size=params.size, pretrained=params.pretrained)
    if start is not None:
        begin(net, start)
    if params.frozen:
        freeze(net)
    return on_device(net), start


def _warn_of_seen(start: Begun | None, prepared: Prepared) -> None:
    seen = set(prepared.rows["source"]) & set(start.about.seen) if start is not None else set()
    if seen:
        log.warning(
            "the start may have learnt from films of %s that are judged on here: what is measured "
            "on them is too good", ", ".join(sorted(seen)),
        )  # fmt: skip


def _check(seen: Films, chosen: Films, task: str) -> None:
    present = len(seen.labels) - len(seen.absent)
    if present < 2:  # noqa: PLR2004 - telling apart takes two
        raise Untrainable(
            f"task '{task}': the training split has {len(seen)} films with {present} of the labels "
            f"{', '.join(seen.labels)}; at least two are needed. Add films, or ask for other "
            "labels in params.yaml"
        )
    for name, films in (("training", seen), ("validation", chosen)):
        if films.absent:
            log.warning("the %s split has no film of %s", name, ", ".join(films.absent))


def _counts(films: Films) -> dict[str, int]:
    return {label: int(n) for label, n in zip(films.labels, films.counts, strict=True)}
