"""Fixtures that more than one room needs."""

import socket
from collections.abc import Iterator
from typing import Any, NoReturn

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


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a Dask cluster of two real processes."""
    # Half a second that most test files need not wait for.
    from distributed import LocalCluster  # noqa: PLC0415

    start: Any = LocalCluster
    with start(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as made:
        yield str(made.scheduler_address)
