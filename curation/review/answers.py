"""Answers that a person exported from the review page, taken into `manifests/pairs.csv`."""

import csv
import io
from pathlib import Path
from typing import NamedTuple

from curation.duplicates import reviewed
from manifests.contract.folder import whole_file


class Taken(NamedTuple):
    """How many answers were new, and how many were there already."""

    new: int
    known: int


def take(incoming: Path, place: Path) -> Taken:
    """Append the answers in `incoming` to `place`, in one step, in the order in which they came.

    Raises `Misspelt` naming the line that is none, or the two that contradict each other; nothing
    is written then.
    """
    known, came = reviewed.read(place), reviewed.read(incoming)
    new = reviewed.together(known, came)[len(known) :]
    if new:
        before = place.read_bytes()
        with whole_file(place) as part:
            part.write_bytes(before + (b"" if before.endswith(b"\n") else b"\n") + _lines(new))
    return Taken(len(new), len(came) - len(new))


def _lines(decisions: list[tuple[str, reviewed.Decision]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(decision.model_dump(mode="json").values() for _, decision in decisions)
    return text.getvalue().encode()
