"""Stage merge: the films of all sources in one table, corrected and without the withdrawn."""

import csv
import logging
import math
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from curation.verdict import Verdict, refuse
from manifests.contract.params import Misspelt
from manifests.contract.record import Record, Rejection, leading
from manifests.contract.table import frame
from manifests.contract.vocabulary import PNEUMONIAS, Finding, Reason

log = logging.getLogger(__name__)
CORRECTIONS = ("record_id", "column", "value", "reason", "who", "when")
WITHDRAWALS = ("kind", "value", "reason", "when")
KINDS = ("record_id", "sha256", "pixel_sha256", "patient_id", "source_url")
CORRECTABLE = ("license", "attribution", "patient_id", "study_id", "age_years", "sex", "view",
               "modality", "offset_days", "findings", "abnormal", "pcr_positive",
)  # fmt: skip


class Params(BaseModel):
    """Nothing to turn: what is corrected and withdrawn stands in `manifests/`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def main(tables: Sequence[pd.DataFrame], corrections: Path, withdrawals: Path) -> Verdict:
    """One table of all sources' records, with `patient_ill` filled."""
    filled = [table for table in tables if len(table)]
    if not filled:
        return Verdict(frame([], Record), frame([], Rejection))
    records = pd.concat(filled, ignore_index=True)
    records = corrected(records, _rows(corrections, CORRECTIONS), corrections)
    why = withdrawn(records, _rows(withdrawals, WITHDRAWALS), withdrawals)
    gone = records[why.notna()]
    kept = records[why.isna()].copy()
    kept["patient_ill"] = patient_ill(kept)
    return Verdict(kept, refuse(gone, "merge", Reason.WITHDRAWN, why.dropna().tolist()))


def patient_ill(records: pd.DataFrame) -> pd.Series:
    """Does another film of the same patient show COVID-19 or a pneumonia?

    A film taken before the illness (negative offset) is a healthy person's: the paper uses such
    studies as normals (§3.1).
    """
    shows = records["finding"].isin(list(PNEUMONIAS)) & records["abnormal"].fillna(True)
    others = shows.groupby(records["patient_id"]).transform("sum") - shows.astype("int64")
    is_before = (records["offset_days"] < 0).fillna(False)
    return ((others > 0) & ~is_before).astype("bool[pyarrow]")


def corrected(
    records: pd.DataFrame, corrections: Sequence[dict[str, str]], place: Path
) -> pd.DataFrame:
    """The records with every reviewed correction applied; an impossible one is named."""
    if not corrections:
        return records
    rows: dict[str, dict[str, object]] = {
        str(row["record_id"]): {str(name): value for name, value in row.items()}
        for row in records.to_dict("records")
    }
    for line, fix in enumerate(corrections, start=2):
        if fix["column"] not in CORRECTABLE:
            raise Misspelt(
                f"{place}:{line}: '{fix['column']}' cannot be corrected; "
                f"these can: {', '.join(CORRECTABLE)}"
            )
        if fix["record_id"] not in rows:
            # The source may be left out of this profile; the correction waits for it.
            log.warning("%s:%d: no record %s here", place, line, fix["record_id"])
            continue
        rows[fix["record_id"]] |= _fixed(fix)
    return frame([_checked(row, place) for row in rows.values()], Record)


def withdrawn(
    records: pd.DataFrame, withdrawals: Sequence[dict[str, str]], place: Path
) -> pd.Series:
    """The sentence for each withdrawn record, empty for the others; indexed as `records`."""
    why = pd.Series(pd.NA, index=records.index, dtype="string")
    for line, notice in enumerate(withdrawals, start=2):
        if notice["kind"] not in KINDS:
            raise Misspelt(f"{place}:{line}: kind '{notice['kind']}' is none of {', '.join(KINDS)}")
        hit = records[notice["kind"]] == notice["value"]
        sentence = f"withdrawn on {notice['when']} by {notice['kind']}: {notice['reason']}"
        why[hit.fillna(False).astype(bool)] = sentence
    return why


def _fixed(fix: dict[str, str]) -> dict[str, object]:
    if fix["column"] != "findings":
        return {fix["column"]: fix["value"] or None}
    named = fix["value"].split("|")
    known = leading(Finding(name) for name in named if name in set(Finding))
    # What is no finding stays in, so that the check of the row names it.
    return {
        "findings": known if len(known) == len(named) else named,
        "finding": (known or named)[0],
    }


def _checked(row: dict[str, object], place: Path) -> Record:
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


def _rows(place: Path, header: tuple[str, ...]) -> list[dict[str, str]]:
    with place.open(encoding="utf-8", newline="") as file:
        lines = [line for line in csv.reader(file) if line]
    if not lines or tuple(lines[0]) != header:
        raise Misspelt(f"{place}:1: the header must be {','.join(header)}")
    for number, cells in enumerate(lines[1:], start=2):
        if len(cells) != len(header):
            raise Misspelt(
                f"{place}:{number}: {len(cells)} cells, {len(header)} expected; "
                "put a value with a comma into quotes"
            )
    return [dict(zip(header, cells, strict=True)) for cells in lines[1:]]
