"""`cxr diff`, `cxr changelog`: what lies between two versions of the manifest."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from curation.versions.version import Version

A = Annotated[
    str,
    typer.Argument(
        metavar="A", help="The older one: a dataset.parquet, a folder that holds one, or a "
        "revision of git (`v0.1.0`, `HEAD~1`).", show_default=False,
    ),
]  # fmt: skip
B = Annotated[str, typer.Argument(metavar="B", help="The newer one.", show_default=False)]
Json = Annotated[
    bool, typer.Option("--json", help="One JSON object, from which B can be made out of A.")
]


def diff(
    a: A,
    b: B = "manifests",
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
    most: Annotated[int, typer.Option(min=0, help="Films named under a title; 0: all.")] = 20,
) -> None:
    """Say what changed from manifest A to manifest B, film by film and per source.

    Added, removed (with the reason from the rejected.parquet beside B), relabelled, on another side
    of the split, under another licence, in another group, other decisions; groups that became one;
    rejections that came and went; both manifest ids. A manifest of an older declaration will do.

    Exit code 0: no difference. 1: they differ. 2: A or B is no manifest.
    """
    from curation.versions import diff as room
    from curation.versions.told import to_json
    from curation.versions.words import told

    before, after = _both(a, b)
    change = room.diff(before, after)
    if as_json:
        typer.echo(json.dumps(to_json(before, after, change), ensure_ascii=False))
    else:
        typer.echo(told(before, after, change, most))
    raise typer.Exit(0 if change.is_empty else 1)


def changelog(
    a: A,
    b: B = "manifests",
    profile: Annotated[
        str, typer.Option(help="Name of the profile; from the summary.json beside B without it.")
    ] = "",
) -> None:
    """Draft the entry for manifests/CHANGELOG.md, from A to B; you edit it and put it in.

    It counts; why something changed, only a person can say.
    """
    from curation.versions import diff as room
    from curation.versions.changelog import draft

    before, after = _both(a, b)
    named = profile or _profile_beside(Path(b))
    typer.echo(draft(before, after, room.diff(before, after), named), nl=False)


def _both(a: str, b: str) -> "tuple[Version, Version]":
    from curation.versions.locate import located
    from curation.versions.version import load
    from manifests.contract.record import Record

    known = list(Record.model_fields)
    with ExitStack() as stack:
        before, after = (load(stack.enter_context(located(word)), word, known) for word in (a, b))
        return before, after


def _profile_beside(place: Path) -> str:
    summary = (place if place.is_dir() else place.parent) / "summary.json"
    if not summary.is_file():
        return ""
    return str(json.loads(summary.read_text(encoding="utf-8")).get("profile", ""))
