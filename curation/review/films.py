"""Films for the review page: as large as all of them together allow, each packed once."""

import base64
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from PIL import Image
from tqdm import tqdm

from curation.pages.page import link
from manifests.contract.images import Pixels
from manifests.contract.working import WorkingCopies

SIDES = (768, 640, 512, 384, 320, 256, 224, 192, 160)
"""Longest side of a film on the page, pixels; the largest one that the budget allows is taken."""
BUDGET = 7_500_000
"""Bytes of all pictures on the page: a browser opens it at once, and a mail takes it."""
SAMPLED = 12
"""Films whose packed size is measured to foretell that of all."""
QUALITY = 55
WORDS = {
    "finding": "finding", "findings": "all findings", "finding_text": "source's words",
    "abnormal": "shows disease", "pcr_positive": "virus test", "view": "view",
    "modality": "machine", "age_years": "age, years", "sex": "sex", "patient_id": "patient",
    "study_id": "study", "offset_days": "day", "width": "width", "height": "height",
    "license": "licence", "attribution": "credit",
}  # fmt: skip
"""Columns shown under a film, and what they are called there."""


def pictures(copies: WorkingCopies, wanted: Iterable[str]) -> dict[str, str]:
    """Record id -> data address of its picture, for the films that have a working copy."""
    ids = sorted(name for name in set(wanted) if name in copies)
    step = max(1, len(ids) // SAMPLED)
    sample = [pixels for _, pixels in copies.stream(ids[::step])]
    side = next((side for side in SIDES if _fits(sample, len(ids), side)), SIDES[-1])
    bar = tqdm(copies.stream(ids), desc="packing films", total=len(ids), disable=None)
    return {name: packed(pixels, side) for name, pixels in bar}


def packed(pixels: Pixels, side: int) -> str:
    """uint8[H, W] as the data address of a WebP of at most `side` pixels a side."""
    image = Image.fromarray(pixels)
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=None)
    data = io.BytesIO()
    image.save(data, "WEBP", quality=QUALITY, method=4)
    return "data:image/webp;base64," + base64.b64encode(data.getvalue()).decode("ascii")


def described(record: Mapping[Any, object]) -> dict[str, object]:
    """What the page knows of a film beside its picture; its words in the order of `WORDS`."""
    return {
        "sha256": str(record["sha256"]),
        "source": str(record["source"]),
        "address": link(str(record["source_url"])),
        "words": [word(record[column]) for column in WORDS],
    }


def word(value: object) -> str:
    """A cell as a person reads it; empty where it is."""
    if isinstance(value, str):
        return value
    if isinstance(value, Iterable):
        return ", ".join(map(str, value))
    if value is None or bool(pd.isna([value])[0]):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _fits(sample: Sequence[Pixels], count: int, side: int) -> bool:
    total = sum(len(packed(pixels, side)) for pixels in sample)
    return total * count <= BUDGET * max(1, len(sample))
