"""`cxr source …`: what a maintainer types to add a source, check it, and see what it brings."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from curation.preview import Preview

PARAMS, PROFILES = Path("params.yaml"), Path("profiles")
MERGED, INGESTED, MANIFESTS = Path("data/merge"), Path("data/ingest"), Path("manifests")
ROWS = 20
"""Held films and rejections shown to a person; `--json` gives all."""
Key = Annotated[str, typer.Argument(help="Key of the source.", show_default=False)]
Profile = Annotated[
    str, typer.Option(help="Take the source's entry from profiles/NAME.yaml.", metavar="NAME")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")]

app = typer.Typer(
    help="Add a source, check it, and see what it would bring.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


@app.command()
def new(
    key: Key,
    like: Annotated[
        str, typer.Option(help="A source of the kind you want: a site, a clone, a folder.")
    ] = "cohen",
) -> None:
    """Lay down a source that works at once: its folder, entry, fixture and test, to be filled in.

    Nothing that is there is written over. Then edit the file it names, put the oddities of the real
    thing into the fixture, and run `cxr source check KEY`, which says what is still to be filled
    in, until it is content.
    """
    from curation.scaffold.new import scaffold
    from manifests.contract.params import read

    # A file that cannot be read cannot be added to.
    read(PARAMS)
    for place in scaffold(key, like, Path()):
        typer.echo(f"wrote {place}")
    typer.echo(f"now fill in the first of them, then: cxr source check {key}")


@app.command()
def check(key: Key, as_json: Json = False) -> None:  # noqa: FBT002 - a switch of the command line
    """Ask one source the questions that all are asked, offline, on its fixture.

    Exit code 0: it answers all of them. 1: it does not, and the sentences say what to mend.
    """
    from curation.network.offline import offline
    from curation.questions.asked import QUESTIONS
    from curation.questions.case import Case

    case = Case(key, Path(), _entries(key, ""))
    with offline():
        answers = {ask.__name__.replace("_", " "): list(ask(case)) for ask in QUESTIONS}
    if as_json:
        typer.echo(json.dumps(answers, ensure_ascii=False))
    else:
        for question, faults in answers.items():
            typer.echo(f"{'BAD ' if faults else 'ok  '} {question}")
            for fault in faults:
                typer.echo(f"     {fault}")
    raise typer.Exit(1 if any(answers.values()) else 0)


@app.command()
def preview(key: Key, profile: Profile = "", as_json: Json = False) -> None:  # noqa: FBT002 - as above
    """Read a source and say what it would add; nothing is written.

    How many films, which cannot be decoded, which are laterals, children or no radiographs, which
    films other sources hold already and where, where the two disagree, and which licences keep
    pixels back. What is held is what `dvc repro merge` made last.
    """
    from curation import preview as room
    from curation.sources.loading import load
    from curation.stages import dedup, ingest
    from curation.stages import filter as filtering
    from manifests.contract.params import read, section
    from manifests.contract.table import read_stage

    sections = read(PARAMS)
    source = load(key, _entries(key, profile))
    setting = room.Setting(
        reading=section(sections, "ingest", ingest.Params),
        comparing=section(sections, "dedup", dedup.Params),
        adult_from_years=section(sections, "filter", filtering.Params).adult_from_years,
        manifests=MANIFESTS,
    )
    records = read_stage(MERGED)[0] if MERGED.is_dir() else room.nothing()
    folders = [INGESTED / name for name in sorted(records["source"].unique()) if name != key]
    holdings = room.Holdings(records, folders)
    with tempfile.TemporaryDirectory() as folder:
        found = room.preview(key, source, holdings, Path(folder), setting)
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False))
    else:
        _show(found)


def _entries(key: str, profile: str) -> Mapping[str, Any]:
    """The entries of params.yaml or of a profile; any profile's where params.yaml has none."""
    from curation.sources.loading import of_profile
    from manifests.contract.params import Misspelt, read

    if profile:
        entries = of_profile(PROFILES, profile)
        if key not in entries:
            place = PROFILES / f"{profile}.yaml"
            raise Misspelt(f"{place}: has no source '{key}'; it has {', '.join(entries)}")
        return entries
    found: dict[str, Any] = read(PARAMS)["sources"]
    for place in [] if key in found else sorted(PROFILES.glob("*.yaml")):
        if key in (entries := of_profile(PROFILES, place.stem)):
            return entries
    return found


def _show(found: "Preview") -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    counts = Table(title=f"{found.source}: what it would add", show_header=False)
    for name, value in {
        "rows and files that came in": found.came_in,
        "films": found.films,
        "patients": found.patients,
        "undecodable": found.undecodable,
        "lateral": found.lateral,
        "not radiographs": found.not_radiographs,
        "under age": found.under_age,
        "age unknown": found.age_unknown,
        f"held already (of {found.compared_with} films)": sum(
            pair.relation != "same_patient_or_series" for pair in found.held
        ),
        "label conflicts": sum(pair.is_conflict for pair in found.held),
        "pixels that may not be handed on": sum(found.license_gaps.values()),
    }.items():
        counts.add_row(name, str(value))
    console.print(counts)
    for title, words in {
        "findings": found.findings, "views": found.views, "licences": found.licenses,
        "rejected": found.rejected,
    }.items():  # fmt: skip
        console.print(f"[bold]{title}[/]:", ", ".join(f"{w} {n}" for w, n in words.items()) or "-")
    if not found.compared_with:
        console.print("compared with nothing: no films are held yet; run `dvc repro merge` first")
    elif found.held_are_drawn:
        console.print(
            "the films that are held are drawn ones; make those of your profile first, "
            "`dvc exp run -S +profiles=NAME merge`, to compare with real films"
        )
    for reason, sentence in found.examples.items():
        console.print(f"  {reason}, for example: {sentence}", markup=False)
    if found.held:
        pairs = Table("film", "is held as", "relation", "finding here", "there")
        for pair in found.held[:ROWS]:
            pairs.add_row(pair.film, pair.held, pair.relation, *pair.findings)
        console.print(pairs)
        if len(found.held) > ROWS:
            console.print(f"and {len(found.held) - ROWS} more; --json gives all")
