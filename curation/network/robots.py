"""What a host's robots.txt allows (RFC 9309), and how fast."""

from dataclasses import dataclass

from protego import Protego

from curation.network.recorded import is_blocked
from curation.network.reserved import AGENT
from curation.sources.base import Page

MAX_BYTES = 500_000
"""RFC 9309 asks for at least 500 KiB; rules behind that are not read."""
ABSENT = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules of one host; without rules, all or nothing is allowed."""

    rules: Protego | None
    why: str
    """For the sentence that refuses."""
    is_free: bool = False
    """Without rules: everything is allowed, instead of nothing."""

    def allows(self, url: str) -> bool:
        return self.is_free if self.rules is None else bool(self.rules.can_fetch(url, AGENT))

    def pause(self) -> float:
        """Seconds between two requests that the host wishes; 0 where it wishes nothing."""
        if self.rules is None:
            return 0.0
        delay = self.rules.crawl_delay(AGENT) or 0.0
        rate = self.rules.request_rate(AGENT)
        return max(float(delay), rate.seconds / rate.requests if rate else 0.0)


FREE = Robots(None, "it has no robots.txt", is_free=True)


def read(page: Page) -> Robots:
    """The rules in the answer for robots.txt; a refusal allows nothing."""
    if page.status in ABSENT:
        return FREE
    if page.status != 200 or is_blocked(page):  # noqa: PLR2004 - HTTP's "here it is"
        return Robots(None, f"its robots.txt answers with status {page.status}")
    # A byte order mark would make the first line none, and so free all that is below it.
    text = page.data[:MAX_BYTES].decode("utf-8-sig", errors="replace")
    return Robots(Protego.parse(text), "its robots.txt disallows it")
