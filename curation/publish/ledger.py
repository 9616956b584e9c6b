"""`manifests/releases.csv`: which version went where, and what it was; committed, never edited.

A version is a name for one manifest. The ledger lets the next release keep to that, and lets a
withdrawal say where a film was ever published.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from curation.reviewed_csv import lines
from manifests.contract.folder import whole_file
from manifests.contract.table import BrokenTable


class Published(NamedTuple):
    """One push that came to its end; all cells are words."""

    version: str
    manifest_id: str
    kind: str
    """dataset or model."""
    name: str
    """In its release.json: of the data set, or the key of the network."""
    repository: str
    """org/name on the Hub."""
    revision: str
    """The commit there."""
    pushed: str
    """Day of that commit, by the Hub's clock: 2026-05-01."""
    squashed: str = ""
    """yes where every older revision of the repository was taken away then; else empty."""


SQUASHED = "yes"
HEADER = Published._fields


def published(place: Path) -> list[Published]:
    """All lines, the oldest first; none where there is no file yet."""
    if not place.exists():
        return []
    return [
        Published(**{name: cells[name] for name in HEADER}) for _, cells in lines(place, HEADER)
    ]


def squash_after(line: Published, known: Sequence[Published]) -> Published | None:
    """The first later line of the same repository that took its revision away; None: it stands."""
    later = known[known.index(line) + 1 :]
    same = (one for one in later if (one.kind, one.repository) == (line.kind, line.repository))
    return next((one for one in same if one.squashed and one.revision != line.revision), None)


def enter(place: Path, new: Published) -> bool:
    """Add a line; False where it stands there already, whenever that was."""
    known = published(place)
    if any(line._replace(pushed="") == new._replace(pushed="") for line in known):
        return False
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\n")
    writer.writerows([HEADER, *known, new])
    with whole_file(place) as part:
        part.write_text(made.getvalue(), encoding="utf-8", newline="")
    return True


def check_version(place: Path, version: str, manifest_id: str) -> None:
    """Raise `BrokenTable` where `version` is the name of another manifest already."""
    others = {
        line.manifest_id for line in published(place)
        if line.version == version and line.kind == "dataset"
    } - {manifest_id}  # fmt: skip
    if others:
        raise BrokenTable(
            f"{place}: version {version} was published as manifest {min(others)}, and this is "
            f"{manifest_id}; set another `release.version` in params.yaml, then `dvc repro release`"
        )
