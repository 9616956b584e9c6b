"""The figures of a release: what came in, what left and why, what is in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from curation.publish.tables import contents, flow
from manifests.contract.record import STAGES
from manifests.contract.rejection import Rejection
from manifests.contract.table import check_counts, frame, manifest_id_of, read_stage

Counts = dict[str, int]
ALL = "all"
"""Stands for the source where a stage sees all sources together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCount:
    """One stage's account for one source, or for "all" where the sources run together."""

    stage: str
    source: str
    came_in: int
    kept: int
    rejected: pd.DataFrame
    """Columns of `Rejection`."""


def stage_counts(data: Path, sources: Sequence[str]) -> list[StageCount]:
    """The account of every stage from the tables in its folder under `data`."""
    tables = {key: read_stage(data / "ingest" / key) for key in sorted(sources)}
    counts = [
        StageCount(
            stage="ingest", source=key, came_in=len(kept) + len(rejected), kept=len(kept),
            rejected=rejected,
        )
        for key, (kept, rejected) in tables.items()
    ]  # fmt: skip
    came_in = sum(count.kept for count in counts)
    for stage in STAGES[1:]:
        kept, rejected = read_stage(data / stage)
        counts.append(
            StageCount(stage=stage, source=ALL, came_in=came_in, kept=len(kept), rejected=rejected)
        )
        came_in = len(kept)
    return counts


def counted(values: pd.Series) -> Counts:
    """How often each value stands in a column, by name; an empty cell is not counted."""
    return {str(name): int(n) for name, n in values.value_counts().sort_index().items()}


def summary(
    records: pd.DataFrame,
    rulings: pd.DataFrame,
    stages: Sequence[StageCount],
    stamp: Mapping[str, str],
) -> dict[str, Any]:
    """The content of `manifests/summary.json`. `stamp` holds version, name and profile.

    Raises `BrokenTable` when a stage or a source lost a row, or a table does not add up.
    """
    return {
        "manifest_id": manifest_id_of(records),
        **stamp,
        "is_drawn": any_drawn(records),
        "records": len(records),
        "groups": int(records["group"].nunique()),
        "patients": int(records["patient_id"].nunique()),
        "stages": [stage_line(stage) for stage in stages],
        "sources": {key: source_figures(rows) for key, rows in _by(records, "source")},
        "splits": {split: split_figures(rows) for split, rows in _by(records, "split")},
        "findings": counted(records["finding"]),
        "personal_text": counted(records["personal_text"]),
        "contents": contents(records),
        "flow": flow(records, _rejected(stages), _came_in(stages), STAGES),
        "licenses": license_figures(records, rulings),
        "channels": {
            channel: counted(records.loc[rows.index, "split"])
            for channel, rows in _by(rulings, "channel")
        },
    }


def any_drawn(records: pd.DataFrame) -> bool:
    """Whether any film is a drawn one: then every page says so."""
    return bool(records["is_drawn"].fillna(value=True).any())


def stage_line(count: StageCount) -> dict[str, Any]:
    """One line of the account: every row that came in was kept or rejected."""
    check_counts(f"{count.stage} ({count.source})", count.came_in, count.kept, len(count.rejected))
    return {
        "stage": count.stage,
        "source": count.source,
        "came_in": count.came_in,
        "kept": count.kept,
        "rejected": counted(count.rejected["reason"]),
    }


def source_figures(rows: pd.DataFrame) -> dict[str, Any]:
    """The figures of one source."""
    return {
        "records": len(rows),
        "patients": int(rows["patient_id"].nunique()),
        "findings": counted(rows["finding"]),
        "views": counted(rows["view"]),
        "splits": counted(rows["split"]),
        "licenses": counted(rows["license"]),
    }


def split_figures(rows: pd.DataFrame) -> dict[str, Any]:
    """The figures of one side of the split."""
    return {
        "records": len(rows),
        "groups": int(rows["group"].nunique()),
        "findings": counted(rows["finding"]),
        "sources": counted(rows["source"]),
    }


def license_figures(records: pd.DataFrame, rulings: pd.DataFrame) -> dict[str, Any]:
    """Per licence: its films, the doors they leave by and why pixels stay behind."""
    return {
        name: {
            "records": len(rows),
            "channels": counted(rulings.loc[rows.index, "channel"]),
            "withheld": counted(_spoken(rulings.loc[rows.index, "why"])),
        }
        for name, rows in _by(records, "license")
    }


def _came_in(stages: Sequence[StageCount]) -> Counts:
    return {count.source: count.came_in for count in stages if count.stage == STAGES[0]}


def _rejected(stages: Sequence[StageCount]) -> pd.DataFrame:
    return all_rejected(stages, frame([], Rejection))


def all_rejected(stages: Sequence[StageCount], empty: pd.DataFrame) -> pd.DataFrame:
    """The rejections of every stage in one table; `empty` gives the columns when there are none."""
    filled = [stage.rejected for stage in stages if len(stage.rejected)]
    return pd.concat(filled, ignore_index=True) if filled else empty


def _spoken(words: pd.Series) -> pd.Series:
    return words[words.str.len() > 0]


def _by(rows: pd.DataFrame, column: str) -> list[tuple[str, pd.DataFrame]]:
    return [(str(name), part) for name, part in rows.groupby(column, sort=True)]
