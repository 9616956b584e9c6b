"""Counts that the page shows, told from the rows themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from manifests.contract.record import STAGES
from manifests.contract.vocabulary import Finding, Split

FEW = 5
"""A finding with fewer films says nothing about where such films come from."""
TELLING = 0.8
"""From this share of a finding's films on, its one source is named: it may give it away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """What one stage did to the films of all sources."""

    stage: str
    came_in: int
    left: Mapping[str, int]
    """Source -> films that left here."""
    reasons: Mapping[str, int]

    @property
    def rejected(self) -> int:
        return sum(self.left.values())

    @property
    def kept(self) -> int:
        return self.came_in - self.rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Cross:
    """A table of counts: `cells[row][column]`, with the share of its row for the shade."""

    rows: Sequence[str]
    columns: Sequence[str]
    cells: Sequence[Sequence[int]]

    def shade(self, row: int, column: int) -> int:
        """0 to 10: how much of its row stands in this cell."""
        return round(10 * self.cells[row][column] / max(sum(self.cells[row]), 1))


def stops(kept: pd.DataFrame, rejected: pd.DataFrame) -> list[Stop]:
    """The stages in order, told from the rows that stayed and the rows that left."""
    came_in, made = len(kept) + len(rejected), []
    for stage in STAGES:
        gone = rejected[rejected["stage"] == stage]
        stop = Stop(stage=stage, came_in=came_in, left=counts(gone["source"]),
                    reasons=counts(gone["reason"]))  # fmt: skip
        made.append(stop)
        came_in = stop.kept
    return made


def findings_by_source(records: pd.DataFrame, sources: Sequence[str]) -> Cross:
    """One row per finding that is there, one column per source."""
    found = [str(finding) for finding in Finding if (records["finding"] == finding).any()]
    return cross(records, "finding", found, "source", sources)


def findings_by_split(records: pd.DataFrame) -> Cross:
    """One row per finding that is there, one column per split."""
    found = [str(finding) for finding in Finding if (records["finding"] == finding).any()]
    return cross(records, "finding", found, "split", [str(split) for split in Split])


def cross(
    records: pd.DataFrame, row: str, rows: Sequence[str], column: str, columns: Sequence[str]
) -> Cross:
    """How many records have each pair of values."""
    pairs = records.groupby([row, column]).size().to_dict()
    cells = [[int(pairs.get((r, c), 0)) for c in columns] for r in rows]
    return Cross(rows=rows, columns=columns, cells=cells)


def telling(table: Cross) -> list[tuple[str, str, float]]:
    """(finding, source, share) where one source gives nearly all films of a finding."""
    made = []
    for finding, cells in zip(table.rows, table.cells, strict=True):
        if finding in {Finding.UNKNOWN, Finding.OTHER}:
            continue
        share = max(cells) / max(sum(cells), 1)
        if sum(cells) >= FEW and share >= TELLING and len(table.columns) > 1:
            made.append((finding, table.columns[cells.index(max(cells))], share))
    return made


def guessed(table: Cross) -> tuple[float, float]:
    """Share of films whose finding is guessed from nothing, and from the source alone."""
    total = max(sum(map(sum, table.cells)), 1)
    blind = max((sum(cells) for cells in table.cells), default=0)
    informed = sum(max(column) for column in zip(*table.cells, strict=True))
    return blind / total, informed / total


def counts(values: pd.Series) -> dict[str, int]:
    """How often each value stands in a column, the most frequent first."""
    found = {str(name): int(n) for name, n in values.value_counts().items()}
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
