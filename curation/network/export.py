"""`cxr warc KEY`: what was fetched of one source as one WARC file, checked body by body."""

import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from curation.network import lock as locks
from curation.network.archive import sha256_of
from curation.network.entry import Redirect
from curation.network.errors import Mismatch
from curation.network.journal import Journal, robots_of
from curation.network.reserved import AGENT
from curation.network.store import INDEX, OBJECTS, Store
from curation.network.warc import Came, Warc
from manifests.contract.folder import whole_file
from manifests.contract.params import Misspelt

WHOLE = 200
"""Status of an answer that is the whole file; a resumed one came in several."""
EMPTY = hashlib.sha256().hexdigest()
ABOUT = {
    "software": AGENT,
    "format": "WARC File Format 1.1",
    "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    "description": "Answers as recorded: bodies unpacked, no cookies, credentials, signatures",
}


class Item(NamedTuple):
    """One answer on the shelf, and how to write it."""

    asked: str
    came: Came
    body: Path
    redirects: list[Redirect]
    is_taken: bool = True
    is_response: bool = True
    """Not a file put together from several answers, or one whose head nobody kept."""


def export(key: str, folder: Path, lock: Path, out: Path) -> int:
    """Write all recorded answers of `folder` into `out`; the number of records.

    The same folder gives the same bytes. Raises `Mismatch` where a body is not what came, and
    `Misspelt` where nothing came from the web.
    """
    is_site = (folder / INDEX).exists()
    items = list(_answers(folder if is_site else robots_of(folder)))
    items += [] if is_site else _files(key, folder, lock)
    if not all(item.came.date for item in items) or not items:
        found = "holds drawn answers, which came from no web" if items else "holds no answers"
        raise Misspelt(f"{folder}: {found}; `cxr fetch {key}` fills it, where the site allows it")
    with whole_file(out) as part, part.open("wb") as data:
        warc = Warc(data, key)
        warc.info(max(item.came.date for item in items), {**ABOUT, "isPartOf": key})
        for item in items:
            _write(warc, item)
    return warc.records


def _answers(folder: Path) -> Iterator[Item]:
    """Every recorded answer, those too that a later one took the place of."""
    for entry in Store(folder).lines():
        came = Came(
            entry.final_url, entry.received or entry.retrieved, entry.status,
            entry.headers or [["Content-Type", entry.content_type]], entry.sha256, entry.bytes,
        )  # fmt: skip
        body = folder / OBJECTS / entry.sha256
        yield Item(entry.url, came, body, entry.redirects, not entry.reserved)


def _files(key: str, folder: Path, lock: Path) -> Iterator[Item]:
    """Every file of an importer, by name, with the last line that tells of its content."""
    lines = [line for line in locks.read(lock) if line["source"] == key and line["kind"] == "file"]
    told = {(line["name"], line["sha256"]): line for line in [*lines, *Journal(folder).lines()]}
    for name in sorted({name for name, sha256 in told if sha256 and (folder / name).exists()}):
        place = folder / name
        line = told.get((name, sha256_of(place)))
        if line is None:
            raise Mismatch(f"{place}: is not the file that was fetched; fetch {key} again")
        answer = line.get("answer", {})
        came = Came(
            line["final_url"], answer.get("received") or line["date"], answer.get("status", 0),
            answer.get("headers", []), line["sha256"], line["bytes"], is_decoded=False,
        )  # fmt: skip
        yield Item(line["url"], came, place, answer.get("redirects", []),
                   is_response=came.status == WHOLE)  # fmt: skip


def _write(warc: Warc, item: Item) -> None:
    for hop in item.redirects:
        there = Came(hop["url"], item.came.date, hop["status"], hop["headers"], EMPTY, 0)
        warc.response(there, BytesIO(), is_taken=False)
    if not item.body.exists() or sha256_of(item.body) != item.came.sha256:
        raise Mismatch(f"{item.asked}: its body is damaged ({item.body}); fetch again")
    with item.body.open("rb") as body:
        if item.is_response:
            name = warc.response(item.came, body, is_taken=item.is_taken)
        else:
            name = warc.resource(item.came, body)
    if item.asked != item.came.url and not item.redirects:
        warc.via(item.came.date, item.asked, name)
