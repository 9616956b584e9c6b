"""Where the films of one source are judged, one by one and each for itself."""

import hashlib
import logging
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import ValidationError

from curation.pixels import film
from curation.sources.base import About, Draft, Lost
from curation.terms import Terms
from curation.translation import described
from manifests.contract.record import Record
from manifests.contract.rejection import Rejected, Rejection
from manifests.contract.vocabulary import Reason

log = logging.getLogger(__name__)


class Taken(NamedTuple):
    """A film that stays, and PNGs of its working copy and of its lung mask where it has one."""

    record: Record
    copy: bytes
    mask: bytes


class Come(NamedTuple):
    """A film whose words are understood and whose file was read."""

    words: dict[str, Any]
    sha256: str
    asked: film.Asked
    mask_fault: str
    """Why its masks could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where the drafts of one source are judged, one by one and each for itself."""

    key: str
    about: About
    terms: Terms
    max_side: int
    """Longest side of a working copy, pixels."""
    max_pixels: int
    """A larger film is refused."""
    is_drawn: bool

    def read(self, draft: Draft | Lost) -> Come | Rejection:
        """The film's words and its file, or why it is not taken."""
        if isinstance(draft, Lost):
            lost = Rejected(Reason(draft.reason), draft.detail)
            return self._rejection(draft.source_ref, lost, "")
        try:
            words = described(draft, self.key, self.about, self.terms)
            data = draft.image()
            masks, fault = _masks(draft)
            asked = film.Asked(data, masks, self.max_side, self.max_pixels)
            return Come(words, _sha256(data), asked, fault)
        except Rejected as verdict:
            return self._rejection(draft.source_ref, verdict, "")

    def decide(self, come: Come, result: bytes) -> Taken | Rejection:
        """The film with its measures, or why it is not taken."""
        name = come.words["source_ref"]
        try:
            found = film.read(result, name)
            has_masks = bool(come.asked.masks or come.mask_fault)
            record = _checked(
                **come.words, **found.columns, is_drawn=self.is_drawn, sha256=come.sha256,
                has_lung_mask=bool(found.mask) if has_masks else None,
            )  # fmt: skip
        except Rejected as verdict:
            return self._rejection(name, verdict, come.sha256)
        if fault := come.mask_fault or found.mask_fault:
            log.warning("%s; the film is kept without its mask", fault)
        return Taken(record, found.copy, found.mask)

    def judge(self, draft: Draft | Lost) -> Taken | Rejection:
        """Both of one film."""
        come = self.read(draft)
        return come if isinstance(come, Rejection) else self.decide(come, film.measured(come.asked))

    def _rejection(self, name: str, verdict: Rejected, sha256: str) -> Rejection:
        return Rejection(
            record_id=f"{self.key}/{name}", source=self.key, stage="ingest",
            reason=verdict.reason, detail=verdict.detail, sha256=sha256 or None,
        )  # fmt: skip


def _masks(draft: Draft) -> tuple[tuple[bytes, ...], str]:
    """The files of the lung masks, or why they cannot be read."""
    try:
        return tuple(mask() for mask in draft.masks), ""
    except Rejected as verdict:
        return (), verdict.detail


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest() if data else ""


def _checked(**columns: object) -> Record:
    try:
        return Record.model_validate(columns)
    except ValidationError as faults:
        found = "; ".join(f"{fault['loc'][0]} is {fault['input']!r}" for fault in faults.errors())
        raise Rejected(
            Reason.INVALID_FIELD, f"{columns['record_id']}: {found}; correct it in the source"
        ) from None
