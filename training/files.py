"""How training writes what a person may read: the same facts give the same bytes."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from manifests.contract.prepared import Prepared
from manifests.contract.vocabulary import DISCLAIMER, DRAWN


def write_json(place: Path, facts: Mapping[str, object]) -> None:
    """Write `facts` indented. Raises `ValueError` for a value that JSON does not have (NaN)."""
    text = json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False)
    place.write_text(text + "\n", encoding="utf-8")


def write_csv(place: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table; None is an empty cell, fractions keep six digits."""
    with place.open("w", encoding="utf-8", newline="") as sink:
        lines = csv.writer(sink, lineterminator="\n")
        lines.writerow(header)
        lines.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: object) -> object:
    return f"{value:.6g}" if isinstance(value, float) else value


def wording(prepared: Prepared) -> dict[str, str]:
    """What every file of a model says first: not for diagnosis, and drawn where it is."""
    drawn = {"drawn": DRAWN} if is_drawn(prepared) else {}
    return {"disclaimer": DISCLAIMER, **drawn}


def is_drawn(prepared: Prepared) -> bool:
    """True when any film comes from the phantom world."""
    return bool(prepared.rows["is_drawn"].any())
