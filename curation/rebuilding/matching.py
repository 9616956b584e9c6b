"""The films of one source found again: by their bytes, else by their pixels, else they changed."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

import pandas as pd
from tqdm import tqdm

from curation.rebuilding.reasons import Missing, Why
from curation.rebuilding.shelf import Shelf
from curation.sources.base import Draft, Lost
from manifests.contract.images import decode
from manifests.contract.rejection import Rejected, legible
from manifests.contract.vocabulary import Reason

Given = Iterable[Draft | Lost]
WHYS = {Reason.BLOCKED.value: Why.CLOSED, Reason.MISSING_IMAGE.value: Why.GONE}


class Came(StrEnum):
    """How a film is known to be the published one."""

    BYTES = "same bytes"
    PIXELS = "same pixels, other bytes"


@dataclass(slots=True, kw_only=True)
class Search:
    """The published films of one source, and what has become of each so far."""

    key: str
    rows: pd.DataFrame
    shelf: Shelf
    got: dict[str, tuple[Came, str, str]] = field(default_factory=dict)
    """Record id -> how, path below the output folder, SHA-256 of that file."""
    faults: dict[str, Missing] = field(default_factory=dict)
    """Record id -> the first thing that was wrong with it."""
    _by_hash: dict[str, list[str]] = field(default_factory=dict, init=False)
    _by_ref: dict[str, tuple[str, str]] = field(default_factory=dict, init=False)
    """Name -> record id and pixel hash."""

    def __post_init__(self) -> None:
        cells = self.rows[["record_id", "source_ref", "sha256", "pixel_sha256"]].astype(str)
        for record_id, ref, sha256, pixels in cells.itertuples(index=False):
            self._by_hash.setdefault(sha256, []).append(record_id)
            self._by_ref[ref] = (record_id, pixels)
        for sha256, path in self.shelf.held(self._by_hash).items():
            self._get(sha256, path)

    @property
    def is_over(self) -> bool:
        return len(self.got) == len(self.rows)

    def through(self, read: Callable[[], Given]) -> None:
        """Look through the source, first by the names that the films had, then by all bytes.

        `read` gives the source from its beginning. The second time is for files that were renamed,
        and only where films are missing. Raises `Rejected` where the source cannot be read at all.
        """
        looked = set[str]()
        for one in self._each(read, "by name"):
            ref = legible(one.source_ref)
            if ref in self._by_ref:
                looked.add(ref)
                self._look(one, ref)
        for one in self._each(read, "by content"):
            if legible(one.source_ref) not in looked and isinstance(one, Draft):
                self._look(one, "")

    def missing(self, usual: Why, detail: str) -> list[Missing]:
        """Every film that was not got; `usual` is what it means that a film is absent."""
        ids = [name for name in self.rows["record_id"].astype(str) if name not in self.got]
        found = [self.faults.get(name, Missing(name, Why.GONE, detail)) for name in ids]
        return [one._replace(why=usual) if one.why is Why.GONE else one for one in found]

    def _each(self, read: Callable[[], Given], how: str) -> Iterator[Draft | Lost]:
        if self.is_over:
            return
        said = f"{self.key} {how}"
        for one in tqdm(read(), desc=said, unit=" films", disable=None):
            yield one
            if self.is_over:
                return

    def _look(self, one: Draft | Lost, ref: str) -> None:
        """Take the film where it is a published one; `ref` is empty where its name is none."""
        record_id, pixels = self._by_ref.get(ref, ("", ""))
        try:
            if isinstance(one, Lost):
                raise Rejected(Reason(one.reason), one.detail)  # noqa: TRY301 - one sentence for both
            data = one.image()
            sha256 = hashlib.sha256(data).hexdigest()
            if sha256 in self._by_hash:
                self._get(sha256, self.shelf.put(data, sha256))
            elif record_id and record_id not in self.got:
                self._by_pixels(data, sha256, record_id, pixels)
        except Rejected as verdict:
            self._fault(record_id, WHYS.get(verdict.reason, Why.UNREADABLE), verdict.detail)

    def _by_pixels(self, data: bytes, sha256: str, record_id: str, pixels: str) -> None:
        found = decode(data, record_id).pixel_sha256
        if found == pixels:
            self.got[record_id] = (Came.PIXELS, self.shelf.put(data, sha256), sha256)
        else:
            self._fault(record_id, Why.CHANGED, f"the file there now has the SHA-256 {sha256}")

    def _get(self, sha256: str, path: str) -> None:
        for record_id in self._by_hash[sha256]:
            self.got[record_id] = (Came.BYTES, path, sha256)

    def _fault(self, record_id: str, why: Why, detail: str) -> None:
        if record_id:
            self.faults.setdefault(record_id, Missing(record_id, why, detail))
