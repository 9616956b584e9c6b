"""Fixtures that more than one room needs."""

import socket
from typing import NoReturn

import pytest
from hypothesis import settings

# What is compiled on its first call, on a busy machine, is late and no fault.
settings.register_profile("compiled", deadline=None)
settings.load_profile("compiled")


@pytest.fixture
def closed_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection can be made: what passes under it is offline."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a socket was opened where nothing may go online")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
