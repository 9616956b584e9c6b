"""What makes a data set another one: the decisions about its films, and the id they give it."""

import hashlib
from collections.abc import Iterable

DECISIONS = (
    "record_id", "source_url", "sha256", "pixel_sha256", "license", "attribution", "patient_id",
    "study_id", "age_years", "is_child", "sex", "view", "seen_view", "modality", "quality",
    "offset_days", "finding", "findings", "abnormal", "uncertain", "found_elsewhere", "severity",
    "pcr_positive", "boxes", "has_lung_mask", "official_split", "facts", "patient_ill", "copies",
    "group", "label_rule", "is_conflict", "pediatric", "split", "paper_split",
)  # fmt: skip
"""The columns whose change makes another data set."""


def manifest_id(rows: Iterable[tuple[object, ...]]) -> str:
    """Sixteen hex digits that change when any decision about any record changes.

    `rows` hold the values of `DECISIONS`; their order does not matter.
    """
    digest = hashlib.sha256()
    for row in sorted("\x1f".join(map(_cell, row)) for row in rows):
        digest.update(row.encode() + b"\x1e")
    return digest.hexdigest()[:16]


def _cell(value: object) -> str:
    """A value in words; a list, whatever holds it, is its values with a mark after each."""
    if value is None:
        return ""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value)
    return "".join(f"{part}\x1d" for part in value)
