"""The split of some records, as the stage makes it."""

from pathlib import Path

import pandas as pd

from curation.stages import split as stage

PARAMS = stage.Params(
    val=0.15, test=0.2, salt="one", external=(), paper_test=0.2, paper_salt="paper"
)


def divided(
    table: pd.DataFrame,
    folder: Path,
    *,
    ledger: Path | None = None,
    deduped: pd.DataFrame | None = None,
    **given: object,
) -> stage.Divided:
    """`table` split by the frozen lists in `folder` and the ledger there, "ledger.csv"."""
    params = PARAMS.model_copy(update=given)
    return stage.main(table, folder, ledger or folder / "ledger.csv", params, deduped)


def sides(table: pd.DataFrame) -> dict[str, str]:
    """Record id -> split."""
    return dict(zip(table["record_id"], table["split"], strict=True))
