"""What a public CheXNet itself said of a few films (paper 5.3, Fig. 17), film beside film.

The figures are those of stage probe; nothing is measured here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from curation.pages.films import Shown, shown
from curation.pages.pictures import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One film and the chance of each label, in the order of the checkpoint."""

    film: Shown | None
    record_id: str
    finding: str
    maybe_seen: bool
    chances: Sequence[tuple[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheXNet:
    """The section, ready to be printed."""

    layout: str
    checkpoint_sha256: str
    is_other_manifest: bool
    films: Sequence[Said]


def wanted(told: Mapping[str, Any] | None) -> set[str]:
    """The films that it was asked about."""
    return {film["record_id"] for film in (told or {}).get("films", ())}


def chexnet(
    told: Mapping[str, Any] | None, manifest_id: str, rows: Mapping[str, Mapping[str, object]],
    pictures: Mapping[str, Picture],
) -> CheXNet | None:  # fmt: skip
    """The section from probe.json, or None where nobody was asked.

    Labels stand in the checkpoint's order, the same for all films, so that rows can be compared.
    """
    if not told or not told["asked"]:
        return None
    return CheXNet(
        layout=told["layout"], checkpoint_sha256=told["checkpoint_sha256"],
        is_other_manifest=told["manifest_id"] != manifest_id,
        films=[
            Said(
                film=shown(rows[name], pictures) if (name := film["record_id"]) in rows else None,
                record_id=name, finding=film["finding"],
                maybe_seen=film["maybe_seen"],
                chances=list(zip(told["labels"], film["chances"], strict=True)),
            )
            for film in told["films"]
        ],
    )  # fmt: skip
