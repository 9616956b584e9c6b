"""`cxr release …`: a version of the data set, staged, checked and published."""

import json
from pathlib import Path
from typing import Annotated

import typer

from curation import hub_commands
from curation.stage_commands import DATA, material

RELEASES, LEDGER = Path("releases"), Path("manifests/releases.csv")
Version = Annotated[str, typer.Argument(help="Such as 0.4.0.", show_default=False)]
Releases = Annotated[Path, typer.Option(metavar="DIR", help="Where releases are staged.")]

app = typer.Typer(
    help="Stage a version of the data set, check it, publish it, and load it back.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

app.command()(hub_commands.push)
app.command()(hub_commands.verify)


@app.command()
def stage(
    version: Version,
    releases: Releases = RELEASES,
) -> None:
    """Write releases/VERSION: the data set in its channels, and a folder for each network.

    VERSION is `release.version` of params.yaml, and data/release was made by `dvc repro release`.
    `open` and `noncommercial` hold pixels, `pointers` an address and hashes; what keeps a film's
    pixels back is listed. A network goes along if it learnt from this manifest. Nothing is sent.

    Exit codes: 0 done; 2 params.yaml says another version, or nothing is made yet; 4 the version is
    another manifest's already, or what lies in data/ does not fit together.
    """
    from curation.publish.staging import stage_dataset, told

    made = material()
    folder = stage_dataset(version, made, DATA / "release", releases, LEDGER)
    typer.echo(told(folder, made))
    typer.echo(f"staged: {folder}; now: cxr release check {version}")


@app.command()
def check(version: Version, releases: Releases = RELEASES) -> None:
    """Look at what was staged, by hashing, counting and loading it; refuse with the rows at fault.

    Refused are: pixels whose licence forbids them, altered pictures that may be shown unmodified
    only, a missing credit, a group on two sides, a number that the manifest does not give, an
    invalid Croissant, a configuration that `datasets` cannot load offline, EXIF or DICOM tags, a
    token or a path of the machine in any file, and one version name for two manifests.

    Exit codes: 0 it may leave; 4 it is not what it says; 5 something in it may not be published.
    """
    from curation.publish.checks.fault import RIGHTS, Fault
    from curation.publish.checks.mark import mark
    from curation.publish.checks.whole import rules
    from curation.publish.inventory import DATASET, read_inventory

    folder = releases / version / DATASET
    found: list[Fault] = []
    for name, look in rules(folder, read_inventory(folder), material(), LEDGER):
        own = list(look())
        typer.echo(f"{'BAD ' if own else 'ok  '} {name}")
        for fault in own:
            typer.echo(f"     {fault.told()}")
        found += own
    if found:
        typer.echo("mend what stands above, `dvc repro release`, and stage it again", err=True)
        raise typer.Exit(RIGHTS if any(fault.code == RIGHTS for fault in found) else found[0].code)
    mark(folder)
    typer.echo(f"{folder} may leave: cxr release push ORG/NAME")


def load_alone(folder: Path, config: str) -> None:
    """Load one configuration of a staged folder, for `cxr release check` and `verify`."""
    from curation.publish.load_alone import alone

    typer.echo(json.dumps(alone(folder, config)))
