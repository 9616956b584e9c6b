"""The web as it was recorded: a scraper reads a folder and never goes online."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from curation.network.store import Store
from curation.sources.base import Page
from curation.sources.base_site import is_html
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

BLOCKING = frozenset({401, 403, 407, 429, 503})
GONE = frozenset({404, 410, 451})
PICTURES = (".jpg", ".jpeg", ".jfif", ".png", ".webp", ".gif", ".tif", ".tiff")
# Words of the pages that gates put before a site; a case page is never titled like this.
GATE = re.compile(
    rb"<title>[^<]{0,80}(just a moment|attention required|access denied|are you (a )?(robot|human)"
    rb"|captcha|verify (that )?you are|checking your browser|ddos|bot check)"
    rb"""|id=["'](challenge-form|challenge-running|captcha-form|bot-gate)"""
    rb"|>\s*please wait while your request is being verified",
    re.IGNORECASE,
)
TITLE = re.compile(rb"<title[^>]{0,80}>\s*(?:www\.)?([a-z0-9.-]+)\s*</title>", re.IGNORECASE)


class Recorded:
    """The responses in `folder`, as a scraper's `Web`."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)

    def page(self, url: str) -> Page:
        """The recorded response for `url`. Raises `Rejected` where it is missing or a refusal."""
        return admitted(self.store.page(url))


def admitted(page: Page) -> Page:
    """`page` itself, when the site answered what was asked; raises `Rejected` otherwise."""
    if is_blocked(page):
        raise Rejected(
            Reason.BLOCKED,
            f"{page.url}: the site answered with a gate (status {page.status}, "
            f"{page.content_type or 'no type'}); ask its keepers, then fetch again",
        )
    if not 200 <= page.status < 300:  # noqa: PLR2004 - the HTTP class of success
        gone = "is gone" if page.status in GONE else "cannot be had"
        raise Rejected(
            Reason.MISSING_IMAGE, f"{page.url}: {gone} (status {page.status}); nothing to take"
        )
    return page


def is_blocked(page: Page) -> bool:
    """The site turned us away, by status, by a gate page, or by a page in place of a picture."""
    path = page.url.partition("?")[0].lower()
    return (
        page.status in BLOCKING
        or (is_html(page) and (GATE.search(page.data[:65536]) is not None or _is_bare(page)))
        or (is_html(page) and page.status not in GONE and path.endswith(PICTURES))
    )


def _is_bare(page: Page) -> bool:
    """The page is titled with nothing but its own host, as the pages of some gates are."""
    title = TITLE.search(page.data[:65536])
    host = (urlsplit(page.url).hostname or "").removeprefix("www.")
    return title is not None and title[1].decode().lower() == host


def is_settled(page: Page) -> bool:
    """Asking again would bring the same: an answer, or that there is nothing."""
    return not is_blocked(page) and page.status < 500  # noqa: PLR2004 - HTTP: the host's own trouble
