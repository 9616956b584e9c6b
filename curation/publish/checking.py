"""The last look before a release may leave: it reads what was staged, not what was meant.

Every rule is decided anew from the records; the staged columns are evidence, never authority.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from curation.licenses import Licenses
from curation.publish.channels import WITH_PIXELS, rulings
from manifests.contract.cells import cell
from manifests.contract.images import Film, Pixels
from manifests.contract.packing import unpng
from manifests.contract.table import BrokenTable, read_arrow
from manifests.contract.working import WorkingCopies

CHUNKS = frozenset({b"IHDR", b"IDAT", b"IEND"})
"""All that a picture without tags is made of."""
_SHOWN = 5


def check_staged(
    folder: Path,
    records: pd.DataFrame,
    licenses: Licenses,
    copies: WorkingCopies,
    ingested: pd.DataFrame,
) -> None:
    """Raise `BrokenTable` naming every broken rule and the first rows at fault.

    Rules: each record is staged once; pixels only where the licence allows them, also when they
    stand under another film's name; someone to credit; no tags; no group on two sides.
    """
    ruled = records.assign(channel=rulings(records, licenses, ingested)["channel"]).set_index(
        "record_id"
    )
    allowed = set(ruled.index[ruled["channel"].isin([str(channel) for channel in WITH_PIXELS])])
    forbidden = _hashes(ruled, allowed, copies)
    rows = [row for place in sorted(folder.rglob("*.parquet"))
            for row in _evidence(place, allowed, forbidden)]  # fmt: skip
    staged = pd.DataFrame(
        rows, columns=["record_id", "group", "split", "attribution", "fault"], dtype=object
    )
    broken = staged[staged["fault"] != ""]
    faults = [str(fault) + ": " + _some(part) for fault, part in broken.groupby("fault")]
    faults += [
        f"{what}: {', '.join(sorted(map(str, names))[:_SHOWN])}"
        for what, names in _table_faults(staged, ruled, folder).items()
        if len(names)
    ]
    if faults:
        raise BrokenTable("this release may not leave; " + "; ".join(faults))


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


def _evidence(
    place: Path, allowed: set[str], forbidden: set[str]
) -> Iterator[tuple[str, str, str, str, str]]:
    """Each staged row with the rule it breaks, or an empty word."""
    made = read_arrow(place)
    wanted = ["record_id", "group", "split", "attribution"]
    known = made.select(wanted).to_pylist()
    images = made["image"].to_pylist() if "image" in made.column_names else [None] * len(known)
    for row, image in zip(known, images, strict=True):
        fault = _fault(row["record_id"], row["attribution"], image, allowed, forbidden)
        yield row["record_id"], row["group"], row["split"], row["attribution"], fault


def _fault(
    record_id: str,
    attribution: str | None,
    image: dict[str, bytes] | None,
    allowed: set[str],
    forbidden: set[str],
) -> str:
    if image is None:
        return ""
    if record_id not in allowed:
        return "pixels that its words or its licence does not allow"
    if _hash(unpng(image["bytes"])) in forbidden:
        return "pixels of a film whose licence does not allow them, under another name"
    if not (attribution or "").strip():
        return "pixels without anybody to credit"
    if set(_chunks(image["bytes"])) - CHUNKS:
        return "a picture with tags"
    return ""


def _hashes(ruled: pd.DataFrame, allowed: set[str], copies: WorkingCopies) -> set[str]:
    """The hashes of all pixels that may not be found, less those that may also go out."""
    withheld = {_hash(pixels) for _, pixels in copies.stream(set(ruled.index) - allowed)}
    return withheld - {_hash(pixels) for _, pixels in copies.stream(allowed)}


def _hash(pixels: Pixels) -> str:
    return Film(pixels=pixels, format="PNG", bits=8).pixel_sha256


def _chunks(data: bytes) -> Iterator[bytes]:
    """The kinds of the chunks of a PNG."""
    at = len(b"\x89PNG\r\n\x1a\n")
    while at < len(data):
        yield data[at + 4 : at + 8]
        at += 12 + int.from_bytes(data[at : at + 4], "big")


def _some(rows: pd.DataFrame) -> str:
    return ", ".join(rows["record_id"].astype(str).head(_SHOWN))
