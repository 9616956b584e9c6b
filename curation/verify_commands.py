"""`cxr release verify`: a version is believed once it came back from the Hub."""

from pathlib import Path
from typing import Annotated

import typer

from curation.stage_commands import LEDGER, RELEASES, Releases

INTEGRITY = 4
NOTHING_HERE = ", and nothing here to compare it with; give --manifest-id"


def verify(
    name: Annotated[str, typer.Argument(metavar="ORG/NAME@VERSION", show_default=False)],
    model: Annotated[bool, typer.Option("--model", help="It is a network.")] = False,  # noqa: FBT002 - a switch of the command line
    manifest: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A manifest that it must be made from.")
    ] = None,
    manifest_id: Annotated[
        str, typer.Option(metavar="ID", help="The id of that manifest, from a paper, say.")
    ] = "",
    releases: Releases = RELEASES,
) -> None:
    """Fetch a version from the Hub into an empty folder, and compare it with what it should be.

    Every file by its SHA-256; every configuration loaded offline by `datasets`, its films counted
    and their content compared; the manifest with the one in manifests/releases.csv, in the staged
    folder, in `--manifest` and in `--manifest-id`, as far as they are there. Where none is, a
    warning says so: then the release agrees with itself, whoever made it.

    Exit codes: 0 all is as it should be; 2 no such version; 3 the Hub does not answer now; 4 it
    differs; 5 not logged in, or the repository is gated.
    """
    from tempfile import TemporaryDirectory

    from curation.network.hub.fetching import downloaded, named
    from curation.publish.inventory import read_inventory
    from curation.publish.verified import Line, beside, check_id, recorded, table, verified

    if manifest_id:
        check_id(manifest_id)
    asked = named(name)
    with TemporaryDirectory() as place:
        folder = downloaded(
            asked.repository, asked.version, Path(place) / "release",
            kind="model" if model else "dataset",
        )  # fmt: skip
        told = read_inventory(folder)
        known = [*recorded(LEDGER, asked.repository, told, manifest), *beside(releases, told)]
        if manifest_id:
            known.append(Line("manifest as --manifest-id", manifest_id, told.manifest_id))
        lines = [*verified(folder, told), *known]
    if asked.is_version:
        lines.append(Line("version", asked.version, told.version))
    for row in table(lines):
        typer.echo(row)
    typer.echo(f"manifest: {told.manifest_id}{'' if known else NOTHING_HERE}", err=not known)
    wrong = sum(not line.is_same for line in lines)
    verdict = "differ: do not use it" if wrong else "agree"
    alone = (
        "" if known or wrong else ", of the release with itself alone: its manifest with nothing"
    )
    typer.echo(
        f"{name}: {f'{wrong} of ' if wrong else ''}{len(lines)} comparisons {verdict}{alone}"
    )
    raise typer.Exit(INTEGRITY if wrong else 0)
