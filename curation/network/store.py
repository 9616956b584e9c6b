"""Recorded responses: a folder of content-addressed bodies and one line per response.

    <folder>/responses.jsonl      url, final_url, status, content_type, sha256, bytes, retrieved,
                                  and of a live answer: received, headers, redirects, reserved
    <folder>/objects/<sha256>     the bodies

No stage owns such a folder, because DVC deletes a stage's outputs before it runs.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from curation.network.entry import NO_EVIDENCE, Entry, Evidence, entry_of, line
from curation.sources.base import Page
from manifests.contract.folder import PART
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

INDEX, OBJECTS = "responses.jsonl", "objects"


class BrokenStore(ValueError):  # noqa: N818 - names what is broken, and is shown to a person
    """The index of a recorded folder cannot be read."""

    exit_code = 4


class Store:
    """The responses recorded in `folder`, by the address that was asked; a later one counts."""

    def __init__(self, folder: Path, *, is_durable: bool = True) -> None:
        """`is_durable`: every response is on the disk before the next; for what can be lost."""
        self.folder = folder
        self.is_durable = is_durable
        self._entries = {entry.url: entry for entry in self.lines()}
        self._is_open = False

    def __contains__(self, url: str) -> bool:
        return url in self._entries

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def entry(self, url: str) -> Entry | None:
        return self._entries.get(url)

    def page(self, url: str) -> Page:
        """The recorded response. Raises `Rejected` when there is none or its body is damaged."""
        entry = self._entries.get(url)
        if entry is None:
            raise Rejected(
                Reason.MISSING_IMAGE, f"{url}: no recorded response in {self.folder}; fetch again"
            )
        if entry.reserved:
            raise Rejected(Reason.BLOCKED, f"{url}: {entry.reserved}; not taken")
        body = self.folder / OBJECTS / entry.sha256
        data = body.read_bytes() if body.exists() else b""
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            raise Rejected(
                Reason.UNREADABLE_IMAGE,
                f"{url}: the stored body is damaged ({entry.sha256}); fetch again",
            )
        return Page(
            url=url, final_url=entry.final_url, status=entry.status, data=data,
            content_type=entry.content_type, retrieved=entry.retrieved,
        )  # fmt: skip

    def put(self, page: Page, evidence: Evidence = NO_EVIDENCE) -> Entry:
        """Record a response: first its body, then its line, so that a kill leaves no half.

        The line follows the body at once, and both are on the disk when this returns: a power cut
        in between leaves a line whose body is not of its hash, which is asked for again.
        """
        told = {part.name: getattr(evidence, part.name) for part in fields(Evidence)}
        entry = Entry(
            url=page.url, final_url=page.final_url, status=page.status, bytes=len(page.data),
            content_type=page.content_type, sha256=hashlib.sha256(page.data).hexdigest(),
            retrieved=page.retrieved, **told,
        )  # fmt: skip
        self._mend()
        body = self.folder / OBJECTS / entry.sha256
        if not body.exists() or hashlib.sha256(body.read_bytes()).hexdigest() != entry.sha256:
            part = body.with_name(body.name + PART)
            part.write_bytes(page.data)
            part.replace(body)
        with (self.folder / INDEX).open("a", encoding="utf-8") as index:
            index.write(line(entry) + "\n")
        if self.is_durable:
            _flush(body, body.parent, self.folder / INDEX)
        self._entries[entry.url] = entry
        return entry

    def holds(self, url: str) -> bool:
        """There is a line for `url` and a body of its length."""
        entry = self._entries.get(url)
        body = self.folder / OBJECTS / entry.sha256 if entry else None
        return bool(entry and body and body.exists() and body.stat().st_size == entry.bytes)

    def _mend(self) -> None:
        """Before the first new line, cut off what a kill left of the last one."""
        index = self.folder / INDEX
        if not self._is_open:
            (self.folder / OBJECTS).mkdir(parents=True, exist_ok=True)
        if not self._is_open and index.exists():
            data = index.read_bytes()
            if not data.endswith(b"\n"):
                os.truncate(index, data.rfind(b"\n") + 1)
            for litter in sorted((self.folder / OBJECTS).glob("*" + PART)):
                litter.unlink()
        self._is_open = True

    def lines(self) -> Iterator[Entry]:
        """All whole lines, those too that a later one of the same address took the place of."""
        index = self.folder / INDEX
        if not index.exists():
            return
        lines = index.read_bytes().split(b"\n")
        # A kill may tear the last line; its response is asked for again.
        for number, text in enumerate(lines[:-1], start=1):
            try:
                yield entry_of(text)
            except (ValueError, TypeError, KeyError) as fault:
                raise BrokenStore(
                    f"{index}, line {number}: not a recorded response ({fault}); "
                    "take it out and fetch again"
                ) from None


def _flush(*places: Path) -> None:
    for place in places:
        handle = os.open(place, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
