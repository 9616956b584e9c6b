"""`cxr inspect`: what the pixels of any pictures say, with no project around them."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

Places = Annotated[
    list[Path], typer.Argument(help="Folders of pictures, or pictures.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object per line, for a program.")]
SHOWN = ("view", "view_score", "pediatric_score", "text_fraction", "quality")


def inspect(places: Places, as_json: Json = False) -> None:  # noqa: FBT002 - a switch of the command line
    """Say of every picture which view it shows, whether of a child, how much text, what is wrong.

    `view` is FRONTAL, L (lateral), OTHER (no chest film, such as a CT slice) or UNKNOWN; scores
    and fractions are 0 to 1. `pediatric_score` is empty where no frontal film is seen. Hidden
    files are left out. Files are told by their content: JPEG, PNG, WebP, TIFF, DICOM.

    Exit code 0: all were read. 1: some were not, and each has its sentence on stderr.
    """
    rows: list[Mapping[str, object]] = []
    unread = 0
    for path, found in _inspected(places):
        if isinstance(found, str):
            unread += 1
            typer.echo(found, err=True)
        elif as_json:
            typer.echo(json.dumps({"path": str(path), **found}))
        else:
            rows.append({"path": str(path), **found})
    if not as_json:
        _show(rows)
    if unread:
        typer.echo(f"{unread} of the files could not be read, see above", err=True)
    raise typer.Exit(1 if unread else 0)


def _inspected(places: list[Path]) -> Iterator[tuple[Path, dict[str, object] | str]]:
    """Every file with what it shows, or with the sentence why not; in the order of the files.

    First what cannot be looked at, for which an empty path stands.
    """
    from tqdm import tqdm

    from curation.folders import pictures
    from curation.work.each import each

    here = pictures(places)
    if here.told:
        typer.echo(here.told, err=True)
    yield from ((Path(), fault) for fault in here.faults)
    found = tqdm(
        each(_one, here.files), total=len(here.files), desc="inspect", unit=" files", disable=None
    )
    yield from zip(here.files, found, strict=True)


def _one(path: Path) -> dict[str, object] | str:
    from curation.pixels.inspection import inspection
    from curation.pixels.text import text_mask
    from manifests.contract.images import decode
    from manifests.contract.rejection import Rejected

    try:
        film = decode(path.read_bytes(), str(path))
    except Rejected as verdict:
        return verdict.detail
    except OSError as fault:
        return f"{path}: cannot be read ({fault.strerror}); look at its permissions"
    seen, score = inspection(film.pixels, film.colour)
    text = round(float((text_mask(film.pixels) > 0).mean()), 4)
    found = {"view": str(seen.seen_view), "pediatric_score": score, "text_fraction": text,
             "quality": seen.quality, "view_score": seen.view_score}  # fmt: skip
    return {name: found[name] for name in SHOWN}


def _show(rows: list[Mapping[str, object]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Column, Table

    console = Console()
    table = Table(Column("path", overflow="fold"), *SHOWN)
    for row in rows:
        table.add_row(
            escape(str(row["path"])), *("" if row[n] is None else str(row[n]) for n in SHOWN)
        )
    if rows:
        console.print(table)
    for name in ("view", "quality"):
        counts = Counter(str(row[name]) for row in rows)
        told = ", ".join(f"{word} {count}" for word, count in sorted(counts.items()))
        console.print(f"{name}: {told or 'no picture'}", soft_wrap=True)
