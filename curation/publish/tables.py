"""The tables of `summary.json`: what is in the manifest, what came in and left; all adding up."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from manifests.contract.table import BrokenTable

AGES: Mapping[str, float] = {"<5": 0, "5-17": 5, "18-39": 18, "40-64": 40, ">=65": 65}
"""Age band -> the age in years at which it begins."""
UNKNOWN = "unknown"
DIMENSIONS = ("finding", "source", "view", "age_band")
Nested = dict[str, Any]


def age_bands(years: "pd.Series[Any]") -> "pd.Series[str]":
    """The band of each age; `unknown` where there is none."""
    edges = [*AGES.values(), float("inf")]
    bands = pd.Series(UNKNOWN, index=years.index, dtype="string")
    for name, (low, high) in zip(AGES, pairwise(edges), strict=True):
        bands[((years >= low) & (years < high)).fillna(value=False).astype(bool)] = name
    return bands


def contents(records: pd.DataFrame) -> Nested:
    """Films by finding, source, view and age band, nested in that order; no zero is written.

    Raises `BrokenTable` when they do not add up to the records.
    """
    banded = records.assign(age_band=age_bands(records["age_years"]))
    made: Nested = {}
    for key, number in banded.groupby(list(DIMENSIONS), sort=True).size().items():
        inner = made
        *path, last = map(str, key) if isinstance(key, tuple) else (str(key),)
        for step in path:
            inner = inner.setdefault(step, {})
        inner[last] = int(number)
    check_contents(made, banded)
    return made


def check_contents(made: Nested, banded: pd.DataFrame) -> None:
    """Raise `BrokenTable` unless every margin of the table is what the records say."""
    cells = list(flat(made))
    for at, name in enumerate(DIMENSIONS):
        told: dict[str, int] = {}
        for key, number in cells:
            told[key[at]] = told.get(key[at], 0) + number
        found = {str(value): int(n) for value, n in banded[name].value_counts().items()}
        if told != found:
            raise BrokenTable(
                f"summary: the table's {name} adds up to {told}, the films to {found}"
            )


def flat(made: Nested, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], int]]:
    """The cells of a nested table with their keys."""
    cells: list[tuple[tuple[str, ...], int]] = []
    for key, inner in made.items():
        is_cell = isinstance(inner, int)
        cells += [((*path, key), inner)] if is_cell else flat(inner, (*path, key))
    return cells


def flow(
    records: pd.DataFrame, rejected: pd.DataFrame, came_in: Mapping[str, int], stages: Sequence[str]
) -> Nested:
    """Source -> came in, kept, and rejected by stage and reason.

    `came_in` are the films by source as `ingest` counted them. Raises `BrokenTable` for a source
    that lost one.
    """
    kept = records["source"].value_counts().to_dict()
    sources = sorted({*came_in, *kept, *rejected["source"].unique()})
    made = {
        source: {
            "came_in": int(came_in.get(source, 0)),
            "kept": int(kept.get(source, 0)),
            "rejected": _by_reason(rejected[rejected["source"] == source], stages),
        }
        for source in sources
    }
    check_flow(made)
    return made


def check_flow(made: Nested) -> None:
    """Raise `BrokenTable` unless each source kept or rejected all that came in."""
    for source, line in made.items():
        gone = sum(number for _, number in flat(line["rejected"]))
        if line["came_in"] != line["kept"] + gone:
            raise BrokenTable(
                f"summary: of {source} {line['came_in']} came in, "
                f"{line['kept']} kept + {gone} rejected"
            )


def _by_reason(rejected: pd.DataFrame, stages: Sequence[str]) -> Nested:
    named = [*stages, *sorted(set(rejected["stage"]) - set(stages))]
    counts = {stage: rejected[rejected["stage"] == stage]["reason"] for stage in named}
    return {
        stage: {str(reason): int(n) for reason, n in reasons.value_counts().sort_index().items()}
        for stage, reasons in counts.items()
        if len(reasons)
    }
