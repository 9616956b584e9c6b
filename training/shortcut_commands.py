"""The stages on shortcuts: sources, doubted labels, audit and gate, and what remedies do."""

import sys

from training.stage_commands import (
    PARAMS,
    STATES,
    Experiment,
    Folder,
    Task,
    known_recipes,
    params,
    task_of,
)


def shift(prepared: Folder, out: Folder) -> None:
    """Say how far the sources differ in each recipe; `prepared` holds a folder for each."""
    from manifests.contract.folder import whole_folder
    from manifests.contract.prepared import read_prepared
    from training.stages import shift as room

    settings = params("shift", room.Params)
    known_recipes("shift.recipes", settings.recipes)
    with whole_folder(out) as part:
        given = {name: read_prepared(prepared / name) for name in settings.recipes}
        room.main(given, part, settings)


def suspects(task: Task, prepared: Folder, out: Folder) -> None:
    """Rank the films of a task by how much a plain classifier doubts their label."""
    from manifests.contract.folder import whole_folder
    from manifests.contract.params import Misspelt, read
    from manifests.contract.prepared import read_prepared
    from training.stages import suspects as room

    tasks = read(PARAMS)["tasks"]
    if task not in tasks:
        raise Misspelt(f"params.yaml: {task!r} is no task; known: {', '.join(tasks)}")
    with whole_folder(out) as part:
        room.main(read_prepared(prepared), part, params("suspects", room.Params), tasks[task])


def audit(task: Task, split: Folder, prepared: Folder, concealed: Folder, out: Folder) -> None:
    """Ask probes that should fail for the labels of a task; write what each finds."""
    from manifests.contract.folder import whole_folder
    from manifests.contract.params import Misspelt, read
    from manifests.contract.prepared import read_prepared
    from manifests.contract.table import read_stage
    from training.shortcuts.probing import Given
    from training.shortcuts.sharing import starts_of
    from training.stages import audit as room

    sections = read(PARAMS)
    tasks, settings = sections["tasks"], params("audit", room.Params)
    if task not in tasks:
        raise Misspelt(f"params.yaml: {task!r} is no task; known: {', '.join(tasks)}")
    given = Given(
        prepared=read_prepared(prepared),
        concealed=read_prepared(concealed),
        records=read_stage(split)[0],
        starts=starts_of(sections["experiments"], task),
    )
    with whole_folder(out) as part:
        room.main(given, part, settings, tasks[task])


def gate(audits: Folder, out: Folder) -> None:
    """Stop the road where a probe failed that params.yaml does not allow by name."""
    from manifests.contract.folder import whole_folder
    from manifests.contract.params import read
    from training.stages import gate as room

    tasks = sorted(read(PARAMS)["tasks"])
    with whole_folder(out) as part:
        room.main([audits / task / "scores.json" for task in tasks], part)


def remedy(experiment: Experiment, prepared: Folder, out: Folder) -> None:
    """Say what each remedy does on sources never trained on; `prepared` holds all recipes.

    On as many processes as `train`.
    """
    from training import launching

    launching.launched(params("compute", launching.Compute).launcher, sys.argv[1:])
    from manifests.contract.prepared import read_prepared
    from training.experiment import Experiment as Trained
    from training.judgement import Judging
    from training.machine import one_writer
    from training.remedies import Tried
    from training.stages import remedy as room

    settings = params(f"remedies.{experiment}", room.Params)
    usual = params(f"experiments.{experiment}", Trained)
    recipes = {one.recipe for one in settings.remedies.values()} | {usual.recipe}
    known_recipes(f"remedies.{experiment}.remedies", sorted(recipes))
    tried = Tried(
        experiment=usual.model_copy(update={"size": settings.size, "epochs": settings.epochs}),
        task=task_of(f"experiments.{experiment}", usual.task),
        held_out=settings.held_out,
        seeds=settings.seeds,
        cache=STATES / "remedy" / experiment,
    )
    with one_writer(out) as part:
        given = {name: read_prepared(prepared / name) for name in sorted(recipes)}
        room.main(given, part, settings, tried, params("evaluate", Judging))
