"""EuroRad's search: which cases its pages of results list, from the first page to the last."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, quote_plus, urlencode, urljoin, urlsplit

from bs4 import BeautifulSoup

from curation.sources.base import Lost, Web, ask
from curation.sources.base_site import absolute, parsed
from manifests.contract.vocabulary import Reason

SITE = "https://www.eurorad.org"
SEARCH = f"{SITE}/advanced-search?search="
ROWS = 9
"""Cases on a full page of results."""
NO_RESULTS = "no case found"
NEXT = "a[title='Go to next page'][href], a[rel~=next][href]"
CASE = re.compile(r"/case/(\d{1,6})\b")
TILE = re.compile(r"\s*#\s*(\d{1,6})\s*")
FRAME = ["nav", "header", "footer", "aside"]
"""Parts of a page that may lead to cases nobody has searched for."""


def results(web: Web, query: str) -> Iterator[str | Lost]:
    """Addresses of the cases that all pages of one search list, each once."""
    url, asked, told = SEARCH + quote_plus(query), set[str](), set[str]()
    while url and url not in asked:
        ref = f"search: {query}, page {len(asked)}"
        asked.add(url)
        page = ask(web, url, ref)
        if isinstance(page, Lost):
            yield page
            return
        soup = parsed(page)
        numbers, following = _numbers(soup), _linked(soup, url)
        leads_back = "its link to a next page leads back" if following in asked else ""
        if fault := leads_back or _fault(soup, numbers, told, is_last=not following):
            yield Lost(source_ref=ref, reason=Reason.LAYOUT_CHANGED,
                       detail=f"{url}: {fault}; look at the page and mend the scraper")  # fmt: skip
        new = [number for number in numbers if number not in told]
        told.update(new)
        yield from (f"{SITE}/case/{number}" for number in new)
        if not new:
            return
        url = (
            following
            if following and not leads_back
            else _guessed(soup, url, len(asked), is_full=len(numbers) >= ROWS)
        )


def _numbers(soup: BeautifulSoup) -> list[str]:
    """The cases of one page of results, by their links or by the numbers on their tiles."""
    linked = [
        CASE.search(str(link["href"]))
        for link in soup.select("a[href*='/case/']")
        if link.find_parent(FRAME) is None
    ]
    written = [TILE.fullmatch(text) for text in soup.find_all(string=TILE)]
    return list(dict.fromkeys(found[1] for found in [*linked, *written] if found))


def _fault(soup: BeautifulSoup, numbers: list[str], told: set[str], *, is_last: bool) -> str:
    """Why the page is not what a page of results is; nothing where it is."""
    if not numbers:
        says_so = NO_RESULTS in " ".join(soup.get_text(" ").lower().split())
        return "" if says_so else "no case, and no word that there is none"
    if is_last:
        return ""
    if told.issuperset(numbers):
        return "a page that goes on shows no new case"
    return f"a page that goes on shows {len(numbers)} cases of {ROWS}" * (len(numbers) < ROWS)


def _linked(soup: BeautifulSoup, url: str) -> str:
    link = soup.select_one(NEXT)
    return absolute(SITE, urljoin(url, str(link["href"]))) if link else ""


def _guessed(soup: BeautifulSoup, url: str, number: int, *, is_full: bool) -> str:
    """The address of page `number`, counted from 0, where no link leads to a next page.

    A full page is not taken for the last one, nor one from which links lead to later pages.
    """
    links = [str(link["href"]) for link in soup.select("a[href*='page=']")]
    paged = [int(found[1]) for link in links if (found := re.search(r"[?&]page=(\d{1,4})", link))]
    if not is_full and max(paged, default=0) < number:
        return ""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name != "page"]
    return parts._replace(query=urlencode([*kept, ("page", str(number))])).geturl()
