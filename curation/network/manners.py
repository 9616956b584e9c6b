"""How we behave towards a site: how often, how long, how much; the section `fetch`."""

from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import requests
from pydantic import BaseModel, ConfigDict, Field

from curation.network.clock import HostClock
from curation.network.errors import Unavailable

SLOW_DOWN = frozenset({429, 503})
IN_A_ROW = 3
"""So many refusals or failures one after another are the site's, not the page's."""


class Params(BaseModel):
    """The section `fetch` of `params.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact: str | None = Field(pattern=r"^(\S+@\S+\.\S+|https?://\S+)$")
    """E-mail address or page of a person, for the User-Agent; without one nothing is asked."""
    seconds_between_requests: float = Field(ge=0.0, le=3600)
    """Per host; a larger Crawl-delay of the host's robots.txt counts instead."""
    deadline_seconds: float = Field(gt=0, le=3600)
    """For one whole page, or for 64 kB of an archive."""
    max_page_mb: float = Field(gt=0, le=1024)
    """Largest page or picture, decoded, 10^6 bytes."""
    max_file_gb: float = Field(gt=0, le=1000)
    """Largest archive, 10^9 bytes."""
    retries: int = Field(ge=0, le=20)
    """Tries after the first one, for 429, 502, 503, 504 and broken connections."""
    max_wait_seconds: float = Field(ge=0, le=86400)
    """Longest Retry-After that is waited for."""


class Manners:
    """The pace towards each host, and what a host's refusals do to it."""

    def __init__(self, params: Params, folder: Path) -> None:
        """`folder` holds the clocks that all processes share."""
        self.params = params
        self._clock = HostClock(folder, params.max_wait_seconds)
        self._slower: dict[str, float] = {}
        self._bad_in_a_row = 0

    def wait(self, url: str, crawl_delay: float) -> None:
        """Return when the host of `url` may be asked."""
        host = urlsplit(url).hostname or ""
        pause = max(self.params.seconds_between_requests, crawl_delay)
        longest = max(pause, self.params.max_wait_seconds)
        self._clock.wait(host, min(pause * self._slower.get(host, 1.0), longest))

    def later(self, url: str, attempt: int, response: requests.Response | None) -> None:
        """Keep everybody from the host before the next attempt; None: it did not answer.

        Raises `Unavailable` after the last attempt, or when the host asks for too long a wait.
        """
        host = urlsplit(url).hostname or ""
        status = response.status_code if response is not None else 0
        asked = _retry_after(response) if response is not None else None
        if asked is not None and asked > self.params.max_wait_seconds:
            raise Unavailable(
                f"{host} asks to be left alone for {asked:.0f} seconds, longer than "
                f"fetch.max_wait_seconds; what came is kept, try again later"
            )
        if attempt >= self.params.retries:
            found = f"answers with status {status}" if status else "does not answer"
            raise Unavailable(
                f"{host} {found} after {attempt + 1} tries ({url}); "
                "what came is kept, try again later"
            )
        if status in SLOW_DOWN:
            self._slower[host] = 2 * self._slower.get(host, 1.0)
        wait = max(self.params.seconds_between_requests, 0.001) * 2.0 ** (attempt + 1)
        self._clock.postpone(host, asked or min(wait, self.params.max_wait_seconds))

    def count(self, url: str, *, is_bad: bool) -> None:
        """Note how an answer ended. Raises `Unavailable` when the site keeps turning us away."""
        self._bad_in_a_row = self._bad_in_a_row + 1 if is_bad else 0
        if self._bad_in_a_row >= IN_A_ROW:
            raise Unavailable(
                f"{urlsplit(url).hostname} turned us away {IN_A_ROW} times in a row, last at "
                f"{url}; what came is kept, ask its keepers or try again later"
            )


def _retry_after(response: requests.Response) -> float | None:
    """Seconds asked for; a date is read against the host's own clock, which may be wrong."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
        now = parsedate_to_datetime(response.headers["Date"])
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError, KeyError):
        return None
