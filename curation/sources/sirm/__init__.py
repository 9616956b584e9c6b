"""SIRM, the Italian radiologists' society: its COVID-19 posts of 2020 (paper §3.1, positives 2).

A post is one patient and mixes radiographs with CT; most pictures have no caption, so what a
picture is stands in its caption, its file name or the paragraph before it. An English post is taken
for the translation of the Italian one with its number: should it not be, two patients stay on one
side of the split, which does no harm.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar, Self

from bs4 import Tag
from pydantic import model_validator

from curation.sources.base import About, Draft, Lost, Page, Scraper, Web
from curation.sources.base_site import changed, is_whole, once, parsed, picture, plain
from curation.sources.sirm.credit import credit
from curation.sources.sirm.english import ENGLISH
from curation.sources.sirm.figures import CODE, figures_of, film, first_words, unread
from curation.sources.sirm.italian import ITALIAN
from curation.sources.sirm.listing import (
    ENGLISH_LISTING,
    HOSTS,
    ITALIAN_LISTING,
    POST,
    listing_address,
    walk,
)
from curation.sources.sirm.tongue import Tongue
from manifests.contract.vocabulary import Reason

BODY = ".td-post-content, .entry-content, .tdb_single_content"
CASE = re.compile(r"cas[oe]\W*(?:n(?:um|umero|r|o)?\W+)?0*(\d+)", re.IGNORECASE)


class Sirm(Scraper):
    """The COVID-19 posts of sirm.org, through all pages of its listings."""

    about: ClassVar[About] = About(
        title="SIRM COVID-19 database", homepage=ITALIAN_LISTING, license="NOASSERTION",
        license_url="", paper="§3.1, positives 2", needs_permission=True,
        citation="Società Italiana di Radiologia Medica e Interventistica, COVID-19 database",
        hosts=HOSTS,
    )  # fmt: skip
    listings: tuple[str, ...] = (ITALIAN_LISTING, ENGLISH_LISTING)
    """The listings that are read, in turn; may be absent, which reads both languages."""

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.listings:
            raise ValueError("'listings' is empty; name a listing, or leave it out to read both")
        for listing in self.listings:
            listing_address(listing)
        return self

    def listing(self, web: Web) -> Iterator[str | Lost]:
        for named in self.listings:
            yield from walk(web, listing_address(named))

    def read(self, web: Web) -> Iterator[Draft | Lost]:
        """All posts; a film that stands in both languages is given once, as the first tells it."""
        return once(super().read(web))

    def parse(self, page: Page, web: Web) -> Iterator[Draft | Lost]:
        found, soup = POST.search(page.url), parsed(page)
        slug = found[1] if found else page.url
        title = soup.select_one("h1.entry-title") or soup.select_one("h1")
        body = soup.select_one(BODY)
        if found and not POST.search(page.final_url):
            yield changed(slug, f"{page.url}: leads to {page.final_url}, which is no post")
        elif title is None or body is None:
            yield changed(slug, f"{page.url}: no title or no text found")
        else:
            yield from _films(page, slug, plain(title), body, web)


def _films(page: Page, slug: str, title: str, body: Tag, web: Web) -> Iterator[Draft | Lost]:
    figures, case = figures_of(body), _case(page, slug, title, body)
    faults = unread(body, figures)
    if not is_whole(page):
        faults.append("the page was cut off before its end; fetch it again, or")
    for number, fault in enumerate(faults, start=1):
        yield changed(f"{slug}, fault {number}", f"{page.url}: {fault}")
    if not figures and CODE.search(plain(body)):
        yield changed(slug, f"{page.url}: a print view, which shows text and no picture")
    elif not figures:
        yield _missing(slug, f"{page.url}: the post shows no picture")
    tongues = _tongues(page)
    for number, figure in enumerate(figures, start=1):
        if not figure.name:
            lost = changed if figure.urls[0].startswith("data:") else _missing
            yield lost(f"{slug}/{number}", f"{page.url}: picture {number} names no file")
            continue
        yield Draft(
            source_ref=f"{case['patient']}/{figure.name}",
            image=partial(picture, web, *figure.urls),
            **(case | film(figure, body, *tongues)),
        )


def _tongues(page: Page) -> tuple[Tongue, Tongue]:
    """The tongue of the post, and the other one, in which its files may be named."""
    is_english = "/en/" in page.final_url or "/en/" in page.url
    return (ENGLISH, ITALIAN) if is_english else (ITALIAN, ENGLISH)


def _case(page: Page, slug: str, title: str, body: Tag) -> dict[str, Any]:
    """What holds for every picture of a post."""
    tongue, _ = _tongues(page)
    number = CASE.search(slug) or CASE.search(title)
    text = CODE.sub(" ", plain(body))
    first = CODE.sub(" ", first_words(body)).strip()
    named = "" if tongue.age(first) or tongue.sex(first) else credit(first)
    age = tongue.age(text)
    return {
        "url": page.final_url,
        "patient": number[1] if number else slug,
        "age": age,
        # Years tell more than a word does, and a grown patient's post may speak of a child.
        "child": "" if tongue.is_in_years(age) else tongue.child(text),
        "sex": tongue.sex(text),
        "finding": tongue.illness(title, slug),
        "pcr": tongue.swab(text),
        "attribution": f"{named or 'SIRM'} (SIRM, {title})",
        "retrieved": page.retrieved,
    }


def _missing(ref: str, found: str) -> Lost:
    return Lost(source_ref=ref, reason=Reason.MISSING_IMAGE, detail=f"{found}; nothing to take")
