"""`python -m training convert`: a start of a checkpoint that somebody else trained."""

from pathlib import Path
from typing import Annotated

import typer


def convert(
    checkpoint: Annotated[Path, typer.Argument(show_default=False, help="As a CheXNet is saved.")],
    out: Annotated[Path, typer.Option(help="Folder to write.")],
    least: Annotated[float, typer.Option(min=0, max=1, help="Least share of the body.")] = 0.99,
) -> None:
    """Make a start for densenet121 and covid_cxnet of a checkpoint laid out as CheXNet's."""
    from training.starts.writing import convert_checkpoint

    for line in convert_checkpoint(checkpoint, out, least):
        typer.echo(line)
