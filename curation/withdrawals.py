"""Films that somebody asked to take out (`manifests/withdrawals.csv`)."""

from pathlib import Path

import pandas as pd

from curation.reviewed_csv import lines
from manifests.contract.params import Misspelt

HEADER = ("kind", "value", "reason", "when")
KINDS = ("record_id", "sha256", "pixel_sha256", "patient_id", "source_url")


def withdrawn(records: pd.DataFrame, place: Path) -> "pd.Series[str]":
    """The sentence for each withdrawn record, empty for the others; indexed as `records`."""
    why = pd.Series(pd.NA, index=records.index, dtype="string")
    for line, notice in lines(place, HEADER):
        if notice["kind"] not in KINDS:
            raise Misspelt(f"{line}: kind '{notice['kind']}' is none of {', '.join(KINDS)}")
        hit = records[notice["kind"]] == notice["value"]
        sentence = f"withdrawn on {notice['when']} by {notice['kind']}: {notice['reason']}"
        why[hit.fillna(False).astype(bool)] = sentence
    return why
