"""Where disease lies on a film: as it was drawn, or in the boxes that radiologists drew.

All masks are uint8[320, 320], 0 or 255, cut to what the stack shows, as heat maps are.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from manifests.contract.images import Pixels
from manifests.contract.packing import unpng
from manifests.contract.prepared import Prepared
from manifests.contract.table import read_arrow
from manifests.contract.vocabulary import Finding
from training.explained.gradcam import SIDE
from training.films import Whole
from training.frames import lungs_on

BOXED = ["record_id", "boxes", "width", "height"]
Masks = Mapping[int, Pixels]
"""Place in the prepared table -> mask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is known of some films; a film of which it is not known has no entry."""

    lungs: Masks = field(default_factory=dict)
    """As the masks beside the stacks have them."""
    drawn_lungs: Masks = field(default_factory=dict)
    opacities: Masks = field(default_factory=dict)
    """As drawn; empty masks where nothing was."""
    boxes: Mapping[int, Mapping[Finding, Pixels]] = field(default_factory=dict)

    def boxed(self, place: int, findings: Collection[Finding]) -> Pixels | None:
        """The boxes of any of `findings` on a film, as one mask; None where there is none."""
        masks = [m for name, m in self.boxes.get(place, {}).items() if name in findings and m.any()]
        return np.maximum.reduce(masks) if masks else None


def truth_of(prepared: Prepared, places: Whole, drawn: Path, records: Path) -> Truth:
    """What is known of the films at `places`.

    `drawn` is the masks.parquet of the drawn world, `records` the table of the manifest; either may
    be absent. Both know the whole frame of each film.
    """
    found = {int(place): lungs_on(prepared, int(place), SIDE) for place in places}
    return Truth(
        lungs={place: mask for place, mask in found.items() if mask is not None},
        drawn_lungs=_drawn(drawn, prepared, places, "lungs"),
        opacities=_drawn(drawn, prepared, places, "opacities"),
        boxes=_boxes(records, prepared, places),
    )


def _drawn(known: Path, prepared: Prepared, places: Whole, what: str) -> dict[int, Pixels]:
    if not known.exists():
        return {}
    wanted: dict[str, list[int]] = {}
    for place in places:
        wanted.setdefault(str(prepared.rows["sha256"].iloc[int(place)]), []).append(int(place))
    rows = read_arrow(known, ["sha256", what]).to_pylist()
    return {
        place: prepared.box(place).cut(unpng(row[what]), SIDE)
        for row in rows
        for place in wanted.get(row["sha256"], [])
    }


def _boxes(known: Path, prepared: Prepared, places: Whole) -> dict[int, dict[Finding, Pixels]]:
    if not known.exists():
        return {}
    wanted = {str(prepared.rows["record_id"].iloc[int(place)]): int(place) for place in places}
    rows = read_arrow(known, BOXED).to_pylist()
    found: dict[int, dict[Finding, Pixels]] = {}
    for row in rows:
        if row["boxes"] and row["record_id"] in wanted:
            place = wanted[row["record_id"]]
            whole = framed(row["boxes"], int(row["width"]), int(row["height"]))
            found[place] = {
                name: prepared.box(place).cut(mask, SIDE) for name, mask in whole.items()
            }
    return found


def framed(boxes: str, width: int, height: int) -> dict[Finding, Pixels]:
    """For each finding uint8[320, 320] of the whole frame, 255 in its boxes.

    `boxes` is the column of a record, in pixels of a film of `width` and `height`.
    """
    made: dict[Finding, Pixels] = {}
    for box in json.loads(boxes):
        mask = made.setdefault(Finding(box["finding"]), np.zeros((SIDE, SIDE), np.uint8))
        left, right = (box["x"] * SIDE / width, (box["x"] + box["width"]) * SIDE / width)
        top, bottom = (box["y"] * SIDE / height, (box["y"] + box["height"]) * SIDE / height)
        mask[round(top) : round(bottom), round(left) : round(right)] = 255
    return made
