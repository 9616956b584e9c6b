"""The ledger: the side of every film that was ever placed, kept by hand and by `cxr freeze`.

One CSV for each profile in `manifests/assignments`, record_id and split, sorted. By film and not by
group: a group's name may change with a new member, and a group that a review parts must not send
films that were trained on into the test set. Films that are gone keep their lines: they come back
to the side they left.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from curation.reviewed_csv import lines
from curation.splits.members import members
from curation.splits.placement import DRAWN
from manifests.contract.folder import whole_file
from manifests.contract.params import Misspelt
from manifests.contract.vocabulary import Split

HEADER = ("record_id", "split")


def read(place: Path) -> dict[str, Split] | None:
    """Record id -> side; None where there is no ledger. Raises `Misspelt` for a line that is wrong.

    Only what is drawn stands here: `external` follows from params.yaml and the frozen lists.
    """
    if not place.exists():
        return None
    known: dict[str, Split] = {}
    for where, cells in lines(place, HEADER):
        record_id, side = cells["record_id"], cells["split"]
        if side not in set(DRAWN):
            raise Misspelt(f"{where}: split '{side}' is none of {', '.join(sorted(DRAWN))}")
        if record_id in known:
            raise Misspelt(f"{where}: {record_id} stands twice; keep one of the two lines")
        known[record_id] = Split(side)
    return known


def write(place: Path, known: Mapping[str, Split]) -> None:
    """Write the ledger in one step, sorted by record id."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(place) as part, part.open("w", encoding="utf-8", newline="") as sink:
        rows = csv.writer(sink, lineterminator="\n")
        rows.writerow(HEADER)
        rows.writerows(sorted(known.items()))


def held_groups(records: pd.DataFrame, known: Mapping[str, Split]) -> dict[str, Split]:
    """Group -> side, for each group with a film in the ledger.

    Where films of two sides are proved to be one group, test comes before val and val before train:
    a test set grows by it and loses nothing.
    """
    found: dict[str, set[Split]] = {}
    for group, _, name in members(records):
        if name in known:
            found.setdefault(group, set()).add(known[name])
    return {group: next(side for side in DRAWN if side in sides) for group, sides in found.items()}
