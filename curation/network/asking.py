"""One request after another: allowed, at the host's pace, redirected, repeated by one policy."""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

import requests

from curation.network.addresses import Addresses
from curation.network.entry import Evidence, Redirect
from curation.network.errors import Disallowed, Failed, Refused
from curation.network.guard import Deadline, Wire
from curation.network.headers import kept
from curation.network.manners import Manners, Params
from curation.network.reserved import AGENT
from curation.network.robots import Robots
from curation.network.signed import unsigned
from curation.sources.base import Source

log = logging.getLogger(__name__)
Taken = TypeVar("Taken")
Rules = Callable[[str], Robots]
Moment = Callable[[], str]
"""Gives the time of now, UTC, to the second; the empty word where nobody asks for it."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 5


class Answer(NamedTuple):
    """An unread answer: where it came from, as that is recorded, and the time it has left."""

    url: str
    response: requests.Response
    deadline: Deadline
    received: str
    redirects: list[Redirect]

    def evidence(self, reserved: str = "") -> Evidence:
        return Evidence(received=self.received, headers=kept(self.response),
                        redirects=self.redirects, reserved=reserved)  # fmt: skip


class Asker:
    """Asks the hosts of one source; `rules` gives the robots.txt that holds for an address."""

    def __init__(
        self, source: Source, params: Params, clocks: Path, rules: Rules, now: Moment
    ) -> None:
        self.manners = Manners(params, clocks)
        self.requests = 0
        self._addresses = Addresses(source)
        agent = f"{AGENT}/0.1 (research data set; contact: {params.contact})"
        self._wire = Wire(agent, params.deadline_seconds, self._addresses.trusted())
        self._rules, self._now = rules, now

    def persist(
        self,
        url: str,
        take: Callable[[Answer], Taken],
        headers: Callable[[], dict[str, str]],
        size: Callable[[], int] = lambda: 0,
    ) -> Taken:
        """What `take` makes of the answer for `url`, asked as often as our manners allow.

        Progress, seen by a growing `size`, earns another row of tries. Raises `Refused`,
        `Unavailable`, and `Failed` when the host answers, and never to the end.
        """
        attempt = 0
        while True:
            before = size()
            try:
                with self.answer(url, headers()) as answer:
                    came: requests.Response | Failed = answer.response
                    if not self.manners.is_again(answer.response.status_code, attempt):
                        return take(answer)
            except Failed as fault:
                log.info("%s: %s", url, fault)
                came = fault
                attempt = -1 if size() > before else attempt
            self.manners.later(url, max(attempt, 0), came)
            attempt += 1

    @contextlib.contextmanager
    def answer(self, url: str, headers: dict[str, str]) -> Iterator[Answer]:
        """The unread answer for `url` after all redirects.

        Raises `Refused` for an address that may not be asked, `Failed` when nothing comes.
        """
        at, hops = self._addresses.canonical(url), list[Redirect]()
        while len(hops) <= MAX_REDIRECTS:
            # What was asked for is asked for again; where the host led is its own affair.
            shown = unsigned(at) if hops else at
            rules = self._rules(at)
            if not rules.allows(at):
                raise Disallowed(f"{urlsplit(at).hostname}: {rules.why}; {shown} is not asked")
            self.manners.wait(at, rules.pause())
            self.requests += 1
            start = time.monotonic()
            with self._wire.open(self._addresses.actual(at), headers) as (response, deadline):
                self.manners.answered(at, time.monotonic() - start, response.status_code)
                location = response.headers.get("Location", "")
                if response.status_code not in REDIRECTS or not location:
                    yield Answer(shown, response, deadline, self._now(), hops)
                    return
                there = self._addresses.target(at, location)
                hops.append(_hop(shown, response, unsigned(there)))
            at = there
        raise Refused(f"{url}: more than {MAX_REDIRECTS} redirects; not followed")


def _hop(url: str, response: requests.Response, there: str) -> Redirect:
    # A mirror's own address is nobody else's business.
    headers = [[n, there if n.lower() == "location" else v] for n, v in kept(response)]
    return Redirect(url=url, status=response.status_code, headers=headers)
