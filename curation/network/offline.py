"""A closed socket: what runs under it proves that it never goes online."""

import contextlib
import socket
from collections.abc import Iterator
from typing import NoReturn


class WentOnline(Exception):  # noqa: N818 - names what happened
    """Something that reads a folder asked for an address."""


@contextlib.contextmanager
def offline() -> Iterator[None]:
    """For the length of a `with`, every attempt to open a connection raises `WentOnline`.

    Holds for this process; not safe where another thread is meant to be online.
    """

    def closed(*_: object, **__: object) -> NoReturn:
        raise WentOnline("a source reads a folder and never goes online")

    kept = socket.socket, socket.getaddrinfo
    socket.socket, socket.getaddrinfo = closed, closed  # type: ignore[assignment,misc]
    try:
        yield
    finally:
        socket.socket, socket.getaddrinfo = kept  # type: ignore[misc]
