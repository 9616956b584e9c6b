"""Stage ingest: every film of one source, decoded, hashed and in our words, or a rejection."""

import hashlib
import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from tqdm import tqdm

from curation.border import Border
from curation.network.recorded import Recorded
from curation.pixels.fingerprint import working_copy
from curation.pixels.lung_mask import lung_mask
from curation.pixels.measured import measured
from curation.sources.base import About, Draft, Importer, Lost, Scraper, Source
from curation.terms import Terms
from curation.translation import described
from curation.verdict import Verdict
from manifests.contract.images import Pixels, decode
from manifests.contract.packing import png
from manifests.contract.params import Misspelt
from manifests.contract.record import Record, Rejected, Rejection
from manifests.contract.table import check_counts, frame
from manifests.contract.vocabulary import Reason
from manifests.contract.working import MASKS, write_packed, write_working

log = logging.getLogger(__name__)
Masks = tuple[Callable[[], bytes], ...]
DRAWN_MARK = "PHANTOM.json"
WORKERS = min(8, os.cpu_count() or 1)
"""Pictures decoded at a time; more or fewer change the speed and nothing else."""


class Params(BaseModel):
    """How large a picture may come in and go on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_side: int = Field(ge=64, le=8192)
    """Longest side of the working copy, pixels."""
    max_megapixels: float = Field(gt=0, le=1000)
    """A larger picture is refused before it is decoded."""


class Taken(NamedTuple):
    """A film that stays, its working copy, and the PNG of its lung mask where it has one."""

    record: Record
    copy: Pixels
    mask: bytes


def main(key: str, source: Source, folder: Path, terms: Path, params: Params) -> Verdict:
    """Write the working copies into `folder`, in the order of the source; give both tables.

    Raises `NoFilms` for a source without any, and `BrokenTable` when a row that came in is lost.
    """
    desk = Desk(
        key=key, about=source.about, terms=Terms.load(terms, key), params=params,
        is_drawn=(source.files / DRAWN_MARK).exists(),
    )  # fmt: skip
    border = Border(key=key, files=source.files)
    given = border.counted(drafts_of(key, source))
    drafts = tqdm(given, desc=f"ingest {key}", unit=" films", disable=None)
    records: list[Record] = []
    rejections: list[Rejection] = []
    masks: list[tuple[str, bytes]] = []

    def films() -> Iterator[tuple[str, Pixels]]:
        for judged in _first_of_each_id(_in_order(desk.judge, drafts)):
            if isinstance(judged, Rejection):
                rejections.append(judged)
            else:
                records.append(judged.record)
                if judged.mask:
                    masks.append((judged.record.record_id, judged.mask))
                yield judged.record.record_id, judged.copy

    write_working(folder, films())
    write_packed(folder / MASKS, masks)
    check_counts("ingest", border.came_in, len(records), len(rejections))
    return Verdict(frame(records, Record), frame(rejections, Rejection))


def drafts_of(key: str, source: Source) -> Iterator[Draft | Lost]:
    """All that the source gives. Raises `Misspelt` when its folder is not there."""
    if not source.files.is_dir():
        raise Misspelt(
            f"params.yaml: 'sources.{key}.files' is {source.files}, which is no folder; "
            f"run `cxr fetch {key}` (`dvc repro phantom` for drawn films), or name your folder"
        )
    if isinstance(source, Scraper):
        return source.read(Recorded(source.files))
    if isinstance(source, Importer):
        return source.read(source.files)
    raise TypeError(f"{key}: a source is a Scraper or an Importer")


def _in_order(
    judge: Callable[[Draft | Lost], Taken | Rejection], drafts: Iterable[Draft | Lost]
) -> Iterator[Taken | Rejection]:
    """The verdicts in the order of the drafts; a few films are in memory, never all."""
    waiting: deque[Future[Taken | Rejection]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        for draft in drafts:
            waiting.append(pool.submit(judge, draft))
            if len(waiting) > 2 * WORKERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where the drafts of one source are judged, one by one and each for itself."""

    key: str
    about: About
    terms: Terms
    params: Params
    is_drawn: bool

    def judge(self, draft: Draft | Lost) -> Taken | Rejection:
        """The film, or why it is not taken. The one place where `Rejected` is caught."""
        data = b""
        try:
            words = self._words(draft)
            data = draft.image() if isinstance(draft, Draft) else b""
            return self._taken(words, data, draft.masks if isinstance(draft, Draft) else ())
        except Rejected as verdict:
            return Rejection(
                record_id=f"{self.key}/{draft.source_ref}", source=self.key, stage="ingest",
                reason=verdict.reason, detail=verdict.detail, sha256=_sha256(data) or None,
            )  # fmt: skip

    def _words(self, draft: Draft | Lost) -> dict[str, Any]:
        if isinstance(draft, Lost):
            raise Rejected(Reason(draft.reason), draft.detail)
        return described(draft, self.key, self.about, self.terms)

    def _taken(self, words: dict[str, Any], data: bytes, masks: Masks) -> Taken:
        film = decode(data, words["source_ref"], int(self.params.max_megapixels * 1e6))
        height, width = film.pixels.shape
        copy = working_copy(film.pixels, self.params.max_side)
        mask = _mask(masks, words["source_ref"], film.pixels, copy)
        record = _checked(
            **words, **measured(film), is_drawn=self.is_drawn,
            sha256=_sha256(data), pixel_sha256=film.pixel_sha256,
            width=width, height=height, format=film.format, bits=film.bits,
            decoding=";".join(film.steps), has_lung_mask=bool(mask) if masks else None,
        )  # fmt: skip
        return Taken(record, copy, mask)


def _mask(masks: Masks, name: str, film: Pixels, copy: Pixels) -> bytes:
    """The packed lung mask; nothing where there is none. A film does not leave for its mask."""
    try:
        files = [mask() for mask in masks]
        return png(lung_mask(files, name, film, copy)) if files else b""
    except Rejected as verdict:
        log.warning("%s; the film is kept without its mask", verdict.detail)
        return b""


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


def _first_of_each_id(judged: Iterable[Taken | Rejection]) -> Iterator[Taken | Rejection]:
    """A name that comes again is refused, and the sentence says which patients share it."""
    patients: dict[str, str] = {}
    for one in judged:
        if isinstance(one, Taken) and one.record.record_id in patients:
            again = one.record
            yield Rejection(
                record_id=again.record_id, source=again.source, stage="ingest",
                reason=Reason.INVALID_FIELD, sha256=again.sha256,
                detail=f"{again.source_ref}: stands twice, for patient "
                f"{' and '.join(dict.fromkeys([patients[again.record_id], again.patient_id]))}; "
                "the first is kept; give each film one name in the source",
            )  # fmt: skip
            continue
        patients |= {one.record.record_id: one.record.patient_id} if isinstance(one, Taken) else {}
        yield one
