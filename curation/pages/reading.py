"""JSON and tables that a stage left for the page."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from manifests.contract.table import BrokenTable


def json_object(place: Path) -> dict[str, Any] | None:
    """The object in the file, or None where there is no file. Raises `BrokenTable` for another."""
    if not place.exists():
        return None
    try:
        known = json.loads(place.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as fault:
        raise BrokenTable(f"{place}: is no JSON ({fault}); make it again") from None
    if not isinstance(known, dict):
        raise BrokenTable(f"{place}: expected an object; make it again")
    return known


def csv_table(place: Path, between: str = ",") -> pd.DataFrame | None:
    """The table in the file, or None where there is no file. Raises `BrokenTable` for another."""
    if not place.exists():
        return None
    try:
        # A label may be the word "NA"; only an empty cell is empty.
        return pd.read_csv(
            place, sep=between, keep_default_na=False, na_values=[""], index_col=False
        )
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as fault:
        raise BrokenTable(f"{place}: is no table ({fault}); make it again") from None
