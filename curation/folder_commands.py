"""`cxr duplicates` for anyone's folders, which need no project around them; and `cxr cache`."""

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from curation.duplicates.in_folders import Copies
    from curation.work.bench import Bench

PARAMS = Path("params.yaml")


def duplicates(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    places: Annotated[
        list[Path], typer.Argument(metavar="FOLDER…", help="Folders of pictures, or pictures.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per pair.")] = False,  # noqa: FBT002 - a switch of the command line
    is_borderline: Annotated[  # noqa: FBT002 - as above
        bool, typer.Option("--borderline", help="Also pairs that may be one patient or series.")
    ] = False,
    copy_at_least: Annotated[
        float, typer.Option(min=0, max=1, help="Score from which two films are copies.")
    ] = 0.86,
    same_patient_at_least: Annotated[
        float, typer.Option(min=0, max=1, help="Score from which --borderline lists a pair.")
    ] = 0.6,
    candidates: Annotated[
        int, typer.Option(min=1, max=100, help="Nearest films that each is compared with.")
    ] = 10,
    cache: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Remember what was found out about each file there."),
    ] = None,
) -> None:
    """Find the files that show one chest X-ray: same bytes, same pixels, or a verified copy.

    Needs no project: any folders of PNG, JPEG, WebP, TIFF or DICOM files, by content and not by
    name. Copies may be re-encoded, resized, cropped, annotated, of other contrast, inverted,
    mirrored or slightly turned. Each film is compared, pixel by pixel once aligned, with those
    most like it; a follow-up of the same patient is no copy. Nothing is changed or deleted.

    With --json one line per pair: `{"a", "b", "relation", "score"}`; the relation is
    identical_bytes, same_pixels, recompressed_or_resized, cropped_or_annotated or adjusted, and
    with --borderline also same_patient_or_series, which joins nothing. Of up to 50 files with
    equal pixels every pair is listed, of more each beside the first. Without --json: a table of
    the copies of each film, the largest first.

    Exit codes: 0 done; 1 some file is no readable picture, or some folder cannot be listed (a
    sentence for each on stderr, and all others are compared); 2 a folder is not there.
    """
    from curation.duplicates.in_folders import Thresholds, copies_in
    from curation.folders import pictures
    from manifests.contract.params import Misspelt

    if same_patient_at_least > copy_at_least:
        raise Misspelt("--same-patient-at-least is above --copy-at-least; lower it")
    least = same_patient_at_least if is_borderline else copy_at_least
    with tempfile.TemporaryDirectory() as scratch, _bench(cache) as bench:
        thresholds = Thresholds(candidates, copy_at_least, least)
        here = pictures(places)
        found = copies_in(here.files, thresholds, bench, Path(scratch))
    for line in filter(None, [*here.faults, *found.faults, here.told]):
        sys.stderr.write(f"{line}\n")
    if as_json:
        for pair in found.pairs:
            typer.echo(json.dumps(asdict(pair)))
    else:
        _show(found)
    raise typer.Exit(1 if here.faults or found.faults else 0)


def cache(
    is_cleared: Annotated[  # noqa: FBT002 - a switch of the command line
        bool, typer.Option("--clear", help="Forget all of it; only time is lost.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per kind.")] = False,  # noqa: FBT002 - as above
) -> None:
    """Show what is remembered of the project's films, by kind, and where.

    Results of per-image work are kept by content in the folder `compute.cache` of params.yaml, so
    that a second run is cheap. Nothing depends on them: a lost or cleared cache costs time, no
    result changes. What was not used for longest is dropped above `compute.max_gb`.
    """
    from curation.work.bench import Params, closed
    from curation.work.cache import Cache
    from manifests.contract.params import read, section

    params = section(read(PARAMS), "compute", Params)
    with closed(Cache(params.cache)) as held:
        if is_cleared:
            typer.echo(f"{held.prune(0)} results are forgotten")
        sizes = held.sizes()
    if as_json:
        for size in sizes:
            typer.echo(json.dumps(size._asdict()))
        return
    for size in sizes:
        typer.echo(f"{size.kind}: {size.entries:,} results, {size.size / 1e6:,.1f} MB")
    total = sum(size.size for size in sizes)
    typer.echo(f"{total / 1e9:,.2f} GB of at most {params.max_gb:g} GB in {held.file}")


@contextmanager
def _bench(folder: Path | None) -> Iterator["Bench"]:
    from curation.work.bench import ALONE, Bench, closed
    from curation.work.cache import Cache

    if folder is None:
        yield ALONE
        return
    with closed(Cache(folder)) as held:
        yield Bench(cache=held)


def _show(found: "Copies") -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Column, Table

    console, beside = Console(), _likeness(found)
    clusters = found.clusters()
    if clusters:
        file_names = Column("file", overflow="fold")
        made = Table("film", file_names, "size", "relation to the largest", "score")
        for number, names in enumerate(clusters, start=1):
            for name in names:
                file = found.files[name]
                made.add_row(
                    str(number), escape(name), f"{file.width} x {file.height}",
                    *beside.get((names[0], name), ("largest" if name == names[0] else "", "")),
                )  # fmt: skip
            made.add_section()
        console.print(made)
    for pair in found.pairs:
        if pair.relation == "same_patient_or_series":
            told = f"{pair.a} and {pair.b}: same patient or series, {pair.score:.2f}"
            console.print(escape(told), soft_wrap=True)
    counts = Counter(pair.relation.value for pair in found.pairs)
    said = ", ".join(f"{count} {relation}" for relation, count in sorted(counts.items()))
    spare = sum(len(names) - 1 for names in clusters)
    console.print(
        f"{len(found.files)} pictures, {len(found.faults)} unreadable; pairs: "
        f"{said or 'none'}; {spare} files show what a larger one shows",
        soft_wrap=True,
    )


def _likeness(found: "Copies") -> dict[tuple[str, str], tuple[str, str]]:
    said: dict[tuple[str, str], tuple[str, str]] = {}
    for pair in found.pairs:
        words = pair.relation.value, f"{pair.score:.2f}"
        said[pair.a, pair.b] = said[pair.b, pair.a] = words
    return said
