"""The live web, politely: one request after another, recorded, and never asked for twice."""

import contextlib
import logging
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import requests

from curation.network import robots
from curation.network.addresses import Addresses
from curation.network.body import whole
from curation.network.errors import Cut, Failed, Refused, TooSlow, Unavailable
from curation.network.guard import Deadline, Wire
from curation.network.manners import Manners, Params
from curation.network.recorded import admitted, is_blocked, is_settled
from curation.network.store import Store
from curation.sources.base import Page, Source, ask
from manifests.contract.record import Rejected
from manifests.contract.vocabulary import Reason

log = logging.getLogger(__name__)
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 5
FORBIDDEN, SERVER_ERROR = 403, 500
AGAIN = frozenset({429, 502, 503, 504})
"""Answers that ask us to come back later."""


class Answer(NamedTuple):
    """An unread answer: the canonical address it came from, and the time it has left."""

    url: str
    response: requests.Response
    deadline: Deadline


class PoliteWeb:
    """A scraper's `Web` that asks the site for what `store` does not hold yet.

    Raises `Rejected` for an answer that cannot be taken, `Unavailable` when the site is down or
    turns us away. `today` is written beside every response.
    """

    def __init__(self, source: Source, params: Params, store: Store, today: str) -> None:
        self.manners = Manners(params, store.folder.parent / ".hosts")
        self.requests = 0
        self.failed: list[str] = []
        """Addresses that brought nothing whole; the next fetch asks them again."""
        self._max_bytes = int(params.max_page_mb * 1e6)
        self._addresses = Addresses(source)
        agent = f"{robots.AGENT}/0.1 (research data set; contact: {params.contact})"
        self._wire = Wire(agent, params.deadline_seconds, self._addresses.trusted())
        self._store, self._today = store, today
        self._robots: dict[str, robots.Robots] = {}
        self._refused: dict[str, Rejected] = {}

    def page(self, url: str) -> Page:
        """The response for `url`, from the store or from the site."""
        known = self._known(url)
        if known is not None:
            return admitted(known)
        if url in self._refused:
            raise self._refused[url]
        try:
            page = self._asked(url)
            self._store.put(page)
            self.manners.count(url, is_bad=is_blocked(page))
            return admitted(page)
        except Rejected as verdict:
            self._refused[url] = verdict
            raise

    @contextlib.contextmanager
    def answer(self, url: str, headers: dict[str, str]) -> Iterator[Answer]:
        """The unread answer for `url` after all redirects.

        Raises `Refused` for an address that may not be asked, `Failed` when nothing comes.
        """
        at = self._addresses.canonical(url)
        for _ in range(MAX_REDIRECTS + 1):
            rules = self._rules(at)
            if not rules.allows(at):
                raise Refused(f"{urlsplit(at).hostname}: {rules.why}; {at} is not asked")
            self.manners.wait(at, rules.pause())
            self.requests += 1
            with self._wire.open(self._addresses.actual(at), headers) as (response, deadline):
                location = response.headers.get("Location", "")
                if response.status_code not in REDIRECTS or not location:
                    yield Answer(at, response, deadline)
                    return
            at = self._addresses.target(at, location)
        raise Refused(f"{url}: more than {MAX_REDIRECTS} redirects; not followed")

    def _known(self, url: str) -> Page | None:
        """The recorded response, unless it is damaged or was only the site's trouble of a day."""
        if not self._store.holds(url):
            return None
        known = ask(self._store, url, url)
        return known if isinstance(known, Page) and is_settled(known) else None

    def _asked(self, url: str) -> Page:
        """The answer of the site, asked as often as our manners allow."""
        attempt = 0
        while True:
            response = None
            try:
                with self.answer(url, {"Accept-Encoding": "gzip"}) as (at, response, deadline):
                    status = response.status_code
                    if why := robots.reserved(response.headers):
                        raise Refused(f"{why}; not taken")  # noqa: TRY301 - one answer for all
                    # A gate may close once; a second refusal is meant.
                    if status not in AGAIN and (status != FORBIDDEN or attempt):
                        return self._read(url, at, response, deadline)
            except Failed as fault:
                log.info("%s: %s", url, fault)
                response = None
                if isinstance(fault, TooSlow) or (
                    isinstance(fault, Cut) and self._is_last(attempt)
                ):
                    self._give_up(url, fault)
            except Refused as fault:
                raise Rejected(Reason.BLOCKED, f"{url}: {fault}") from fault
            self.manners.later(url, attempt, response)
            attempt += 1

    def _read(self, url: str, at: str, response: requests.Response, deadline: Deadline) -> Page:
        data = whole(response, deadline, self._max_bytes)
        return Page(
            url=url, final_url=at, status=response.status_code, data=data, retrieved=self._today,
            content_type=response.headers.get("Content-Type", ""),
        )  # fmt: skip

    def _is_last(self, attempt: int) -> bool:
        return attempt >= self.manners.params.retries

    def _give_up(self, url: str, fault: Failed) -> None:
        """Leave one address to the next fetch; several in a row are the site's fault."""
        self.failed.append(url)
        self.manners.count(url, is_bad=True)
        raise Rejected(Reason.MISSING_IMAGE, f"{url}: {fault}; fetch again") from fault

    def _rules(self, url: str) -> robots.Robots:
        host = urlsplit(url).hostname or ""
        if host not in self._robots:
            # Until the rules are known, the only thing asked is the rules.
            self._robots[host] = robots.FREE
            self._robots[host] = robots.read(self._robots_page(f"https://{host}/robots.txt"))
        return self._robots[host]

    def _robots_page(self, url: str) -> Page:
        """The rules of today, from the store or the host. Raises `Unavailable` without any."""
        known, why = self._known(url), ""
        if known is not None and known.retrieved == self._today:
            return known
        for _ in range(self.manners.params.retries + 1):
            try:
                with self.answer(url, {"Accept-Encoding": "gzip"}) as (at, response, deadline):
                    page = self._read(url, at, response, deadline)
            except (Failed, Refused) as fault:
                why = str(fault)
                continue
            if page.status < SERVER_ERROR and page.status not in AGAIN:
                self._store.put(page)
                return page
            why = f"status {page.status}"
        raise Unavailable(
            f"{url} cannot be had ({why}), so nothing may be asked there; what came is kept, "
            "try again later"
        )
