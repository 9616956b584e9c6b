"""`cxr release …`: a version of the data set, staged, checked and published."""

import json
from pathlib import Path

import typer

from curation import hub_commands

app = typer.Typer(
    help="Stage a version of the data set, check it, publish it, and load it back.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

app.command()(hub_commands.push)
app.command()(hub_commands.verify)


def load_alone(folder: Path, config: str) -> None:
    """Load one configuration of a staged folder, for `cxr release check` and `verify`."""
    from curation.publish.load_alone import alone

    typer.echo(json.dumps(alone(folder, config)))
