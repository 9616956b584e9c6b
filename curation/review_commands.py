"""`cxr review`: a page of pairs for a person to decide, and the answers into `pairs.csv`."""

from pathlib import Path
from typing import Annotated

import typer

PARAMS, PAIRS = Path("params.yaml"), Path("manifests/pairs.csv")
DATA, PAGE = Path("data"), Path("data/review/index.html")


def review(
    take: Annotated[
        Path | None,
        typer.Option("--import", help="Append an exported file to manifests/pairs.csv, checked."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=5000, help="Most pairs on the page.")] = 1000,
    out: Annotated[Path, typer.Option(help="The page to write.")] = PAGE,
) -> None:
    """Write a page of the pairs that wait for your eyes: one file, no network, answers by key.

    It shows what `dvc repro dedup` made last: label conflicts, pairs that may be one patient, and
    the least certain copies; what stands in manifests/pairs.csv is left out. Open it in a browser,
    press s (same picture), p (same patient) or d (different), then export. `cxr review --import
    FILE` appends the export to manifests/pairs.csv; `dvc repro` then obeys it.

    Exit codes: 0 done; 2 a line of the export is none or contradicts another, nothing was written.
    """
    if take is None:
        _write(limit, out)
        return
    from curation.review.answers import take as taken

    new, known = taken(take, PAIRS)
    typer.echo(f"{PAIRS}: {new} decisions appended, {known} were there already; now: dvc repro")


def _write(limit: int, out: Path) -> None:
    from curation.duplicates import reviewed
    from curation.review.films import pictures
    from curation.review.page import review_page
    from curation.review.waiting import waiting
    from manifests.contract import table
    from manifests.contract.folder import whole_file
    from manifests.contract.params import read
    from manifests.contract.working import WorkingCopies

    pairs, disputed = (
        table.to_pandas(table.read_arrow(DATA / "dedup" / f"{name}.parquet"))
        for name in ("pairs", "conflicts")
    )
    found = waiting(pairs, disputed, reviewed.read(PAIRS))
    if not found:
        typer.echo("no pair waits: every doubtful one stands in manifests/pairs.csv")
        return
    shown = found[:limit]
    films = {film for pair in shown for film in (pair.a, pair.b)}
    records = table.read_stage(DATA / "merge")[0]
    asked = records[records["record_id"].isin(list(films))]
    rows = {str(row["record_id"]): row for row in asked.to_dict("records")}
    copies = WorkingCopies([DATA / "ingest" / key for key in sorted(read(PARAMS)["sources"])])
    page = review_page(shown, rows, pictures(copies, films), len(found))
    with whole_file(out) as part:
        part.write_text(page, encoding="utf-8")
    typer.echo(f"{out}: {len(shown)} of {len(found)} pairs; open it in a browser")
