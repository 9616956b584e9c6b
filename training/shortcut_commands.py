"""The stages that look at the films before any network does: sources, doubted labels, shortcuts."""

from training.stage_commands import PARAMS, Folder, Task, params


def shift(prepared: Folder, out: Folder) -> None:
    """Say how far the sources differ in each recipe; `prepared` holds a folder for each."""
    from manifests.contract.folder import whole_folder
    from manifests.contract.params import Misspelt, read
    from manifests.contract.prepared import read_prepared
    from training.stages import shift as room

    settings, known = params("shift", room.Params), read(PARAMS)["recipes"]
    unknown = [name for name in settings.recipes if name not in known]
    if unknown:
        raise Misspelt(
            f"params.yaml: 'shift.recipes' has {unknown[0]!r}; known: {', '.join(known)}"
        )
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
