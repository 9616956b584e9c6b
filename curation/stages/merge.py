"""Stage merge: the films of all sources in one table, corrected and without the withdrawn."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict

from curation.corrections import corrected
from curation.licenses import Licenses
from curation.verdict import Verdict, refuse
from curation.withdrawals import withdrawn
from manifests.contract.record import Record, Rejection
from manifests.contract.table import frame
from manifests.contract.vocabulary import PNEUMONIAS, Reason


class Params(BaseModel):
    """Nothing to turn: what is corrected and withdrawn stands in `manifests/`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def main(
    tables: Sequence[pd.DataFrame], corrections: Path, withdrawals: Path, licenses: Path
) -> Verdict:
    """One table of all sources' records, with `patient_ill` filled."""
    known = Licenses.load(licenses)
    filled = [table for table in tables if len(table)]
    if not filled:
        return Verdict(frame([], Record), frame([], Rejection))
    records = corrected(pd.concat(filled, ignore_index=True), corrections, known)
    why = withdrawn(records, withdrawals)
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
