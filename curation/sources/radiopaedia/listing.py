"""Where Radiopaedia's cases are named: a maintainer's list, searches, and the pages to browse."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup

from curation.sources.base import Lost, Page, Web, ask, same
from curation.sources.base_site import absolute, is_whole, parsed
from manifests.contract.vocabulary import Reason

SITE = "https://radiopaedia.org"
NO_RESULTS = "No results were found"
RESULTS = "a.search-result-case[href], .search-result a[href], .search-results a[href]"
NEXT = "a.next_page[href], a[rel~=next][href], link[rel~=next][href], a[aria-label^=Next][href]"
# A slug, an rID, a DOI, or the address of the case or of one of its studies.
CASE = re.compile(
    r"(?:(?:https?://)?(?:www\.)?radiopaedia\.org/cases/|/cases/"
    r"|(?:https?://(?:dx\.)?doi\.org/)?10\.53347/rID-|rID\W{0,2})?"
    r"(?!(?:new|search|system|tags)\b(?!-))([a-z0-9][a-z0-9-]*)(?:/studies/\d+)?/?(?:[?#]\S*)?",
    re.IGNORECASE,
)
LINK = re.compile(r"https://(?:www\.)?radiopaedia\.org/cases/[^/?#]+/?(?:[?#].*)?", re.IGNORECASE)


def case_address(named: str) -> str:
    """The page of a case that a person names. Raises `ValueError` where it names none."""
    found = CASE.fullmatch(named.strip())
    if found is None:
        raise ValueError(
            f"{named!r} names no case; write its slug, its rID, or its address on {SITE}"
        )
    return f"{SITE}/cases/{found[1]}?lang=us"


def listing_address(named: str) -> str:
    """A listing page of the site. Raises `ValueError` for a page of another one."""
    address = absolute(SITE, named.strip())
    if urlsplit(address).hostname not in {"radiopaedia.org", "www.radiopaedia.org"}:
        raise ValueError(f"{named!r} is no listing of {SITE}; write one such as /cases?page=1")
    return address


def walk(web: Web, first: str, name: str) -> Iterator[str | Lost]:
    """Case addresses of the listing that begins at `first`, through all its pages."""
    url, is_guess, asked, seen = first, False, set[str](), set[str]()
    while url and url not in asked:
        asked.add(url)
        ref = f"{name}, page {len(asked)}"
        page = ask(web, url, ref)
        if isinstance(page, Lost):
            # That nothing stands at a guessed address is the end of the listing.
            if not (is_guess and page.reason == Reason.MISSING_IMAGE):
                yield page
            return
        soup = parsed(page)
        cases = list(dict.fromkeys(_cases(soup)))
        fault = _fault(page, soup, cases)
        is_new = not {same(case) for case in cases} <= seen
        seen |= {same(case) for case in cases}
        if fault or (cases and not is_new and not is_guess):
            why = fault or "shows again what was listed, so that its pages have no end"
            detail = f"{url}: {why}; look at the page and mend the scraper"
            yield Lost(source_ref=ref, reason=Reason.LAYOUT_CHANGED, detail=detail)
        yield from cases
        url, is_guess = _following(soup, first, url) if is_new else ("", False)


def _cases(soup: BeautifulSoup) -> Iterator[str]:
    links = (absolute(SITE, link["href"]) for link in soup.select(RESULTS))
    return (link for link in links if LINK.fullmatch(link))


def _fault(page: Page, soup: BeautifulSoup, cases: list[str]) -> str:
    """What is wrong with a listing page, empty where nothing is."""
    if not is_whole(page):
        return "was cut off before its end; fetch it again, or"
    if not cases:
        return "" if NO_RESULTS in soup.get_text(" ") else "no result, no pager"
    mute = [one for one in soup.select(".search-result") if not _names_a_case(one.decode())]
    return f"{len(mute)} results name no case" if mute else ""


def _names_a_case(result: str) -> bool:
    return re.search(r"\shref=[\"'][^\"']*/cases/[^/\"']", result) is not None


def _following(soup: BeautifulSoup, first: str, url: str) -> tuple[str, bool]:
    """The next page's address, empty after the last; True beside one that nothing names.

    A pager that has gone would end the walk in silence: then one page more is asked for.
    """
    for link in soup.select(NEXT):
        address = absolute(url, link["href"])
        if _place(address) == _place(first) and same(address) and address != url:
            return address, False
    here = _number(url)
    numbered = {
        _number(address): address
        for address in (absolute(url, link["href"]) for link in soup.select("a[href*='page=']"))
        if _place(address) == _place(first)
    }
    if further := sorted(number for number in numbered if number > here):
        return re.sub(r"([?&]page=)\d+", rf"\g<1>{here + 1}", numbered[further[0]]), False
    if numbered:
        return "", False
    bare = re.sub(r"([?&])page=\d+&?", r"\1", first).rstrip("?&")
    return f"{bare}{'&' if '?' in bare else '?'}page={here + 1}", True


def _place(address: str) -> str:
    return urlsplit(address).path.rstrip("/")


def _number(address: str) -> int:
    found = parse_qs(urlsplit(address).query).get("page", ["1"])[0]
    return int(found) if found.isdecimal() else 1
