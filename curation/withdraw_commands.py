"""`cxr withdraw` and `cxr correct`: lines that a person adds to the files in `manifests/`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from curation.withdrawal.told import Withdrawal

PARAMS = Path("params.yaml")
CORRECTIONS, LICENSES = Path("manifests/corrections.csv"), Path("manifests/licenses.yaml")
WITHDRAWALS, FROZEN = Path("manifests/withdrawals.csv"), Path("manifests/frozen")
RAW, INGESTED, PAIRS = Path("data/raw"), Path("data/ingest"), Path("data/dedup/pairs.parquet")


def withdraw(  # noqa: PLR0913, PLR0917 - each is one thing that a withdrawal says
    value: Annotated[
        str,
        typer.Argument(
            help="Record id, SHA-256 of file or pixels, patient id, source address, or DOI.",
            show_default=False,
        ),
    ],
    reason: Annotated[str, typer.Option(help="Why; it stands in the rejection.")],
    who: Annotated[str, typer.Option(help="Who asked for it.")],
    when: Annotated[str, typer.Option(help="The day they asked, such as 2026-05-01.")],
    kind: Annotated[
        str,
        typer.Option(help="record_id, sha256, pixel_sha256, patient_id, source_url or doi; "
                     "needed where VALUE is two of them, or of a film that is not here."),
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Write and purge; else only say.")] = False,  # noqa: FBT002 - a switch of the command line
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,  # noqa: FBT002 - the same
) -> None:  # fmt: skip
    """Withdraw a film, or all films of a patient, page or article, and the copies of them.

    Writes into manifests/withdrawals.csv one line with the hashes of each film, and no pixels: the
    same bytes, the same pixels, or a re-encoding of them are refused from then on, whatever their
    name or source. Takes effect at the next `dvc repro`.

    Says where the films ever were: versions, splits, configurations, shards, networks, revisions
    on the Hub; and what of that cannot be looked at here. Removes their files from data/raw and
    empties the work cache; says where else pixels stay.

    Without `--yes` nothing is written and nothing removed. Exit code 2: VALUE is no film here, or
    two things.
    """
    from curation.withdrawal.planning import write
    from curation.withdrawal.purging import purge
    from curation.withdrawal.told import to_json, told

    asked = _withdrawal(value.strip(), kind, reason.strip(), who.strip(), when.strip())
    lines = asked.plan.lines
    new = write(WITHDRAWALS, lines) if yes else None
    if yes:
        purge(asked.doomed)
    if as_json:
        typer.echo(json.dumps(to_json(asked, WITHDRAWALS, new), ensure_ascii=False))
        return
    for line in told(asked, is_done=yes):
        typer.echo(line)
    if new is None:
        typer.echo(f"nothing is written; with --yes, {len(lines)} lines into {WITHDRAWALS}")
        return
    already = f"; {len(lines) - new} stood there already" if len(lines) > new else ""
    typer.echo(f"wrote {new} lines into {WITHDRAWALS}{already}; now: dvc repro")


def _withdrawal(value: str, kind: str, reason: str, who: str, when: str) -> "Withdrawal":
    """What would happen, all of it; nothing is changed."""
    from curation.corrections import corrected
    from curation.licenses import Licenses
    from curation.versions.sought import sought
    from curation.versions.whereabouts import whereabouts
    from curation.withdrawal.planning import (
        Request,
        all_records,
        kind_of,
        planned,
        stones,
        where_pixels_stay,
    )
    from curation.withdrawal.purging import doomed
    from curation.withdrawal.told import Withdrawal
    from curation.work.bench import Params
    from manifests.contract.params import read, section
    from manifests.contract.rejection import legible

    sections, value = read(PARAMS), legible(value)
    sources, keys = sections["sources"], sorted(sections["sources"])
    # As merge will see them: a film may have been given to another patient.
    records = corrected(all_records(INGESTED, keys), CORRECTIONS, Licenses.load(LICENSES))
    request = Request(
        value=value, kind=kind or kind_of(value, records), reason=reason, who=who, when=when
    )
    plan = planned(request, records, PAIRS, FROZEN)
    gone = stones(WITHDRAWALS, request.value)
    hashes = {*plan.films["sha256"], *(stone.sha256 for stone in gone if stone.sha256)}
    hashes |= {request.value.lower()} if request.kind == "sha256" else set()
    here = sorted(set(plan.films["source"]))
    cache = section(sections, "compute", Params).cache
    return Withdrawal(
        request=request, plan=plan,
        found=whereabouts(sought(plan.films, request.kind, request.value, gone)),
        doomed=doomed(RAW, cache, hashes, here),
        stays=where_pixels_stay(Path(), [(key, Path(str(sources[key]["files"]))) for key in here]),
    )  # fmt: skip


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
    from curation.withdrawal.planning import all_records
    from manifests.contract.params import read

    records = all_records(INGESTED, sorted(read(PARAMS)["sources"]))
    cells = (record_id, column, value, reason, who, when)
    line = dict(zip(HEADER, (cell.strip() for cell in cells), strict=True))
    add(CORRECTIONS, line, records, Licenses.load(LICENSES))
    typer.echo(f"wrote 1 line into {CORRECTIONS}; now: dvc repro")
