"""Whatever a site does wrong, the snapshot is in the end the one of a site that does nothing wrong.

`KINDS` is the table of faults. Where one ends a fetch ("try again later"), or leaves a picture
blocked ("fetch again"), the fetch is repeated, as its user is told to.
"""

import gzip
import hashlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from drawn_shots import radiopaedia_shots, sirm_shots
from grants import GRANT
from replica_server import Fault, Site, body, cut_after, drip, serve, status
from told import read

from curation.network.entry import Entry
from curation.network.errors import Stopped
from curation.network.fetch import Params, fetch
from curation.network.store import Store
from curation.phantom.replicas import radiopaedia, sirm
from curation.sources.base import Scraper
from curation.sources.radiopaedia import Radiopaedia
from curation.sources.sirm import Sirm

NICE = Params(
    contact="data@example.org", seconds_between_requests=0.0, deadline_seconds=0.25,
    max_page_mb=2, max_file_gb=1, retries=2, max_wait_seconds=1.0,
)  # fmt: skip
SITES = {
    "radiopaedia": (radiopaedia, radiopaedia_shots, "https://radiopaedia.org"),
    "sirm": (sirm, sirm_shots, "https://www.sirm.org"),
}
GATE = b"<html><head><title>Just a moment...</title></head></html>"
TRY_AGAIN, SHUT = 3, 5


def raw(text: bytes, *, is_reset: bool = False, hold: float = 0.0) -> Fault:
    """Bytes as they are, then an end: in peace, with a reset, or after a long silence."""

    def fault(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(text)
        handler.wfile.flush()
        threading.Event().wait(hold)
        if is_reset:
            linger = struct.pack("ii", 1, 0)
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            handler.connection.close()
        handler.close_connection = True

    return fault


def head(*lines: str, code: int = 200) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {code} X", *lines, "", ""]).encode()


def chunks_for_ever(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(head("Transfer-Encoding: chunked"))
    for _ in range(60):
        handler.wfile.write(b"1\r\nx\r\n")
        handler.wfile.flush()
        threading.Event().wait(0.02)


def to(place: str) -> Fault:
    return raw(head(f"Location: {place}", "Content-Length: 0", code=302))


Kind = Callable[[bytes, str], list[Fault]]
DATE = "Mon, 23 Nov 2026 10:00:0{} GMT"
ANYWHERE: dict[str, Kind] = {
    "429": lambda _, __: [status(429)],
    "429, Retry-After in seconds": lambda _, __: [status(429, Retry_After="1")],
    "429, Retry-After as a date": lambda _, __: [
        raw(head(f"Date: {DATE.format(0)}", f"Retry-After: {DATE.format(1)}", code=429))
    ],
    "429, Retry-After of a day": lambda _, __: [status(429, Retry_After="86400")],
    "503, Retry-After": lambda _, __: [status(503, Retry_After="1")],
    "503 until the tries are over": lambda _, __: [status(503)] * 3,
    "500": lambda _, __: [status(500)],
    "502": lambda _, __: [status(502)],
    "504": lambda _, __: [status(504)],
    "a reset before the head": lambda _, __: [raw(b"", is_reset=True)],
    "a reset in the body": lambda data, _: [
        raw(head(f"Content-Length: {len(data)}") + data[: len(data) // 2], is_reset=True)
    ],
    "an empty reply": lambda _, __: [raw(b"")],
    "a body cut off": lambda data, _: [cut_after(len(data) // 2, data)],
    "a body cut off until the tries are over": lambda data, _: [cut_after(9, data)] * 3,
    "a length that is too long": lambda data, _: [
        raw(head(f"Content-Length: {len(data) + 7}") + data)
    ],
    "chunks cut off": lambda data, _: [
        raw(head("Transfer-Encoding: chunked") + b"%x\r\n" % len(data) + data + b"\r\n")
    ],
    "a drip of the head": lambda _, __: [drip("head", 0.02)],
    "a drip of the body": lambda _, __: [drip("body", 0.02)],
    "a drip of chunks": lambda _, __: [chunks_for_ever],
    "silence before the answer": lambda _, __: [raw(b"", hold=0.6)],
    "silence in the body": lambda data, _: [
        raw(head(f"Content-Length: {len(data)}") + data[:9], hold=0.6)
    ],
    "garbled gzip": lambda data, _: [body(data, Content_Encoding="gzip")],
    "gzip cut at its origin": lambda data, _: [
        body(gzip.compress(data)[:-9], Content_Encoding="gzip")
    ],
}
PICTURES: dict[str, Kind] = {
    "no length and cut off": lambda data, _: [
        raw(head("Content-Type: image/png") + data[: len(data) // 2])
    ],
    "a length that is too short": lambda data, _: [
        raw(head(f"Content-Length: {len(data) - 30}", "Content-Type: image/png") + data)
    ],
    "a page in place of a picture": lambda _, __: [body(b"<html>Sign in</html>")],
    "a page with the picture's type": lambda _, __: [
        body(b"<!DOCTYPE html><html>404</html>", Content_Type="image/png")
    ],
    "a compression bomb": lambda _, __: [
        body(gzip.compress(bytes(5_000_000)), Content_Encoding="gzip")
    ],
}
CASES: dict[str, Kind] = {
    "a gate": lambda _, __: [body(GATE, Content_Type="text/html")],
    "403 once": lambda _, __: [status(403)],
    "403 twice": lambda _, __: [status(403)] * 2,
    "a circle of redirects": lambda _, url: [to("/" + url.split("/", 3)[3])] * 6,
    "a redirect to another host": lambda _, __: [to("https://evil.example/")],
    "a redirect to a private address": lambda _, __: [to("http://169.254.169.254/")],
}
ROBOTS: dict[str, Kind] = {
    "robots.txt: 503": lambda _, __: [status(503, Retry_After="0")],
    "robots.txt: 500 until the tries are over": lambda _, __: [status(500)] * 3,
    "robots.txt: a reset": lambda _, __: [raw(b"", is_reset=True)],
    "robots.txt: a drip": lambda _, __: [drip("body", 0.02)] * 2,
    "robots.txt: a redirect to another host": lambda _, __: [to("https://evil.example/")],
}
KINDS = {**ANYWHERE, **PICTURES, **CASES, **ROBOTS}


class Fetched:
    """One site, fetched into folders of its own."""

    def __init__(self, key: str, home: Path) -> None:
        self.key, self.home = key, home
        replica, shots, self.origin = SITES[key]
        (home / "drawn").mkdir(parents=True)
        replica.file_shots(home / "drawn", shots(), 1)
        (home / "permission.yaml").write_text(GRANT.format(key=key))
        with serve(home / "drawn") as site:
            clean = fetch(key, self.source(site, home / "clean"), NICE, home / "clean", home / "l")
        self.lost = clean.lost
        self.entries = list(Store(home / "clean"))

    def source(self, site: Site, folder: Path) -> Scraper:
        usual = {"files": folder, "max_cases": 500, "permission": self.home / "permission.yaml"}
        if self.key == "sirm":
            return Sirm.model_validate({**usual, "mirrors": site.mirrors(*Sirm.about.hosts)})
        return Radiopaedia.model_validate(
            {**usual, "mirrors": site.mirrors(*Radiopaedia.about.hosts),
             "queries": tuple(radiopaedia.QUERIES)}
        )  # fmt: skip

    def fetch(self, site: Site, name: str) -> list[int]:
        """Fetch until all is there; the exit codes of the fetches before the last."""
        codes, folder = [], self.home / name
        for _ in range(40):
            try:
                report = fetch(
                    self.key, self.source(site, folder), NICE, folder, self.home / "lock"
                )
            except Stopped as fault:
                codes.append(fault.exit_code)
                continue
            if report.lost == self.lost and not report.turned_away:
                return codes
            codes.append(1)
        raise AssertionError(f"not done after {codes}")

    def payloads(self, name: str) -> dict[str, tuple[int, str, bytes]]:
        store = Store(self.home / name)
        return {e.url: (e.status, e.final_url, store.page(e.url).data) for e in store}

    def films(self, name: str) -> list[dict[str, object]]:
        folder = self.home / name
        return read(self.source(Site(), folder).model_copy(update={"mirrors": {}}), folder)

    def victims(self, kind: str, count: int) -> list[Entry]:
        """Addresses that a fault of this kind may befall, chosen by hash."""
        rules = [e for e in self.entries if e.url.endswith("/robots.txt")]
        pictures = [e for e in self.entries if e.content_type.startswith("image")]
        cases = [e for e in self.entries if e.url in self._cases()]
        among = [e for e in self.entries if e.url == e.final_url]
        if kind in ROBOTS:
            among = rules
        elif kind in PICTURES or kind in CASES:
            among = [e for e in among if e in pictures or (kind in CASES and e in cases)]
        return sorted(among, key=lambda e: hashlib.sha256((kind + e.url).encode()).digest())[:count]

    def _cases(self) -> set[str]:
        """Pages whose loss is one film's loss, and not the loss of a listing."""
        return {e.url for e in self.entries if "/cases/" in e.url or "/2020/" in e.url}


@pytest.fixture(scope="module")
def fetched(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Fetched:
    return Fetched(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture
def site(fetched: Fetched) -> Iterator[Site]:
    with serve(fetched.home / "drawn") as running:
        yield running


def inject(site: Site, fetched: Fetched, kind: str, count: int) -> None:
    for entry in fetched.victims(kind, count):
        data = Store(fetched.home / "clean").page(entry.url).data
        site.faults[entry.url] += KINDS[kind](data, entry.url)


def check_equal(fetched: Fetched, name: str) -> None:
    """Every answer of the clean fetch, byte for byte, and the same films read from it."""
    came, clean = fetched.payloads(name), fetched.payloads("clean")
    assert {url: came.get(url) for url in clean} == clean
    # Where a picture is turned away the other places are asked that its page names.
    assert {code for url, (code, _, _) in came.items() if url not in clean} <= {404}
    assert fetched.films(name) == fetched.films("clean")
    assert not list((fetched.home / name).rglob("*.part"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fetched", ["sirm"], indirect=True)
def test_a_fault_changes_nothing_in_the_end(kind: str, fetched: Fetched, site: Site) -> None:
    # Each of these costs a second.
    count = 1 if "Retry-After" in kind else 2
    inject(site, fetched, kind, count)
    codes = fetched.fetch(site, kind)
    assert not any(site.faults.values())
    assert set(codes) <= {1, TRY_AGAIN, SHUT}
    check_equal(fetched, kind)


@pytest.mark.parametrize("fetched", SITES, indirect=True)
def test_all_faults_together_change_nothing_in_the_end(fetched: Fetched, site: Site) -> None:
    for kind in KINDS:
        inject(site, fetched, kind, 1)
    fetched.fetch(site, "all")
    assert not any(site.faults.values())
    check_equal(fetched, "all")
