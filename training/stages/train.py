"""Stage train: one network, trained on the training split and chosen on the validation split."""

import json
import logging
from pathlib import Path

from manifests.contract.folder import PART
from manifests.contract.prepared import Prepared
from training.checkpoint import Checkpoint, write_about, write_weights
from training.curves import curves
from training.experiment import Experiment, facts_of, ready
from training.files import is_drawn, wording
from training.films import read_task
from training.loop import train
from training.owned import owner_of
from training.resuming import Unfinished

log = logging.getLogger(__name__)


class Params(Experiment):
    """One entry under `experiments`."""


def main(
    prepared: Prepared, folder: Path, params: Params, task: dict[str, list[str]], state: Path
) -> None:
    """Write model.safetensors, checkpoint.json and curves/ into `folder`.

    The experiment is called as the folder is. After every epoch `state` says where it stands; a run
    that finds it there, of the same films, parameters and code, goes on to the same weights. It
    stays there: only who moves `folder` to its place knows that it is needed no more. Raises
    `Untrainable` when a label of the task has no training film.
    """
    asked = read_task(task)
    net, lesson, start = ready(prepared, params, asked)
    seen, chosen, look = lesson.train, lesson.val, lesson.look
    owner = owner_of(facts_of(prepared, params, asked))
    with curves(folder / "curves") as told:
        course = train(net, lesson, Unfinished(place=state, owner=owner), told)
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
        recipe=json.loads(prepared.recipe),
        base_levels=prepared.base_levels,
        max_side=prepared.max_side,
        lungs_by=prepared.lungs_by,
        least_lung=prepared.least_lung,
        channels=prepared.channels,
        size=look.size,
        mean=look.mean,
        deviation=look.deviation,
        start=None if start is None else start.about.model_dump(mode="json"),
        params=params.model_dump(mode="json"),
        seed=params.seed,
        best_epoch=course.best_epoch,
        train_films=seen.named_counts,
        weights_sha256=write_weights(folder, net),
    ))  # fmt: skip
    best = course.history[course.best_epoch - 1]
    log.info(
        "%s, protocol %s: %d training films, %d validation films; best epoch %d of %d, validation "
        "accuracy %s", params.model, params.protocol, len(seen), len(chosen),
        course.best_epoch, len(course.history),
        "unknown" if best.val_accuracy is None else f"{best.val_accuracy:.3f}",
    )  # fmt: skip
