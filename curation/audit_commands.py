"""`cxr audit`: the leaks in anyone's list of films, without a project around it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from curation.audit.fault import Fault

MOST_PLACES = 4
"""Rows named for one finding; `--json` names all."""
Header = Annotated[str, typer.Option(metavar="HEADER", help="Header of the column; else guessed.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, one for a finding.")]


def audit(  # noqa: PLR0913, PLR0917 - each is one thing that a person may say of a list
    tables: Annotated[
        list[Path], typer.Argument(metavar="TABLE…", help="CSV or other lists, or Parquet.")
    ],
    path: Header = "",
    label: Header = "",
    source: Header = "",
    patient: Header = "",
    split: Header = "",
    day: Header = "",
    columns: Annotated[
        list[str] | None,
        typer.Option(
            help="Names of all cells where a list has no header: `patient,path,label,source`. "
            "Once for all lists, or once for each."
        ),
    ] = None,
    separator: Annotated[str, typer.Option(help="Between cells; guessed without it.")] = "",
    images: Annotated[
        Path | None, typer.Option(help="Folder of the pictures: compare their bytes and sizes too.")
    ] = None,
    most: Annotated[int, typer.Option(min=0, help="Findings shown of a kind; 0: all.")] = 10,
    as_json: Json = False,  # noqa: FBT002 - a switch of the command line
) -> None:
    """Find the leaks in a list of films: path, label, source, patient, split.

    One patient or one file on two sides, a file named twice, names that differ in case or ending
    only, an id that is two ids run together, a misspelt source, labels that contradict one another,
    a source that gives the label away, empty cells; with `--images`, files of the same bytes,
    and labels that seven facts of the files tell (size, colour, format, mean and deviation).

    Several lists are several sides, named by their file names or folders: `cxr audit train.txt
    test.txt --columns patient,path,label,source --separator " "`.

    Exit code 0: nothing found. 1: findings. 2: a list cannot be understood.
    """
    from curation.audit.checks import faults, unasked
    from curation.audit.lists import rows_of
    from curation.audit.pictures import byte_copies, files_of
    from curation.audit.statistics import files_that_tell, too_few

    given = {"path": path, "label": label, "source": source, "patient": patient, "split": split,
             "day": day}  # fmt: skip
    named = {column: header for column, header in given.items() if header}
    rows = rows_of(tables, named, columns or [], separator.replace("\\t", "\t"))
    found, reason = faults(rows), None
    if images:
        files = files_of(rows, images)
        found += [*byte_copies(rows, files, images), *files_that_tell(rows, files)]
        reason = too_few(rows[rows["path"].isin(files.keys())])
    for line in _json(found) if as_json else _told(found, most):
        typer.echo(line)
    if not as_json:
        for sentence in [*unasked(rows), *([reason] if reason else [])]:
            typer.echo(f"note: {sentence}")
        typer.echo(f"{len(found)} findings in {len(rows)} rows of {len(tables)} lists")
    raise typer.Exit(1 if found else 0)


def _json(found: "Iterable[Fault]") -> Iterator[str]:
    for fault in found:
        yield json.dumps({**asdict(fault), "count": fault.count}, ensure_ascii=False)


def _told(found: "Iterable[Fault]", most: int) -> Iterator[str]:
    from manifests.contract.cells import one_line

    for kind, faults in groupby(found, key=lambda fault: fault.kind):
        same = list(faults)
        yield f"{kind}: {len(same)}"
        for fault in same[: most or None]:
            rest = fault.count - MOST_PLACES
            more = f" and {rest} more" if rest > 0 else ""
            yield f"  {one_line(fault.what)}: {', '.join(fault.where[:MOST_PLACES])}{more}"
        if most and len(same) > most:
            yield f"  and {len(same) - most} more: --most 0 or --json tells all"
        yield f"  do: {same[0].do}"
