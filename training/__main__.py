"""The command line of training: `python -m training STAGE …`, called by DVC.

A stage takes paths and no options, because an option is a parameter that DVC cannot see. What a
person calls, the stages that find lungs and those that put several answers together stand in
`*_commands.py` beside.
"""

import sys

import typer

from manifests.contract.faults import start_stage, told_in_sentences
from training import (
    combined_commands,
    export_commands,
    launching,
    lung_commands,
    predict_commands,
    shortcut_commands,
    start_commands,
)
from training.stage_commands import (
    STATES,
    Experiment,
    Folder,
    known_experiments,
    params,
    same_recipe,
    task_of,
)

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def begun(context: typer.Context) -> None:
    """From a manifest to a judged model. Research software, not for diagnosis."""
    launching.check_shared(context.invoked_subcommand)


app.command()(shortcut_commands.shift)
app.command()(shortcut_commands.suspects)
app.command()(shortcut_commands.audit)
app.command()(shortcut_commands.gate)
app.command()(shortcut_commands.remedy)
app.command()(lung_commands.segment)
app.command()(lung_commands.lungs)
app.command()(combined_commands.combine)
app.command()(combined_commands.cascade)
app.command()(combined_commands.fuse)
app.command()(start_commands.convert)
app.command()(start_commands.probe)
app.command("probe-stage")(start_commands.probe_stage)
app.command()(export_commands.export)
app.command()(predict_commands.predict)
app.command()(predict_commands.masks)


@app.command()
def train(experiment: Experiment, prepared: Folder, out: Folder) -> None:
    """Train one experiment on prepared shards; keep the best checkpoint.

    On as many processes as torchrun or `compute.launcher` of params.yaml starts.
    """
    launching.launched(params("compute", launching.Compute).launcher, sys.argv[1:])
    from manifests.contract.prepared import read_prepared
    from training.hardware import processes
    from training.machine import one_writer
    from training.stages import train as room

    settings = params(f"experiments.{experiment}", room.Params)
    task, state = task_of(f"experiments.{experiment}", settings.task), STATES / f"{out.name}.state"
    with one_writer(out) as part:
        room.main(read_prepared(prepared), part, settings, task, state)
    if processes().is_main_process:
        # Only now: a run that is killed while the folder is moved to its place goes on as well.
        state.unlink(missing_ok=True)


@app.command()
def rate(experiment: Experiment, prepared: Folder, out: Folder) -> None:
    """Find the learning rate at which an experiment would learn fastest; train nothing."""
    from manifests.contract.folder import whole_folder
    from manifests.contract.prepared import read_prepared
    from training.stages import rate as room
    from training.stages import train as trained

    ramp = params(f"rate.{experiment}", room.Params)
    settings = params(f"experiments.{experiment}", trained.Params)
    same_recipe(f"rate.{experiment}", ramp.recipe, settings.recipe)
    with whole_folder(out) as part:
        room.main(
            read_prepared(prepared),
            part,
            ramp,
            settings,
            task_of(f"experiments.{experiment}", settings.task),
        )


@app.command()
def evaluate(prepared: Folder, trained: Folder, out: Folder) -> None:
    """Score the checkpoint on the test films, with intervals over groups."""
    from manifests.contract.folder import whole_folder
    from manifests.contract.prepared import read_prepared
    from training.stages import evaluate as room

    with whole_folder(out) as part:
        room.main(read_prepared(prepared), trained, part, params("evaluate", room.Params))


@app.command()
def repeat(experiment: Experiment, prepared: Folder, out: Folder) -> None:
    """Train and judge one experiment over many seeds and protocols; keep its figures only.

    On as many processes as `train`.
    """
    launching.launched(params("compute", launching.Compute).launcher, sys.argv[1:])
    from manifests.contract.prepared import read_prepared
    from training.machine import one_writer
    from training.stages import evaluate as judged
    from training.stages import repeat as room
    from training.stages import train as trained

    asked = params(f"repeats.{experiment}", room.Params)
    settings = params(f"experiments.{experiment}", trained.Params)
    same_recipe(f"repeats.{experiment}", asked.recipe, settings.recipe)
    given = room.Repeated(
        experiment=settings,
        task=task_of(f"experiments.{experiment}", settings.task),
        judging=params("evaluate", judged.Params),
        cache=STATES / "repeat" / experiment,
    )
    with one_writer(out) as part:
        room.main(read_prepared(prepared), part, asked, given)


@app.command()
def explain(prepared: Folder, trained: Folder, split: Folder, truth: Folder, out: Folder) -> None:
    """Say where a network looks on test films, and how far that can be believed."""
    from manifests.contract.folder import whole_folder
    from manifests.contract.prepared import read_prepared
    from training.stages import explain as room

    settings = params("explain", room.Params)
    known_experiments("explain.layer", list(settings.layer))
    known = room.Known(drawn=truth / "masks.parquet", records=split / "records.parquet")
    with whole_folder(out) as part:
        room.main(read_prepared(prepared), trained, known, part, settings)


@app.command()
def conceal(
    experiment: Experiment, plain: Folder, concealed: Folder, trained: Folder, out: Folder
) -> None:
    """Say what concealing burned-in text changes in the answers of a trained network."""
    from manifests.contract.folder import whole_folder
    from manifests.contract.prepared import read_prepared
    from training.stages import conceal as room

    settings = params(f"conceal.{experiment}", room.Params)
    with whole_folder(out) as part:
        room.main(read_prepared(plain), read_prepared(concealed), trained, part, settings)


def main() -> None:
    with told_in_sentences():
        app()


if __name__ == "__main__":
    start_stage()
    main()
