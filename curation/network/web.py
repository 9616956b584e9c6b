"""The live web, politely: what a scraper reads, recorded, and never asked for twice."""

from functools import partial
from urllib.parse import urlsplit

from curation.network import reserved, robots
from curation.network.asking import Answer, Asker, Moment
from curation.network.body import lacks_its_end, whole
from curation.network.entry import Evidence
from curation.network.errors import Cut, Disallowed, Failed, Refused, Unavailable
from curation.network.manners import SERVER_ERROR, Params
from curation.network.recorded import admitted, is_blocked, is_settled
from curation.network.store import Store
from curation.sources.base import Page, Source, ask
from curation.sources.base_site import is_html
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason


class PoliteWeb:
    """A scraper's `Web` that asks the site for what `store` does not hold yet.

    Raises `Rejected` for an answer that cannot be taken, `Unavailable` when the site is down or
    turns us away. `today`, an ISO date, and `now` are written beside every response.
    """

    def __init__(
        self, source: Source, params: Params, store: Store, today: str, now: Moment = str
    ) -> None:
        self.asker = Asker(source, params, store.folder.parent / ".hosts", self._rules, now)
        self.failed: list[str] = []
        """Addresses that brought nothing whole; the next fetch asks them again."""
        self.turned_away: list[str] = []
        """Addresses that gave a gate or nothing usable, though robots.txt allows them."""
        self._max_bytes = int(params.max_page_mb * 1e6)
        self._store, self._today = store, today
        self._robots: dict[str, robots.Robots] = {}
        self._refused: dict[str, Rejected] = {}
        self._doubted = set[str]()

    def page(self, url: str) -> Page:
        """The response for `url`, from the store or from the site."""
        if url in self._refused:
            raise self._refused[url]
        try:
            return admitted(self._known(url) or self._asked(url))
        except Rejected as verdict:
            self._refused[url] = verdict
            raise

    def _known(self, url: str) -> Page | None:
        """The recorded response, unless it is damaged or was only the site's trouble of a day."""
        entry = self._store.entry(url)
        if entry is None or not self._store.holds(url):
            return None
        if entry.reserved and entry.retrieved == self._today:
            return self._store.page(url)
        known = ask(self._store, url, url)
        return known if isinstance(known, Page) and is_settled(known) else None

    def _asked(self, url: str) -> Page:
        """The answer of the site, recorded. Raises `Rejected` where it cannot be taken."""
        try:
            self.asker.persist(url, partial(self._record, url), _headers)
        except Failed as fault:
            self._give_up(url, fault)
        except Refused as fault:
            self.turned_away += [] if isinstance(fault, Disallowed) else [url]
            raise Rejected(Reason.BLOCKED, f"{url}: {fault}") from fault
        page = self._store.page(url)
        self.turned_away += [url] if is_blocked(page) else []
        self.asker.manners.count(url, is_bad=is_blocked(page))
        return page

    def _record(self, url: str, answer: Answer) -> None:
        """Record the answer; of one that is reserved, only that it is."""
        page, why = None, reserved.by_header(answer.response)
        if not why:
            page = self._read(url, answer)
            # A length may lie once; a picture that comes cut off twice is so at its origin.
            if lacks_its_end(page.data) and url not in self._doubted:
                self._doubted.add(url)
                raise Cut("the picture has no end")
            why = reserved.by_page(page.data) if is_html(page) else ""
        if why or page is None:
            page = self._page(url, answer, b"")
        self._store.put(page, answer.evidence(why))

    def _read(self, url: str, answer: Answer) -> Page:
        return self._page(url, answer, whole(answer.response, answer.deadline, self._max_bytes))

    def _page(self, url: str, answer: Answer, data: bytes) -> Page:
        return Page(
            url=url, final_url=answer.url, status=answer.response.status_code, data=data,
            content_type=answer.response.headers.get("Content-Type", ""), retrieved=self._today,
        )  # fmt: skip

    def _give_up(self, url: str, fault: Failed) -> None:
        """Leave one address to the next fetch; several in a row are the site's fault."""
        self.failed.append(url)
        self.asker.manners.count(url, is_bad=True)
        raise Rejected(Reason.MISSING_IMAGE, f"{url}: {fault}; fetch again") from fault

    def _rules(self, url: str) -> robots.Robots:
        host = urlsplit(url).hostname or ""
        if host not in self._robots:
            # Until the rules are known, the only thing asked is the rules.
            self._robots[host] = robots.FREE
            try:
                self._robots[host] = robots.read(self._robots_page(f"https://{host}/robots.txt"))
            except BaseException:
                del self._robots[host]
                raise
        return self._robots[host]

    def _robots_page(self, url: str) -> Page:
        """The rules of today, from the store or the host. Raises `Unavailable` without any."""
        known = self._known(url)
        if known is not None and known.retrieved == self._today:
            return known

        def read(answer: Answer) -> tuple[Page, Evidence]:
            return self._read(url, answer), answer.evidence()

        try:
            page, evidence = self.asker.persist(url, read, _headers)
            if page.status >= SERVER_ERROR:
                raise Refused(f"status {page.status}")  # noqa: TRY301 - one sentence for all
        except (Failed, Refused, Unavailable) as fault:
            raise Unavailable(
                f"{url} cannot be had ({fault}), so nothing may be asked there; what came is kept, "
                "try again later"
            ) from fault
        self._store.put(page, evidence)
        return page


def _headers() -> dict[str, str]:
    return {"Accept-Encoding": "gzip"}
