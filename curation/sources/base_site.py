"""What several sites need: a parsed page, whole links, the first picture that exists."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag

from curation.sources.base import Draft, Lost, Page, Web, ask
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

MAX_DEPTH = 500
"""Real pages nest some thirty tags; the parser's time grows with the square of the depth."""
# Tags that have no end, or may go without one, say nothing of the depth.
TAG = re.compile(
    r"<(/?)(?!(?:img|br|hr|input|meta|link|source|wbr|area|base|col|embed|track|param"
    r"|p|li|t[drh]|d[td]|option|thead|tbody|tfoot|html|body|head)\b)[a-z][a-z0-9-]*",
    re.IGNORECASE,
)


def parsed(page: Page) -> BeautifulSoup:
    """The parsed page; nothing, like a page of no known layout, where it is nested past reason."""
    depth = deepest = 0
    for found in TAG.finditer(page.text):
        depth = max(0, depth - 1) if found[1] else depth + 1
        deepest = max(deepest, depth)
    # The line end tells the parser that even a single word is a page and no address.
    return BeautifulSoup(page.text + "\n" if deepest <= MAX_DEPTH else "", "lxml")


def absolute(site: str, link: object) -> str:
    """A page's link as a whole address with https; a link that is none stays as it is."""
    try:
        return re.sub("^http:", "https:", urljoin(site, str(link)))
    except ValueError:
        return str(link)


def plain(tag: Tag) -> str:
    """The words of an element, in one line."""
    return " ".join(tag.get_text(" ").split())


def changed(ref: str, found: str) -> Lost:
    """What a scraper gives where a page is not as it was."""
    return Lost(source_ref=ref, reason=Reason.LAYOUT_CHANGED,
                detail=f"{found}; look at the page and mend the scraper")  # fmt: skip


def is_html(page: Page) -> bool:
    """The body is a web page, whatever its header says."""
    start = page.data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<!--"))


def is_whole(page: Page) -> bool:
    """The web page has its end; one that was cut off on its way shows fewer cases and films."""
    return b"</html" in page.data[-65536:].lower()


def once(told: Iterable[Draft | Lost]) -> Iterator[Draft | Lost]:
    """Each film once, though its case stands under several addresses, or in two languages.

    Only for a source whose `source_ref` names the film upstream: case and file.
    """
    seen = set[str]()
    for item in told:
        if isinstance(item, Draft):
            if item.source_ref in seen:
                continue
            seen.add(item.source_ref)
        yield item


def picture(web: Web, *urls: str) -> bytes:
    """The file at the first of `urls` that is there; the further ones are copies of the first.

    Raises `Rejected` where none is, and where the site refuses one: then it refuses its copies.
    """
    why: list[Lost] = []
    for url in urls:
        found = ask(web, url, url)
        if isinstance(found, Page) and not is_html(found):
            return found.data
        if isinstance(found, Page):
            detail = f"{url}: a web page came where a picture was asked; fetch it again"
            raise Rejected(Reason.BLOCKED, detail)
        why.append(found)
        if found.reason == Reason.BLOCKED:
            break
    last = why[-1] if why[-1].reason == Reason.BLOCKED else why[0]
    raise Rejected(Reason(last.reason), last.detail)


def spdx(license_url: str) -> str:
    """The SPDX id of a Creative Commons address, empty for any other."""
    found = re.search(r"creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)", license_url.lower())
    if found:
        return f"CC-{found[1].upper()}-{found[2]}"
    return "CC0-1.0" if "creativecommons.org/publicdomain/zero/1.0" in license_url.lower() else ""
