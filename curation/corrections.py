"""Corrections that a person made (`manifests/corrections.csv`), put into the records."""

import csv
import io
import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd
from pydantic import ValidationError

from curation.licenses import Licenses
from curation.reviewed_csv import Line, lines, text
from manifests.contract.folder import whole_file
from manifests.contract.params import Misspelt
from manifests.contract.record import Record, leading
from manifests.contract.table import frame
from manifests.contract.vocabulary import Finding

log = logging.getLogger(__name__)
HEADER = ("record_id", "column", "value", "reason", "who", "when")
LISTS = ("findings", "uncertain", "found_elsewhere")
"""Columns of several findings, written with `|` between them."""
CORRECTABLE = ("license", "attribution", "patient_id", "study_id", "age_years", "is_child", "sex",
               "view", "modality", "offset_days", *LISTS, "abnormal", "severity", "pcr_positive",
               "official_split", "personal_text",
)  # fmt: skip
"""What a person may set right. The others are measured, or decided by a later stage from these:
`pediatric` from the age, `group` from manifests/pairs.csv and the patients. `personal_text` is
measured too, and set right by emptying it: a person has looked, and the pixels may go out."""
Row = dict[str, object]


def add(place: Path, line: Mapping[str, str], records: pd.DataFrame, licenses: Licenses) -> None:
    """Put one more line under the others. Raises `Misspelt`, and writes nothing, if it is wrong.

    `line` has the columns `HEADER`; `records` are the films that came in.
    """
    lines(place, HEADER)
    film = records[records["record_id"] == line["record_id"]]
    if film.empty:
        raise Misspelt(f"{line['record_id']}: no such film here; look it up in the manifest")
    made = io.StringIO(newline="")
    csv.writer(made, lineterminator="\n").writerow([line[name] for name in HEADER])
    old = text(place)
    with whole_file(place) as part:
        part.write_text(f"{old.rstrip()}\n{made.getvalue()}", encoding="utf-8", newline="")
        # As the stage will read it, before it takes the place of the old file.
        named = {fix["record_id"] for _, fix in lines(part, HEADER)}
        corrected(records[records["record_id"].isin(named)], part, licenses)


def corrected(records: pd.DataFrame, place: Path, licenses: Licenses) -> pd.DataFrame:
    """The records with every correction in the file applied; an impossible one is named."""
    fixes = _without_conflict(lines(place, HEADER))
    if not fixes:
        return records
    rows: dict[str, Row] = {
        str(row["record_id"]): {str(name): value for name, value in row.items()}
        for row in records.to_dict("records")
    }
    found = {record_id: row["finding"] for record_id, row in rows.items()}
    for line, fix in fixes:
        if fix["column"] not in CORRECTABLE:
            raise Misspelt(
                f"{line}: '{fix['column']}' cannot be corrected; "
                f"these can: {', '.join(CORRECTABLE)}"
            )
        if fix["column"] == "license":
            _require_known(fix["value"], licenses, line)
        if fix["record_id"] not in rows:
            # The source may be left out of this profile; the correction waits for it.
            log.warning("%s: no record %s here", line, fix["record_id"])
            continue
        row = rows[fix["record_id"]]
        row |= {**_fixed(fix), "corrected": _with(row["corrected"], fix["column"])}
    judged = {fix["record_id"] for _, fix in fixes if fix["column"] == "abnormal"}
    for record_id in rows.keys() - judged:
        rows[record_id] |= _shown(rows[record_id], found[record_id])
    return frame([_checked(row, place) for row in rows.values()], Record)


def _without_conflict(fixes: Sequence[Line]) -> Sequence[Line]:
    """The corrections as they come. Raises `Misspelt` for two that give one cell two values."""
    seen: dict[tuple[str, str], Line] = {}
    for line in fixes:
        fix = line.cells
        earlier = seen.setdefault((fix["record_id"], fix["column"]), line)
        if earlier.cells["value"] != fix["value"]:
            raise Misspelt(
                f"{line.place}: gives {fix['column']} of {fix['record_id']} another value than "
                f"{earlier.place}; keep one of the two lines"
            )
    return fixes


def _require_known(license_id: str, licenses: Licenses, line: str) -> None:
    try:
        licenses.of(license_id)
    except Misspelt as fault:
        raise Misspelt(f"{line}: {fault}") from None


def _with(corrected: object, column: str) -> list[str]:
    known = corrected if isinstance(corrected, Iterable) else ()
    return sorted({*map(str, known), column})


def _fixed(fix: dict[str, str]) -> Row:
    column, value = fix["column"], fix["value"]
    if column not in LISTS or not value:
        return {column: value or None}
    named = value.split("|")
    if set(named) <= set(Finding):
        named = list(leading(map(Finding, named)))
    # What is no finding stays in, so that the check of the row names it.
    return {column: named} | ({"finding": named[0]} if column == "findings" else {})


def _shown(row: Row, found: object) -> Row:
    """What a new finding says of `abnormal`: a normal film shows nothing, an ill one may."""
    is_normal = row["finding"] == Finding.NORMAL
    if is_normal == (found == Finding.NORMAL):
        return {}
    return {"abnormal": False if is_normal else None}


def _checked(row: Row, place: Path) -> Record:
    try:
        return Record.model_validate(
            {name: None if _is_empty(value) else value for name, value in row.items()}
        )
    except ValidationError as fault:
        first = fault.errors()[0]
        raise Misspelt(
            f"{place}: the correction of {row['record_id']} makes "
            f"{first['loc'][0]} = {first['input']!r}: {first['msg']}"
        ) from None


def _is_empty(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))
