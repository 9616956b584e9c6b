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
from manifests.contract.vocabulary import Reason


class Params(BaseModel):
    """Nothing to turn: what is corrected and withdrawn stands in `manifests/`."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def main(
    tables: Sequence[pd.DataFrame], corrections: Path, withdrawals: Path, licenses: Path
) -> Verdict:
    """One table of all sources' records, corrected, without the withdrawn."""
    known = Licenses.load(licenses)
    filled = [table for table in tables if len(table)]
    if not filled:
        return Verdict(frame([], Record), frame([], Rejection))
    records = corrected(pd.concat(filled, ignore_index=True), corrections, known)
    why = withdrawn(records, withdrawals)
    gone = records[why.notna()]
    return Verdict(
        records[why.isna()], refuse(gone, "merge", Reason.WITHDRAWN, why.dropna().tolist())
    )
