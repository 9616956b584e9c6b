"""The films that `text.py` prints on: frontal ones of every source, and drawn ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from curation.phantom.world import shots_of
from curation.pixels.fingerprint import working_copy
from curation.pixels.inspection import seen
from manifests.contract.images import Film, Pixels, decode
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Modality, SeenView, View

SOURCES = ("actualmed", "cohen/images", "covidcxnet", "figure1", "hannover", "kermany",
           "montgomery/MontgomerySet/CXR_png", "nih", "shenzhen/CXR_png")  # fmt: skip
SUFFIXES = {".png", ".jpg", ".jpeg", ".jfif", ".webp"}
MAX_SIDE = 1024
"""As `ingest.max_side` in params.yaml: stage text looks at working copies."""
WORLD, PATIENTS = 2, 40


@dataclass(frozen=True, kw_only=True)
class Bare:
    """A film on which this benchmark has printed nothing; `pixels` uint8[H, W]."""

    source: str
    name: str
    format: str
    pixels: Pixels
    truth: Pixels | None = None
    """uint8[H, W], 255 in boxes around what is written; None where nobody knows."""


def real_films(folder: Path, of_each: int) -> list[Bare]:
    """At most `of_each` frontal films of each source, evenly spread over its sorted files."""
    return [film for source in SOURCES for film in _of_source(folder, source, of_each)]


def _of_source(folder: Path, source: str, most: int) -> list[Bare]:
    places = [p for p in sorted((folder / source).rglob("*")) if p.suffix.lower() in SUFFIXES]
    # Every place is asked once, widely spread ones first, until enough are frontal.
    step = max(1, len(places) // most)
    found: list[Bare] = []
    for place in (place for first in range(step) for place in places[first::step]):
        if len(found) == most:
            break
        try:
            film = decode(place.read_bytes(), place.name)
        except Rejected:
            continue
        if _is_frontal(film):
            copy = working_copy(film.pixels, MAX_SIDE)
            name = source.partition("/")[0]
            found.append(
                Bare(source=name, name=f"{name}/{place.name}", format=film.format, pixels=copy)
            )
    return found


def _is_frontal(film: Film) -> bool:
    return seen(film.pixels, film.colour).seen_view is SeenView.FRONTAL


def drawn_films() -> Iterator[Bare]:
    """Frontal films of the drawn world, with the boxes of what is written on them."""
    for number in range(PATIENTS):
        for shot in shots_of(number, WORLD):
            if shot.view is View.L or shot.modality is Modality.CT:
                continue
            try:
                film = decode(shot.data, shot.ref)
            except Rejected:
                continue
            pixels = working_copy(film.pixels, MAX_SIDE)
            truth = cv2.resize(shot.text, pixels.shape[::-1], interpolation=cv2.INTER_NEAREST)
            yield Bare(
                source="drawn", name=shot.ref, format=film.format, pixels=pixels,
                truth=np.asarray(truth, np.uint8),
            )  # fmt: skip
