"""What stage explain left beside its heat maps: other ways to look, and checks of them."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from curation.pages.reading import csv_table
from manifests.contract.table import read_arrow, to_pandas


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Its tables; one that is absent is None."""

    lime: pd.DataFrame | None = None
    """A row for each film: which super-pixels speak for the label named, and against it."""
    occlusion: pd.DataFrame | None = None
    curves: pd.DataFrame | None = None
    """The label's probability by the share of pixels deleted or inserted, in several orders."""
    randomised: pd.DataFrame | None = None
    """How far heat maps agree with those of a network that forgets, part by part."""


def looked(folder: Path) -> Looked:
    """What is in `folder`. Raises `BrokenTable` for a damaged table."""
    return Looked(
        lime=_table(folder / "lime.parquet"),
        occlusion=_table(folder / "occlusion.parquet"),
        curves=csv_table(folder / "curves.csv"),
        randomised=csv_table(folder / "randomised.csv"),
    )


def _table(place: Path) -> pd.DataFrame | None:
    return to_pandas(read_arrow(place)) if place.exists() else None
