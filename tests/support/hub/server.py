"""The Hub as a server: `with HubServer() as hub:` and `HF_ENDPOINT=hub.url`."""

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit

from hub.exchange import Answer, Request, World, told
from hub.faults import Manner, Plan, Rule
from hub.repositories import MAIN, Entry, Repository
from hub.routes import answered

WAIT = 60
"""Seconds after which a held request is let go, so that a failed test ends."""


class Asked(NamedTuple):
    """One request as it came in."""

    method: str
    path: str
    bytes: int
    """Of the body, as far as it was read."""


class HubServer:
    """A Hub on a port of its own; what it remembers lives as long as it runs."""

    def __init__(self, *rules: Rule) -> None:
        self.world, self.plan = World(), Plan(list(rules))
        self.log: list[Asked] = []
        self.lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.plan.let_go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def repository(self, name: str, kind: str = "dataset") -> Repository:
        return self.world.repositories[kind, name]

    def tree(self, name: str, revision: str = "main", kind: str = "dataset") -> dict[str, Entry]:
        """The files of a revision, without the one that the Hub itself put there."""
        commit = self.repository(name, kind).resolve(revision)
        files = commit.tree.items() if commit else ()
        return {path: entry for path, entry in files if path != ".gitattributes"}

    def commits(self, name: str, kind: str = "dataset") -> list[str]:
        """Titles of the commits on main, the oldest first."""
        return [c.title for c in self.repository(name, kind).history(MAIN)][::-1]

    def sent(self) -> int:
        """Bytes of LFS objects that came since the log was last cleared."""
        return sum(asked.bytes for asked in self.log if asked.method == "PUT"
                   and asked.path.startswith("/objects/"))  # fmt: skip

    def rules(self, *rules: Rule) -> None:
        """Put these in place of the rules there were, and forget what was held."""
        self.plan = Plan(list(rules))


def _handler(hub: HubServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Else the body waits until the client has acknowledged the headers.
        disable_nagle_algorithm = True

        def _any(self) -> None:
            # A killed client hangs up in the middle.
            with suppress(ConnectionError):
                _answer(hub, self)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _any  # noqa: N815 - names of the library

        def log_message(self, *_: object) -> None:
            """Say nothing: the Hub keeps its own list."""

    return Handler


def _answer(hub: HubServer, handler: BaseHTTPRequestHandler) -> None:
    parts = urlsplit(handler.path)
    plan = hub.plan
    with hub.lock:
        fault = plan.fault(handler.command, parts.path)
    length = int(handler.headers.get("Content-Length", 0))
    is_half = fault is not None and fault.manner in {Manner.CUT_REQUEST, Manner.HANG}
    body = handler.rfile.read(length // 2 if is_half else length)
    with hub.lock:
        hub.log.append(Asked(handler.command, handler.path, len(body)))
    if fault and fault.manner in {Manner.HANG, Manner.HOLD}:
        plan.held.set()
        plan.let_go.wait(WAIT)
    if is_half:
        _hang_up(handler)
    elif fault and fault.manner is Manner.STATUS:
        _send(handler, told({"error": "not now"}, fault.status, fault.headers))
    else:
        made = _made(hub, handler, body)
        _send(handler, made, cut=fault is not None and fault.manner is Manner.CUT_ANSWER)


def _made(hub: HubServer, handler: BaseHTTPRequestHandler, body: bytes) -> Answer:
    parts = urlsplit(handler.path)
    request = Request(
        method=handler.command, path=parts.path, query=dict(parse_qsl(parts.query)),
        headers={name.lower(): value for name, value in handler.headers.items()}, body=body, base=f"http://{handler.headers['Host']}",
    )  # fmt: skip
    with hub.lock:
        return answered(hub.world, request)


def _send(handler: BaseHTTPRequestHandler, answer: Answer, *, cut: bool = False) -> None:
    handler.send_response(answer.status)
    for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    if cut:
        handler.wfile.write(answer.body[: len(answer.body) // 2])
        _hang_up(handler)
    elif handler.command != "HEAD":
        handler.wfile.write(answer.body)


def _hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.flush()
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)
