"""Sockets that end at a deadline and reach no private address.

`requests` has a timeout between two bytes, none for a whole answer, and connects to wherever a
name or a redirect points. Both are decided here, where the socket is made: the address that was
checked is the one that is connected to, so a name that resolves anew changes nothing.
"""

import contextlib
import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from curation.network.errors import Failed, Refused, TooSlow


class Deadline:
    """Shuts the sockets it watches when `seconds` are over; `renew` starts them anew."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_over = False
        self._end = time.monotonic() + seconds
        self._watched: list[socket.socket] = []
        self._lock = threading.Lock()
        self._done = threading.Event()
        threading.Thread(target=self._wait, daemon=True).start()

    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - time.monotonic())

    def renew(self) -> None:
        self._end = time.monotonic() + self.seconds

    def watch(self, connected: socket.socket) -> None:
        """Watch a second handle on the connection: TLS takes the first one over."""
        with self._lock:
            self._watched.append(connected.dup())

    def cancel(self) -> None:
        """Stop watching; the connection itself stays as it is."""
        self._done.set()
        with self._lock:
            for handle in self._watched:
                handle.close()
            self._watched.clear()

    def _wait(self) -> None:
        while not self._done.wait(self.left()):
            if self.left() > 0:
                continue
            self.is_over = True
            with self._lock:
                for handle in self._watched:
                    with contextlib.suppress(OSError):
                        handle.shutdown(socket.SHUT_RDWR)
            # A socket may still be made after the end, by a name that resolved late.
            self._done.wait(0.05)


class Wire:
    """`requests`, one request at a time, every connection guarded and used once.

    `trusted` are (host, port) pairs that a person named as mirrors; they may be private.
    """

    def __init__(self, agent: str, seconds: float, trusted: frozenset[tuple[str, int]]) -> None:
        self.seconds = seconds
        self._trusted = trusted
        self._deadline = Deadline(0)
        self._deadline.cancel()
        self._headers = {"User-Agent": agent, "Connection": "close"}
        # No session: it would follow a redirect's address, swallow its body, keep cookies, and
        # take proxies and passwords from the environment. A mirror is named in params.yaml.
        self._adapter = _Adapter(self)

    @contextlib.contextmanager
    def open(
        self, url: str, headers: dict[str, str]
    ) -> Iterator[tuple[requests.Response, Deadline]]:
        """The answer of one address, unread, no redirect followed; closed at the end.

        Raises `Failed` when there is none in time, `Refused` when the address is private.
        """
        self._deadline = deadline = Deadline(self.seconds)
        try:
            request = requests.Request("GET", url, headers=self._headers | headers).prepare()
            response = self._adapter.send(request, stream=True, timeout=self.seconds)
            with response:
                yield response, deadline
        except requests.RequestException as fault:
            if deadline.is_over:
                raise TooSlow(f"not whole after {deadline.seconds:g} seconds") from fault
            raise Failed(_why(fault)) from fault
        finally:
            deadline.cancel()

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection to the address that `host` has now, if it may be reached."""
        addresses = self._resolved(host, port)
        if (host, port) not in self._trusted:
            for address in addresses:
                _check_public(host, address[4][0])
        fault: OSError = OSError(f"{host} has no address")
        for family, kind, protocol, _, place in addresses:
            made = socket.socket(family, kind, protocol)
            made.settimeout(max(0.01, self._deadline.left()))
            try:
                made.connect(place)
            except OSError as failure:
                made.close()
                fault = failure
                continue
            self._deadline.watch(made)
            return made
        raise fault

    def _resolved(self, host: str, port: int) -> list[Any]:
        """`getaddrinfo` knows no deadline, so it is left behind in a thread when it hangs."""
        found: list[Any] = []

        def resolve() -> None:
            with contextlib.suppress(OSError, UnicodeError):
                found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))

        thread = threading.Thread(target=resolve, daemon=True)
        thread.start()
        thread.join(self._deadline.left())
        if not found:
            raise OSError(f"the name {host} cannot be resolved")
        return list(found)


class _Adapter(HTTPAdapter):
    """`requests`' adapter with connections made by `Wire.connect`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - passed on
        super().init_poolmanager(*args, **kwargs)
        wire = self._wire

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return wire.connect(self.host, self.port)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return wire.connect(self.host, self.port)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


def _check_public(host: str, text: str) -> None:
    """Raise `Refused` for any address that is not on the public internet, in all spellings."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        tunnelled = address.sixtofour or (address.teredo and address.teredo[1])
        address = address.ipv4_mapped or tunnelled or address
        if address in ipaddress.ip_network("64:ff9b::/96"):
            address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if not address.is_global or address.is_multicast:
        raise Refused(f"{host} leads to {text}, which is no public address; not asked")


def _why(fault: Exception) -> str:
    inner = getattr(fault.args[0], "reason", fault.args[0]) if fault.args else fault
    return " ".join(str(inner).split())[:200]
