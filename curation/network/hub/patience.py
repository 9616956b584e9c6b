"""How often and how long the Hub is asked again: one policy in place of the library's several."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import httpx2  # what huggingface_hub itself speaks
from huggingface_hub import set_client_factory
from huggingface_hub.utils._http import (
    default_client_factory,
    hf_request_event_hook,
    parse_ratelimit_headers,
)

from curation.network.errors import Unavailable
from curation.network.hub.errors import FAULTS, Unanswered, sentence

LIMITED = 429
TRANSIENT = frozenset({408, LIMITED, 500, 502, 503, 504})
SECONDS = 300
"""Of silence in the middle of a request, after which it is given up; a store of large files thinks
for a while before it answers."""
LOUD = ("httpx2", "huggingface_hub")
Given = TypeVar("Given")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long one thing is tried."""

    tries: int = 4
    pause: float = 1.0
    """Seconds before the second try; twice as long before each further one."""
    longest: float = 120.0
    """Seconds that the Hub may ask to be left alone, and is waited for."""


class Client(httpx2.Client):
    """The library's client, that gives up at once what may be asked again, and says so."""

    def send(self, request: httpx2.Request, **more: Any) -> httpx2.Response:  # noqa: ANN401 - the library's
        try:
            response = super().send(request, **more)
        except httpx2.TransportError as fault:
            raise Unanswered(f"the connection broke off ({type(fault).__name__})") from None
        if response.status_code not in TRANSIENT:
            return response
        response.close()
        raise Unanswered(f"the Hub answered {response.status_code}", _seconds(response))


@cache
def go_about_it_ourselves() -> None:
    """Have the library ask with `Client`, so that it neither hangs nor asks again by itself."""
    # Their lines hold addresses that open a door for whoever reads them.
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.ERROR)
    set_client_factory(
        lambda: Client(
            event_hooks={"request": [hf_request_event_hook]}, follow_redirects=True, timeout=SECONDS
        )
    )


def leave_it_to_the_library() -> None:
    """Undo `go_about_it_ourselves`."""
    set_client_factory(default_client_factory)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    go_about_it_ourselves.cache_clear()


def asked(what: Callable[[], Given], repository: str, patience: Patience) -> Given:
    """What the Hub gives, asked again while that may help.

    Raises a `Stopped` with its sentence; `Unavailable` once patience has come to its end.
    """
    for number in range(1, patience.tries + 1):
        try:
            return what()
        except FAULTS as fault:
            again = sentence(fault, repository)
        if not isinstance(again, Unanswered):
            raise again from None
        if number == patience.tries or (again.after or 0) > patience.longest:
            raise unavailable(repository, again) from None
        rest(again, number, patience)
    raise AssertionError("patience allows at least one try")


def rest(fault: Unanswered, number: int, patience: Patience) -> None:
    """Wait as long as the Hub asks for, else twice as long as before try `number`."""
    time.sleep(fault.after if fault.after is not None else patience.pause * 2 ** (number - 1))


def unavailable(repository: str, fault: Unanswered) -> Unavailable:
    """The sentence at the end of patience."""
    wait = f" in {fault.after:.0f} seconds" if fault.after else ""
    return Unavailable(
        f"{repository}: {fault}; repeat the command{wait}: what was sent or fetched is kept"
    )


def _seconds(response: httpx2.Response) -> float | None:
    limits = parse_ratelimit_headers(response.headers)
    if response.status_code == LIMITED and limits and not limits.remaining:
        return float(limits.reset_in_seconds)
    told = response.headers.get("Retry-After", "").strip()
    return float(told) if told.isdigit() else None
