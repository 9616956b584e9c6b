"""`python -m training convert` and `probe`: of a checkpoint that somebody else trained."""

from pathlib import Path
from typing import Annotated

import typer

from training.stage_commands import PARAMS, Folder, params


def convert(
    checkpoint: Annotated[Path, typer.Argument(show_default=False, help="As a CheXNet is saved.")],
    out: Annotated[Path, typer.Option(help="Folder to write.")],
    least: Annotated[float, typer.Option(min=0, max=1, help="Least share of the body.")] = 0.99,
) -> None:
    """Make a start for densenet121 and covid_cxnet of a checkpoint laid out as CheXNet's."""
    from training.starts.writing import convert_checkpoint

    for line in convert_checkpoint(checkpoint, out, least):
        typer.echo(line)


def probe_stage(prepared: Folder, out: Folder) -> None:
    """Ask the CheXNet that params.yaml names about a few films; say so where it names none."""
    from manifests.contract.folder import whole_folder
    from manifests.contract.params import Misspelt, read
    from manifests.contract.prepared import read_prepared
    from training.stages import probe as room

    settings, known = params("probe", room.Params), read(PARAMS)["recipes"]
    if settings.recipe not in known:
        raise Misspelt(
            f"params.yaml: 'probe.recipe' is {settings.recipe!r}; known: {', '.join(known)}"
        )
    with whole_folder(out) as part:
        room.main(read_prepared(prepared), part, settings)


def probe(
    checkpoint: Annotated[Path, typer.Argument(show_default=False, help="As a CheXNet is saved.")],
    prepared: Annotated[Path, typer.Argument(show_default=False, help="A folder of stacks.")],
    films: Annotated[list[str] | None, typer.Option(help="Record id; may stand again.")] = None,
    size: Annotated[int, typer.Option(min=32, max=2048, help="Pixels a side it is given.")] = 224,
) -> None:
    """Say what a CheXNet itself sees on films: of a test film with COVID-19, and a normal one."""
    from manifests.contract.prepared import read_prepared
    from training.starts.probe import lines_of, probe

    for line in lines_of(probe(checkpoint, read_prepared(prepared), films or [], size)):
        typer.echo(line)
