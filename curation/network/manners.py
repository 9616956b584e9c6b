"""How we behave towards a site: how often, how long, how much; the section `fetch`."""

from collections import defaultdict
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import requests
from pydantic import BaseModel, ConfigDict, Field

from curation.network.clock import HostClock
from curation.network.errors import Cut, Failed, TooSlow, Unavailable
from curation.network.pace import Pace

FORBIDDEN, SERVER_ERROR = 403, 500
SLOW_DOWN = frozenset({429, 503})
AGAIN = SLOW_DOWN | {408, SERVER_ERROR, 502, 504, 522, 524}
"""Answers that are a host's trouble of the moment; 522 and 524 are Cloudflare's."""
IN_A_ROW = 3
"""So many refusals or failures one after another are the site's, not the page's."""

USUAL = {
    "contact": None, "seconds_between_requests": 1.0, "deadline_seconds": 60, "max_page_mb": 64,
    "max_file_gb": 8, "retries": 5, "max_wait_seconds": 120,
}  # fmt: skip
"""`Params` where there is no project around it; a test holds params.yaml to the same numbers."""


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
    """Tries after the first one, for 408, 429, 500, 502, 503, 504, 522, 524 and broken answers."""
    max_wait_seconds: float = Field(ge=0, le=86400)
    """Longest Retry-After that is waited for."""


class Manners:
    """The pace towards each host, and the one policy by which a request is repeated.

    | what came | tries | then |
    |---|---|---|
    | 408, 429, 502, 503, 504, 522, 524, nothing | 1 + `retries` | the fetch ends |
    | 500 | 1 + `retries` | it is the answer |
    | 403 | 2, for a gate may close once | it is the answer |
    | an answer cut off | 1 + `retries` | the next fetch asks for it |
    | one not whole at its deadline | 2, for each costs a deadline | the next fetch asks for it |

    Before each further try the host is left alone, twice as long each time or as long as it asks.
    """

    def __init__(self, params: Params, folder: Path) -> None:
        """`folder` holds the clocks that all processes share."""
        self.params = params
        self._clock = HostClock(folder, params.max_wait_seconds)
        self._paces = defaultdict[str, Pace](Pace)
        self._bad_in_a_row = 0

    def wait(self, url: str, crawl_delay: float) -> None:
        """Return when the host of `url` may be asked."""
        host = urlsplit(url).hostname or ""
        agreed = max(self.params.seconds_between_requests, crawl_delay)
        longest = max(agreed, self.params.max_wait_seconds)
        self._clock.wait(host, min(self._paces[host].pause(agreed), longest))

    def answered(self, url: str, seconds: float, status: int) -> None:
        """Note that an answer began after `seconds`, and let the host rest for as long."""
        host = urlsplit(url).hostname or ""
        pace = self._paces[host]
        pace.answered(seconds, is_good=status not in AGAIN | {FORBIDDEN})
        self._clock.postpone(host, min(pace.rest(), self.params.max_wait_seconds))

    def is_again(self, status: int, attempt: int) -> bool:
        """An answer of that status is no answer yet; `attempt` is 0 for the first."""
        if status == FORBIDDEN:
            return attempt < min(1, self.params.retries)
        if status == SERVER_ERROR:
            return attempt < self.params.retries
        return status in AGAIN

    def later(self, url: str, attempt: int, came: requests.Response | Failed) -> None:
        """Keep everybody from the host before the next attempt.

        Raises, after the last attempt, `came` itself where the host did answer, else `Unavailable`;
        that too where the host asks for too long a wait.
        """
        host = urlsplit(url).hostname or ""
        asked = _retry_after(came) if isinstance(came, requests.Response) else None
        if asked is not None and asked > self.params.max_wait_seconds:
            raise Unavailable(
                f"{host} asks to be left alone for {asked:.0f} seconds, longer than "
                f"fetch.max_wait_seconds; what came is kept, try again later"
            )
        if attempt >= min(self.params.retries, 1 if isinstance(came, TooSlow) else 20):
            if isinstance(came, Cut | TooSlow):
                raise came
            found = (
                "does not answer"
                if isinstance(came, Failed)
                else f"answers with status {came.status_code}"
            )
            raise Unavailable(
                f"{host} {found} after {attempt + 1} tries ({url}); "
                "what came is kept, try again later"
            )
        if isinstance(came, requests.Response) and came.status_code in SLOW_DOWN:
            self._paces[host].refused()
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
