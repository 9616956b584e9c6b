"""The pages that list SIRM's posts: one category in Italian, one in English."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from curation.sources.base import Lost, Web, ask, same
from curation.sources.base_site import absolute, is_whole, parsed
from manifests.contract.vocabulary import Reason

SITE = "https://www.sirm.org"
ITALIAN_LISTING = f"{SITE}/category/senza-categoria/covid-19/"
ENGLISH_LISTING = f"{SITE}/en/category/articles/covid-19-database/"
HOSTS = ("www.sirm.org", "sirm.org", "archivio.sirm.org")
TITLES = ".td-module-title a[href], .entry-title a[href], a.td-image-wrap[href]"
POST = re.compile(r"/20\d\d/\d\d/\d\d/([^/?#]+)")
# tagDiv writes "Page 1 of 7" beside its links.
OF_PAGES = re.compile(r"\b(?:page|pagina)\s+\d+\s+(?:of|di)\s+(\d+)\b", re.IGNORECASE)
BY_SCRIPT = "[class*=load-more], [class*=load_more], [class*=infinite]"


def listing_address(named: str) -> str:
    """A listing of the site, as a folder. Raises `ValueError` for a page of another one."""
    address = re.split(r"[?#]", absolute(SITE, named.strip()), maxsplit=1)[0]
    if urlsplit(address).hostname not in HOSTS:
        raise ValueError(f"{named!r} is no listing of {SITE}; write one such as {ITALIAN_LISTING}")
    return address.rstrip("/") + "/"


def walk(web: Web, first: str) -> Iterator[str | Lost]:
    """Addresses of the posts of one listing, through all its pages."""
    name = "listing" if first == ITALIAN_LISTING else f"listing {urlsplit(first).path}"
    last, number, is_guess, seen = 1, 0, False, set[str]()
    while number < last:
        number += 1
        url = first if number == 1 else f"{first}page/{number}/"
        ref = f"{name}, page {number}"
        page = ask(web, url, ref)
        if isinstance(page, Lost):
            # That nothing stands at a guessed address is the end of the listing.
            if not (is_guess and page.reason == Reason.MISSING_IMAGE):
                yield page
            continue
        soup = parsed(page)
        posts = list(dict.fromkeys(_posts(soup)))
        is_new = not {same(post) for post in posts} <= seen
        seen |= {same(post) for post in posts}
        if fault := _fault(soup, posts, is_cut=not is_whole(page)):
            detail = f"{url}: {fault}; look at the page and mend the scraper"
            yield Lost(source_ref=ref, reason=Reason.LAYOUT_CHANGED, detail=detail)
        yield from posts
        named = _last(soup, first)
        # A pager that has gone would end the walk in silence: then one page more is asked for.
        is_guess = not named and number == last and is_new
        last = max(last, named, number + is_guess)


def _posts(soup: BeautifulSoup) -> Iterator[str]:
    """The posts that a page lists; a print view of a post has its text and no picture."""
    for link in soup.select(TITLES):
        address = re.split(r"[?#]", absolute(SITE, link["href"]), maxsplit=1)[0]
        if POST.search(address):
            yield address


def _fault(soup: BeautifulSoup, posts: list[str], *, is_cut: bool) -> str:
    if is_cut:
        return "was cut off before its end; fetch it again, or"
    if not posts:
        return "no post found"
    mute = [m for m in soup.select(".td_module_wrap, article") if not POST.search(m.decode())]
    if mute:
        return f"{len(mute)} entries name no post"
    return "names further posts by a script only" if soup.select(BY_SCRIPT) else ""


def _last(soup: BeautifulSoup, first: str) -> int:
    """The highest page that the pager names, 0 where there is no pager."""
    links = (absolute(SITE, link["href"]) for link in soup.select("a[href], link[rel=next][href]"))
    place = same(first) + "/page/"
    found = (same(link).removeprefix(place) for link in links if same(link).startswith(place))
    told = OF_PAGES.findall(soup.get_text(" "))
    return max([0, *(int(n) for n in [*found, *told] if n.isdecimal())])
