"""`cxr release …`: a version of the data set, staged, checked and published."""

import json
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curation import hub_commands, verify_commands
from curation.stage_commands import (
    DATA,
    LEDGER,
    MANIFESTS,
    RELEASES,
    Releases,
    material,
    report_inputs,
    withdrawn,
)
from manifests.contract.network import ABOUT

if TYPE_CHECKING:
    from curation.publish.networks.card import Origin

Version = Annotated[str, typer.Argument(help="Such as 0.4.0.", show_default=False)]

app = typer.Typer(
    help="Stage a version of the data set, check it, publish it, and load it back.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)

app.command()(hub_commands.push)
app.command()(verify_commands.verify)


@app.command()
def stage(
    version: Version,
    model: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="A network that goes along; all that were trained."),
    ] = None,
    no_models: Annotated[bool, typer.Option("--no-models", help="Films alone.")] = False,  # noqa: FBT002 - a switch of the command line
    releases: Releases = RELEASES,
) -> None:
    """Write releases/VERSION: the data set in its channels, and a folder for each network.

    VERSION is `release.version` of params.yaml, and data/release was made by `dvc repro release`.
    `open` and `noncommercial` hold pixels, `pointers` an address and hashes; what keeps a film's
    pixels back is listed. A network goes along if it learnt from this manifest. Nothing is sent.

    Exit codes: 0 done; 2 params.yaml says another version, or nothing is made yet; 4 the version is
    another manifest's already, or what lies in data/ does not fit together.
    """
    from curation.predicting.other_side import Ended
    from curation.publish.inventory import INVENTORY, MODELS
    from curation.publish.networks.staging import stage_networks, trained
    from curation.publish.staging import stage_dataset, told
    from manifests.contract.params import Misspelt

    if not (DATA / "release" / INVENTORY).is_file():
        raise Misspelt(f"{DATA / 'release'}: nothing is made yet; run `dvc repro release`")
    made = material()
    folder = stage_dataset(version, made, DATA / "release", releases, LEDGER)
    typer.echo(told(folder, made))
    if not no_models and (model or any(DATA.glob(f"train/*/{ABOUT}"))):
        from_here = _origin()
        try:
            keys = model or trained(from_here)
            for key in stage_networks(releases / version / MODELS, keys, from_here):
                typer.echo(f"  network {key}")
        except Ended as fault:
            raise typer.Exit(fault.code) from None
    typer.echo(f"staged: {releases / version}; now: cxr release check {version}")


@app.command()
def check(version: Version, releases: Releases = RELEASES) -> None:
    """Look at what was staged, by hashing, counting and loading it; refuse with the rows at fault.

    Refused are: pixels whose licence forbids them, altered pictures that may be shown unmodified
    only, a missing credit, a group on two sides, a number that the manifest does not give, an
    invalid Croissant, a configuration that `datasets` cannot load offline, EXIF or DICOM tags, a
    token or a path of the machine in any file, one version name for two manifests, a row that is
    not the manifest's, a film that was withdrawn since; and a network whose weights, card or
    figures are not those of the road.

    Exit codes: 0 it may leave; 4 it is not what it says; 5 something in it may not be published.
    """
    from curation.publish.checks.fault import INTEGRITY, RIGHTS, Fault
    from curation.publish.checks.mark import mark
    from curation.publish.checks.whole import look, rules
    from curation.publish.inventory import DATASET, MODELS, read_inventory
    from curation.publish.networks.check import check_network, staged_networks

    folder = releases / version / DATASET
    codes: set[int] = set()

    def show(name: str, found: list[Fault]) -> None:
        typer.echo(f"{'BAD ' if found else 'ok  '} {name}")
        for fault in found:
            typer.echo(f"     {fault.told()}")
        codes.update(fault.code for fault in found)

    made = material()
    for rule in rules(folder, read_inventory(folder), made, withdrawn(made.records), LEDGER):
        show(rule[0], look(rule))
    networks = staged_networks(releases / version / MODELS)
    origin = _origin() if networks else None
    for place in networks:
        found = check_network(place, origin) if origin else []
        show(f"network {place.name}", [Fault("network", [one]) for one in found])
    if codes:
        typer.echo("mend what stands above, `dvc repro`, and stage it again", err=True)
        raise typer.Exit(RIGHTS if RIGHTS in codes else INTEGRITY)
    for place in (folder, *networks):
        mark(place)
    typer.echo(f"{releases / version} may leave: cxr release push ORG/NAME")


@app.command()
def preview(version: Version, releases: Releases = RELEASES) -> None:
    """Draw the data set's page as the Hub will show it: releases/VERSION/preview.html.

    The card, the question that is asked before the files are given, and the first rows of every
    configuration. It asks nothing of the network, and holds pictures: keep it to yourself.
    """
    from curation.publish.inventory import DATASET
    from curation.showcase.showing import showcase
    from manifests.contract.folder import whole_file

    place = releases / version / "preview.html"
    words = showcase(releases / version / DATASET)
    with whole_file(place) as part:
        part.write_text(words, encoding="utf-8")
    typer.echo(f"open {place}")


def _origin() -> "Origin":
    """What the networks and their cards are made from."""
    from curation.licenses import Licenses
    from curation.publish.networks.card import Origin

    rules = Licenses.load(MANIFESTS / "licenses.yaml")
    return Origin(data=DATA, inputs=report_inputs(), licenses=rules, ledger=LEDGER)


def load_alone(folder: Path, config: str) -> None:
    """Load one configuration of a staged folder, for `cxr release check` and `verify`."""
    # Whoever reads what went wrong looks at the last line, which no library is to fill with doubts;
    # the processes that it starts read the variable.
    warnings.simplefilter("ignore")
    os.environ["PYTHONWARNINGS"] = "ignore"
    from curation.publish.load_alone import alone

    typer.echo(json.dumps(alone(folder, config)))
