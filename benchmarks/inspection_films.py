"""The films that `inspection.py` fits on: their small pictures, what their sources say, masks."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from curation.phantom.deck import card
from curation.phantom.world import shots_of
from curation.pixels.chest import GRID, Chest, chest
from curation.sources.base import Draft
from curation.sources.loading import load, of_profile
from curation.stages.ingest import drafts_of
from curation.terms import Terms
from curation.translation import described
from manifests.contract.images import decode
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Modality, View

ADULT = 18
WORLD, DRAWN = 2, 150
MASKS = "cohen_v7labs_lung_masks/semantic_masks_v7labs_lungs"


@dataclass(frozen=True, kw_only=True)
class Film:
    """`view`: 0 frontal, 1 from the side, 2 no film; None where the source does not say."""

    source: str
    record_id: str
    patient: str
    chest: Chest
    view: int | None
    projection: str
    age: float | None
    is_child: bool | None
    is_drawn: bool = False
    mask: np.ndarray | None = None

    def again(self) -> "Film":
        """The same film, measured with the numbers that are fitted now."""
        return dataclasses.replace(self, chest=chest(self.chest.small))


def real_films() -> Iterator[Film]:
    entries = of_profile(Path("profiles"), "sample")
    for key in entries:
        source = load(key, entries)
        terms = Terms.load(Path("manifests/terms.yaml"), key)
        for draft in drafts_of(key, source):
            try:
                if isinstance(draft, Draft):
                    yield _film(
                        key, described(draft, key, source.about, terms), draft, source.files
                    )
            except Rejected:
                continue


def _film(key: str, words: dict[str, object], draft: Draft, files: Path) -> Film:
    pixels = decode(draft.image(), draft.source_ref).pixels
    seen = chest(pixels)
    age = words["age_years"]
    name = str(words["source_ref"])
    return Film(
        source="montgomery" if "MCUCXR" in name else key, record_id=f"{key}/{name}",
        patient=str(words["patient_id"]), chest=seen,
        view=_view(View(str(words["view"])), Modality(str(words["modality"]))),
        projection=str(words["view"])[:2], age=age if isinstance(age, float) else None,
        is_child=age < ADULT if isinstance(age, float) else True if key == "kermany" else None,
        mask=_mask(draft, files, seen),
    )  # fmt: skip


def _view(view: View, modality: Modality) -> int | None:
    if modality is not Modality.X_RAY:
        return 2 if modality is Modality.CT else None
    return None if view is View.UNKNOWN else int(view is View.L)


def _mask(draft: Draft, files: Path, seen: Chest) -> np.ndarray | None:
    given = [mask() for mask in draft.masks]
    beside = files.parent / MASKS / Path(draft.source_ref).name
    if not given and files.name == "cohen" and beside.exists():
        given = [beside.read_bytes()]
    if not given:
        return None
    union = np.zeros(seen.small.shape, np.float32)
    for data in given:
        mask = decode(data, "mask").pixels
        inside = (
            (mask > mask.max() // 2).astype(np.float32) if mask.max() else mask.astype(np.float32)
        )
        shape = seen.small.shape[1], seen.small.shape[0]
        union = np.maximum(union, cv2.resize(inside, shape, interpolation=cv2.INTER_AREA))
    part = union[seen.frame.top : seen.frame.bottom, seen.frame.left : seen.frame.right]
    made = (cv2.resize(part, (GRID, GRID), interpolation=cv2.INTER_AREA) > 0.5).astype(np.float32)
    return made if made.any() else None


def drawn_films() -> Iterator[Film]:
    for number in range(DRAWN):
        if not (set(card(number).pictures) & set("LC") or card(number).is_child or number % 3 == 0):
            continue
        for shot in shots_of(number, WORLD):
            try:
                pixels = decode(shot.data, shot.ref).pixels
            except Rejected:
                continue
            yield Film(
                source="drawn", record_id=shot.ref, patient=f"drawn/{shot.patient}",
                chest=chest(pixels), mask=shot.lungs,
                view=_view(shot.view, shot.modality), projection="", age=shot.age_years,
                is_child=shot.age_years < ADULT, is_drawn=True,
            )  # fmt: skip
