"""The stages that make an answer of several networks, or of more than pixels; called by DVC."""

from typing import Annotated

import typer

from training.stage_commands import Experiment, Folder, known_experiments, params, task_of

Combination = Annotated[str, typer.Argument(help="Key in params.yaml's combined.")]
Cascade = Annotated[str, typer.Argument(help="Key in params.yaml's cascades.")]


def combine(combination: Combination, evaluated: Folder, out: Folder) -> None:
    """One answer made of several networks', and whether it is better than theirs."""
    from manifests.contract.folder import whole_folder
    from training.judgement import Judging
    from training.stages import combine as room

    settings = params(f"combined.{combination}", room.Params)
    known_experiments(f"combined.{combination}.members", settings.members)
    with whole_folder(out) as part:
        room.main(evaluated, part, settings, params("evaluate", Judging))


def cascade(key: Cascade, prepared: Folder, first: Folder, second: Folder, out: Folder) -> None:
    """Two networks, one after the other, as one."""
    from manifests.contract.folder import whole_folder
    from manifests.contract.prepared import read_prepared
    from training.judgement import Judging
    from training.stages import cascade as room

    settings, judging = params(f"cascades.{key}", room.Params), params("evaluate", Judging)
    task = task_of(f"cascades.{key}", settings.task)
    with whole_folder(out) as part:
        room.main(read_prepared(prepared), (first, second), part, settings, task, judging)


def fuse(experiment: Experiment, prepared: Folder, evaluated: Folder, out: Folder) -> None:
    """What is known beside the pixels: does it tell the label, alone and with the network?"""
    from manifests.contract.folder import whole_folder
    from manifests.contract.prepared import read_prepared
    from training.judgement import Judging
    from training.stages import fuse as room

    settings, judging = params(f"fused.{experiment}", room.Params), params("evaluate", Judging)
    known_experiments("fused", [experiment])
    with whole_folder(out) as part:
        room.main(read_prepared(prepared), evaluated, part, settings, judging)
