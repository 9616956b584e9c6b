"""JSON that a stage left for the page."""

import json
from pathlib import Path
from typing import Any

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
