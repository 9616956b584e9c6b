"""Recorded responses: a folder of content-addressed bodies and one line per response.

    <folder>/responses.jsonl      url, final_url, status, content_type, sha256, bytes, retrieved
    <folder>/objects/<sha256>     the bodies

No stage owns such a folder, because DVC deletes a stage's outputs before it runs.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from curation.sources.base import Page
from manifests.contract.folder import whole_file
from manifests.contract.record import Rejected
from manifests.contract.vocabulary import Reason

INDEX, OBJECTS = "responses.jsonl", "objects"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the index."""

    url: str
    final_url: str
    status: int
    content_type: str
    sha256: str
    bytes: int
    retrieved: str


class Store:
    """The responses recorded in `folder`, by the address that was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._entries = {entry.url: entry for entry in self._lines()}

    def __contains__(self, url: str) -> bool:
        return url in self._entries

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def page(self, url: str) -> Page:
        """The recorded response. Raises `Rejected` when there is none or its body is damaged."""
        entry = self._entries.get(url)
        if entry is None:
            raise Rejected(
                Reason.MISSING_IMAGE, f"{url}: no recorded response in {self.folder}; fetch again"
            )
        data = (self.folder / OBJECTS / entry.sha256).read_bytes()
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise Rejected(
                Reason.UNREADABLE_IMAGE,
                f"{url}: the stored body is damaged ({entry.sha256}); fetch again",
            )
        return Page(
            url=url, final_url=entry.final_url, status=entry.status, data=data,
            content_type=entry.content_type, retrieved=entry.retrieved,
        )  # fmt: skip

    def put(self, page: Page) -> Entry:
        """Record a response: first its body, then its line, so that a kill leaves no half."""
        entry = Entry(
            url=page.url, final_url=page.final_url, status=page.status, bytes=len(page.data),
            content_type=page.content_type, sha256=hashlib.sha256(page.data).hexdigest(),
            retrieved=page.retrieved,
        )  # fmt: skip
        body = self.folder / OBJECTS / entry.sha256
        if not body.exists():
            with whole_file(body) as part:
                part.write_bytes(page.data)
        with (self.folder / INDEX).open("a", encoding="utf-8") as index:
            index.write(json.dumps(asdict(entry), sort_keys=True) + "\n")
            index.flush()
            os.fsync(index.fileno())
        self._entries[entry.url] = entry
        return entry

    def _lines(self) -> Iterator[Entry]:
        index = self.folder / INDEX
        if not index.exists():
            return
        for line in index.read_text(encoding="utf-8").splitlines(keepends=True):
            # A kill may tear the last line; its response is asked for again.
            if line.endswith("\n"):
                yield Entry(**json.loads(line))
