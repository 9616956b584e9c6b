"""`cxr withdraw` and `cxr correct`: lines that a person adds to the files in `manifests/`."""

from pathlib import Path
from typing import Annotated

import typer

PARAMS = Path("params.yaml")
CORRECTIONS, LICENSES = Path("manifests/corrections.csv"), Path("manifests/licenses.yaml")
WITHDRAWALS, FROZEN = Path("manifests/withdrawals.csv"), Path("manifests/frozen")
INGESTED, PAIRS = Path("data/ingest"), Path("data/dedup/pairs.parquet")


def withdraw(  # noqa: PLR0913, PLR0917 - each is one thing that a withdrawal says
    value: Annotated[
        str,
        typer.Argument(
            help="Record id, SHA-256 of file or pixels, patient id, or source address.",
            show_default=False,
        ),
    ],
    reason: Annotated[str, typer.Option(help="Why; it stands in the rejection.")],
    who: Annotated[str, typer.Option(help="Who asked for it.")],
    when: Annotated[str, typer.Option(help="The day they asked, such as 2026-05-01.")],
    kind: Annotated[
        str,
        typer.Option(help="record_id, sha256, pixel_sha256, patient_id or source_url; "
                     "needed where VALUE is two of them, or of a film that is not here."),
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Write; else only say what would be.")] = False,  # noqa: FBT002 - a switch of the command line
) -> None:  # fmt: skip
    """Withdraw a film, or all films of a patient or page, and the copies of them.

    Writes into manifests/withdrawals.csv one line with the hashes of each film, and no pixels: the
    same bytes, the same pixels, or a re-encoding of them are refused from then on, whatever their
    name or source. Takes effect at the next `dvc repro`. Deletes nothing: it says where pixels
    stay.

    Without `--yes` nothing is written. Exit code 2: VALUE is no film here, or two things.
    """
    from curation.corrections import corrected
    from curation.licenses import Licenses
    from curation.withdrawing import (
        Request,
        all_records,
        kind_of,
        planned,
        where_pixels_stay,
        write,
    )
    from manifests.contract.params import read
    from manifests.contract.rejection import legible

    sources = read(PARAMS)["sources"]
    # As merge will see them: a film may have been given to another patient.
    records = corrected(
        all_records(INGESTED, sorted(sources)), CORRECTIONS, Licenses.load(LICENSES)
    )
    value = legible(value)
    request = Request(
        value=value.strip(), kind=kind or kind_of(value.strip(), records), reason=reason.strip(),
        who=who.strip(), when=when.strip(),
    )  # fmt: skip
    plan = planned(request, records, PAIRS, FROZEN)
    verb = "leave" if yes else "would leave"
    typer.echo(f"{len(plan.films)} films {verb}, by {request.kind} {request.value}:")
    for key, number in plan.films["source"].value_counts().sort_index().items():
        named = plan.films[plan.films["source"] == key]["record_id"].tolist()
        typer.echo(f"  {key}: {number}: {', '.join(named)}")
    for line in plan.frozen:
        typer.echo(f"frozen: {line}: take the line out and say so in CHANGELOG, or `split` stops")
    here = set(plan.films["source"])
    places = [(key, Path(str(sources[key]["files"]))) for key in sorted(here)]
    for sentence in where_pixels_stay(Path(), places):
        typer.echo(f"pixels stay in {sentence}")
    if not yes:
        typer.echo(f"nothing is written; with --yes, {len(plan.lines)} lines into {WITHDRAWALS}")
        return
    new = write(WITHDRAWALS, plan.lines)
    known = len(plan.lines) - new
    already = f"; {known} stood there already" if known else ""
    typer.echo(f"wrote {new} lines into {WITHDRAWALS}{already}; now: dvc repro")


def correct(  # noqa: PLR0913, PLR0917 - the cells of a line in corrections.csv
    record_id: Annotated[str, typer.Argument(help="The film.", show_default=False)],
    column: Annotated[str, typer.Argument(help="One of those below.", show_default=False)],
    value: Annotated[str, typer.Argument(help='"" for not known.', show_default=False)],
    reason: Annotated[str, typer.Option(help="Why, and where you read it.")],
    who: Annotated[str, typer.Option(help="Who says so.")],
    when: Annotated[str, typer.Option(help="The day, such as 2026-05-01.")],
) -> None:
    """Set one value of one film right: a line in manifests/corrections.csv, for the next `repro`.

    Columns: license, attribution, patient_id, study_id, age_years, is_child, sex, view, modality,
    offset_days, findings, uncertain, found_elsewhere (several findings with `|` between), abnormal,
    severity, pcr_positive, official_split, personal_text (empty: a person has looked). The other
    columns are measured, or follow from these; whether two films are one stands in
    manifests/pairs.csv.

    Exit code 2: no such film, or a value that its column cannot hold; then nothing is written.
    """
    from curation.corrections import HEADER, add
    from curation.licenses import Licenses
    from curation.withdrawing import all_records
    from manifests.contract.params import read

    records = all_records(INGESTED, sorted(read(PARAMS)["sources"]))
    cells = (record_id, column, value, reason, who, when)
    line = dict(zip(HEADER, (cell.strip() for cell in cells), strict=True))
    add(CORRECTIONS, line, records, Licenses.load(LICENSES))
    typer.echo(f"wrote 1 line into {CORRECTIONS}; now: dvc repro")
