"""What a source says of a film, in the columns of a record."""

import datetime as dt
import json
import math
from typing import Any

from curation.age import age_years
from curation.sources.base import About, Draft
from curation.terms import Terms
from manifests.contract.record import leading
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Finding, Reason

SIDES = ("x", "y", "width", "height")
MAX_PIXELS = 100_000
"""No film is that wide."""


def described(draft: Draft, key: str, about: About, terms: Terms) -> dict[str, Any]:
    """The columns of `Record` that need no pixels.

    Raises `Rejected` for a word that is not in the vocabulary (`unknown_term`) and for a day, date
    or id that cannot be one (`invalid_field`).
    """
    findings = terms.findings(draft.finding)
    abnormal = terms.abnormal(draft.abnormal)
    if abnormal is None and findings == (Finding.NORMAL,):
        abnormal = False
    return {
        "record_id": f"{key}/{draft.source_ref}",
        "source": key,
        "source_ref": draft.source_ref,
        "source_url": draft.url,
        "license": terms.license(draft.license, draft.url, about.license),
        "attribution": draft.attribution or about.citation,
        "retrieved": _date(draft),
        "snapshot_id": draft.snapshot or None,
        "patient_id": f"{key}/{draft.patient}",
        "study_id": f"{key}/{draft.study}" if draft.study else None,
        "age_years": age_years(draft.age),
        "is_child": terms.child(draft.child),
        "sex": terms.sex(draft.sex),
        "view": terms.view(draft.view),
        "modality": terms.modality(draft.modality),
        "offset_days": None if terms.says_nothing(draft.offset_days) else _days(draft),
        "finding": findings[0],
        "findings": findings,
        "finding_text": draft.finding,
        "abnormal": abnormal,
        "uncertain": terms.findings(draft.uncertain) if draft.uncertain else None,
        "found_elsewhere": _elsewhere(draft, terms),
        "severity": terms.severity(draft.severity),
        "pcr_positive": terms.pcr(draft.pcr),
        "boxes": _boxes(draft, terms),
        "official_split": terms.official_split(draft.official_split),
        "facts": _json(
            {name: said for name, said in draft.facts.items() if not terms.says_nothing(said)}
        ),
    }


def _elsewhere(draft: Draft, terms: Terms) -> tuple[Finding, ...] | None:
    """All that the patient has elsewhere, as one list; None where nothing is told."""
    told = (finding for said in draft.elsewhere for finding in terms.findings(said))
    return leading(told) or None if draft.elsewhere else None


def _boxes(draft: Draft, terms: Terms) -> str | None:
    """The boxes as JSON. Raises `Rejected` for an unknown finding or a side that is no length."""
    return _json([
        {"finding": str(terms.findings(box.finding)[0])}
        | {side: _length(draft, side, getattr(box, side)) for side in SIDES}
        for box in draft.boxes
    ])  # fmt: skip


def _length(draft: Draft, side: str, found: str) -> float:
    try:
        length = round(float(found), 2)
    except ValueError:
        length = math.nan
    if not 0 <= length < MAX_PIXELS:
        raise _invalid(draft, f"{side} of a box", found, "a number of pixels")
    return length


def _json(said: object) -> str | None:
    return json.dumps(said, sort_keys=True, ensure_ascii=False) if said else None


def _date(draft: Draft) -> dt.date | None:
    try:
        return dt.date.fromisoformat(draft.retrieved[:10]) if draft.retrieved else None
    except ValueError:
        raise _invalid(draft, "retrieved", draft.retrieved, "a date such as 2020-06-22") from None


def _days(draft: Draft) -> int:
    try:
        return int(draft.offset_days.removesuffix(".0"))
    except ValueError:
        raise _invalid(draft, "offset_days", draft.offset_days, "a whole number") from None


def _invalid(draft: Draft, field: str, found: str, wanted: str) -> Rejected:
    return Rejected(
        Reason.INVALID_FIELD,
        f"{draft.source_ref}: {field} is {found[:80]!r}, not {wanted}; correct it in the source",
    )
