"""A site on loopback: serves recorded responses over real HTTP, and misbehaves where told."""

import hashlib
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from curation.network.store import Store

Fault = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """Answers `http://127.0.0.1:PORT/<host>/<path>` with what is recorded for that address.

    `faults[url]` are used up one request after another, before the recorded response is given.
    """

    def __init__(self, *folders: Path) -> None:
        self.stores = [Store(folder) for folder in folders]
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.asked: list[str] = []
        self.sent: list[str] = []
        """Addresses whose recorded answer was handed over whole; a fault is none."""
        self.at: Callable[[str, str], None] = lambda _moment, _url: None
        """Called with "asked", "half" and "sent" for every address; may kill who asks."""
        self.headers: list[dict[str, str]] = []
        self.files: dict[str, bytes] = {}
        """Archives, served with ETag and Range."""
        self.base = ""

    def mirrors(self, *hosts: str) -> dict[str, str]:
        return {f"https://{host}": f"{self.base}/{host}" for host in hosts}

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        url = "https:/" + handler.path
        self.asked.append(url)
        self.headers.append(dict(handler.headers))
        self.at("asked", url)
        if self.faults[url]:
            self.faults[url].pop(0)(handler)
        elif url in self.files:
            send_range(handler, self.files[url], self._between(url))
            self._note(url)
        else:
            self._recorded(handler, url)

    def _recorded(self, handler: BaseHTTPRequestHandler, url: str) -> None:
        store = next((store for store in self.stores if url in store), None)
        if store is None:
            send(handler, 404, b"<html>nothing here</html>", {"Content-Type": "text/html"})
            self._note(url)
            return
        page = store.page(url)
        if page.final_url != url:
            parts = urlsplit(page.final_url)
            send(handler, 302, b"", {"Location": f"{parts.path}"})
            self._remember(page.final_url, page.data)
            return
        headers = {"Content-Type": page.content_type, "Set-Cookie": "session=private"}
        send(handler, page.status, page.data, headers, self._between(url))
        self._note(url)

    def _between(self, url: str) -> Callable[[], None]:
        return lambda: self.at("half", url)

    def _note(self, url: str) -> None:
        self.sent.append(url)
        self.at("sent", url)

    def _remember(self, url: str, data: bytes) -> None:
        self.faults[url].append(
            lambda handler: send(handler, 200, data, {"Content-Type": "text/html"})
        )


def send(
    handler: BaseHTTPRequestHandler,
    status: int,
    data: bytes,
    headers: dict[str, str],
    between: Callable[[], None] = lambda: None,
) -> None:
    """One answer; `between` is called in the middle of its body."""
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(data)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    half = len(data) // 2
    handler.wfile.write(data[:half])
    between()
    handler.wfile.write(data[half:])


def send_range(
    handler: BaseHTTPRequestHandler, data: bytes, between: Callable[[], None] = lambda: None
) -> None:
    version = f'"{hashlib.sha256(data).hexdigest()[:12]}"'
    start = 0
    if handler.headers.get("Range") and handler.headers.get("If-Range") == version:
        start = int(handler.headers["Range"].removeprefix("bytes=").rstrip("-"))
    headers = {"ETag": version, "Content-Type": "application/gzip"}
    if start:
        headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
    send(handler, 206 if start else 200, data[start:], headers, between)


def cut_after(count: int, data: bytes, **more: str) -> Fault:
    """Promise `data`, send `count` bytes of it, and hang up."""

    def fault(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        headers = {"Content-Length": str(len(data))}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data[:count])
        handler.wfile.flush()
        handler.close_connection = True

    return fault


def status(code: int, **headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: send(handler, code, b"later", named)


def body(data: bytes, **headers: str) -> Fault:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: send(handler, 200, data, named)


def drip(part: str, every: float = 0.05) -> Fault:
    """Send head or body one byte at a time, for ever, each well within a socket's timeout."""

    def fault(handler: BaseHTTPRequestHandler) -> None:
        start = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n"
        handler.wfile.write(start + (b"\r\n" if part == "body" else b"X-Slow: "))
        pause = threading.Event()
        try:
            for _ in range(600):
                handler.wfile.write(b"x")
                handler.wfile.flush()
                pause.wait(every)
        except OSError:
            handler.close_connection = True

    return fault


@contextmanager
def serve(*folders: Path) -> Iterator[Site]:
    """A running site over the recorded responses in `folders`."""
    site = Site(*folders)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            # A killed client hangs up in the middle.
            with suppress(ConnectionError):
                site.answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing: the site keeps its own list."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
