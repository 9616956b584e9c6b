"""Stage merge: the films of all sources in one table, corrected and without the withdrawn."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from curation.corrections import corrected
from curation.licenses import Licenses
from curation.verdict import Verdict, refuse
from curation.withdrawal.notices import withdrawn
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection
from manifests.contract.table import frame
from manifests.contract.vocabulary import Reason


class Params(BaseModel):
    """How a withdrawn film is known again; what is withdrawn stands in `manifests/`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    withdrawn_within: int = Field(ge=0, le=256)
    """Bits of 256 by which a film's perceptual hash may differ from a tombstone's."""


def main(
    tables: Sequence[pd.DataFrame],
    corrections: Path,
    withdrawals: Path,
    licenses: Path,
    params: Params,
) -> Verdict:
    """One table of all sources' records, corrected, without the withdrawn."""
    known = Licenses.load(licenses)
    filled = [table for table in tables if len(table)]
    if not filled:
        return Verdict(frame([], Record), frame([], Rejection))
    records = corrected(pd.concat(filled, ignore_index=True), corrections, known)
    why = withdrawn(records, withdrawals, params.withdrawn_within)
    gone = records[why.notna()]
    return Verdict(
        records[why.isna()], refuse(gone, "merge", Reason.WITHDRAWN, why.dropna().tolist())
    )
