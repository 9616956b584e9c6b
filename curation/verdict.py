"""What a stage gives back: the rows that stay and the rows that leave."""

from typing import NamedTuple

import pandas as pd

from manifests.contract.rejection import Rejection
from manifests.contract.table import frame
from manifests.contract.vocabulary import Reason


class Verdict(NamedTuple):
    """`kept` has the columns of `Record`, `rejected` those of `Rejection`."""

    kept: pd.DataFrame
    rejected: pd.DataFrame


def refuse(
    rows: pd.DataFrame,
    stage: str,
    reason: Reason,
    details: list[str],
    kept_ids: list[str] | None = None,
) -> pd.DataFrame:
    """The rejection table for `rows` (columns of `Record`), one sentence per row."""
    kept: list[str | None] = list(kept_ids) if kept_ids else [None] * len(rows)
    return frame(
        [
            Rejection(
                record_id=row.record_id, source=row.source, stage=stage, reason=reason,
                detail=detail, sha256=row.sha256, kept_id=kept_id,
            )
            for row, detail, kept_id in zip(rows.itertuples(), details, kept, strict=True)
        ],
        Rejection,
    )  # fmt: skip
