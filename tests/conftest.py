"""Fixtures that more than one room needs."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

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


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Debian's chromium, as a person meets it; skipped where it is not installed."""
    # Most test files show nothing, and need not wait for it.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    if not CHROMIUM.exists():
        pytest.skip("Debian's chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield started
        started.close()
