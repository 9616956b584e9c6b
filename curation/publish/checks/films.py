"""Every staged picture by the rules, decided anew from the records: no column is an authority."""

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from curation.publish.channels import WITH_PIXELS
from curation.publish.checks.fault import RIGHTS, Fault, faults
from curation.publish.checks.stream import padded
from curation.publish.checks.tags import carried
from curation.publish.material import Material
from manifests.contract.cells import cell
from manifests.contract.images import Film, Pixels
from manifests.contract.packing import unpng
from manifests.contract.table import read_arrow

NAMES = ("record_id", "group", "split", "attribution")
MINE = frozenset({
    "pixels that its words or its licence does not allow",
    "pixels of a film whose licence does not allow them, under another name",
    "a picture that may be shown unmodified only, and was altered",
    "pixels without anybody to credit",
    "no credit in ATTRIBUTION.csv",
})  # fmt: skip
"""Rules about what may be done at all; the others are about what is true."""


def film_faults(folder: Path, material: Material) -> list[Fault]:
    """Every broken rule with its rows.

    Rules: each record is staged once; pixels only where the licence allows them, also when they
    stand under another film's name, and each film's own; none altered that must not be; someone to
    credit; no tags; no group on two sides.
    """
    records, copies = material.records, material.copies
    ruled = records.assign(channel=material.ruled()["channel"]).set_index("record_id")
    allowed = set(ruled.index[ruled["channel"].isin([str(channel) for channel in WITH_PIXELS])])
    own = {name: _hash(pixels) for name, pixels in copies.stream(allowed)}
    withheld = {_hash(pixels) for _, pixels in copies.stream(set(ruled.index) - allowed)}
    eye = _Eye(
        own=own, forbidden=withheld - set(own.values()),
        unmodified={
            str(name): str(row["sha256"])
            for name, row in ruled.iterrows()
            if material.rules.of(str(row["license"])).only_unmodified
        },
    )  # fmt: skip
    rows = [row for place in sorted(folder.rglob("*.parquet")) for row in _evidence(place, eye)]
    staged = pd.DataFrame(rows, columns=["record_id", "group", "split", "fault"], dtype=object)
    broken = staged[staged["fault"] != ""]
    found = {str(rule): list(part["record_id"]) for rule, part in broken.groupby("fault")}
    return [
        fault._replace(code=RIGHTS if fault.rule in MINE else fault.code)
        for fault in faults({**found, **_table_faults(staged, ruled, folder)})
    ]


def _table_faults(staged: pd.DataFrame, ruled: pd.DataFrame, folder: Path) -> dict[str, set[str]]:
    ids = staged["record_id"]
    sides = staged.groupby("group")["split"].nunique()
    known = staged[ids.isin(ruled.index)]
    moved = known["split"].to_numpy() != ruled.loc[known["record_id"], "split"].to_numpy()
    credited = _credited(folder / "ATTRIBUTION.csv")
    return {
        "staged twice": set(ids[ids.duplicated()]),
        "staged but in no manifest": set(ids) - set(ruled.index),
        "in the manifest but not staged": set(ruled.index) - set(ids),
        "staged on another side of the split": set(known["record_id"][moved]),
        "groups on two sides": set(sides.index[sides > 1]),
        "no credit in ATTRIBUTION.csv": {str(name) for name in ids if cell(name) not in credited},
    }


def _credited(place: Path) -> set[str]:
    if not place.exists():
        return set()
    with place.open(encoding="utf-8", newline="") as file:
        return {row["record_id"] for row in csv.DictReader(file) if "attribution" in row}


class _Eye:
    """What is known of the films before a shard is opened."""

    def __init__(
        self, own: dict[str, str], forbidden: set[str], unmodified: dict[str, str]
    ) -> None:
        """`own`: film that may go out with pixels -> their hash; `forbidden`: those of no such.

        `unmodified`: film that may be shown unmodified only -> SHA-256 of its file.
        """
        self._own, self._forbidden, self._unmodified = own, forbidden, unmodified

    def fault(self, row: dict[str, Any], image: dict[str, bytes] | None) -> str:
        """The first rule that this row breaks, or an empty word."""
        if image is None:
            return ""
        record_id, data = row["record_id"], image["bytes"]
        whole = self._unmodified.get(record_id)
        if whole and hashlib.sha256(data).hexdigest() != whole:
            return "a picture that may be shown unmodified only, and was altered"
        if record_id not in self._own:
            return "pixels that its words or its licence does not allow"
        if not (row["attribution"] or "").strip():
            return "pixels without anybody to credit"
        return self._pixels(record_id, data)

    def _pixels(self, record_id: str, data: bytes) -> str:
        tags = carried(data)
        if tags:
            return f"a picture with tags ({tags})"
        if padded(data):
            return "a picture with bytes behind its pixels"
        found = _hash(unpng(data))
        if found in self._forbidden:
            return "pixels of a film whose licence does not allow them, under another name"
        return "" if found == self._own[record_id] else "pixels that are not those of the film"


def _evidence(place: Path, eye: _Eye) -> Iterator[tuple[str, str, str, str]]:
    """Each staged row with the rule it breaks, or an empty word."""
    made = read_arrow(place)
    known = made.select(list(NAMES)).to_pylist()
    images = made["image"].to_pylist() if "image" in made.column_names else [None] * len(known)
    for row, image in zip(known, images, strict=True):
        yield row["record_id"], row["group"], row["split"], eye.fault(row, image)


def _hash(pixels: Pixels) -> str:
    return Film(pixels=pixels, format="PNG", bits=8).pixel_sha256
