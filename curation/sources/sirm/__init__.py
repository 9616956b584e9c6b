"""SIRM, the Italian radiologists' society: its COVID-19 posts of 2020 (paper §3.1, positives 2).

A post is one patient and mixes radiographs with CT; most pictures have no caption, so what a
picture is stands in its caption, its file name or the paragraph before it.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar

from bs4 import Tag

from curation.sources.base import About, Draft, Lost, Page, Scraper, Web, ask
from curation.sources.base_site import absolute, parsed, picture
from curation.sources.sirm import words as italian
from manifests.contract.vocabulary import Reason

SITE = "https://www.sirm.org"
LISTING = f"{SITE}/category/senza-categoria/covid-19/"
TITLES = ".td-module-title a[href], .entry-title a[href], a.td-image-wrap[href]"
PAGER = ".page-nav a[href], .nav-links a[href], a.page-numbers[href]"
BODY = ".td-post-content, .entry-content, .tdb_single_content"
POST = re.compile(r"/20\d\d/\d\d/\d\d/([^/]+)")
CASE = re.compile(r"cas[oe]\W*(\d+)", re.IGNORECASE)
SIZE = re.compile(r"-\d{2,5}x\d{2,5}(?=\.\w+$)")
UPLOAD = re.compile(r"/wp-content/uploads/([^?#]+\.(?:jpe?g|jfif|png|webp))", re.IGNORECASE)


class Sirm(Scraper):
    """The COVID-19 category of sirm.org, through all its listing pages."""

    about: ClassVar[About] = About(
        title="SIRM COVID-19 database", homepage=LISTING, license="NOASSERTION",
        license_url="", paper="§3.1, positives 2", needs_permission=True,
        citation="Società Italiana di Radiologia Medica e Interventistica, COVID-19 database",
        hosts=("www.sirm.org", "sirm.org", "archivio.sirm.org"),
    )  # fmt: skip

    def listing(self, web: Web) -> Iterator[str | Lost]:
        last, number = 1, 0
        while number < last:
            number += 1
            url = LISTING if number == 1 else f"{LISTING}page/{number}/"
            page = ask(web, url, f"listing, page {number}")
            if isinstance(page, Lost):
                yield page
                continue
            soup = parsed(page)
            hrefs = [absolute(SITE, link["href"]) for link in soup.select(TITLES)]
            posts = [href for href in hrefs if POST.search(href)]
            if not posts:
                yield _changed(f"listing, page {number}", f"{url}: no post found")
            yield from dict.fromkeys(posts)
            pages = re.findall(r"/page/(\d+)", " ".join(str(a["href"]) for a in soup.select(PAGER)))
            last = max(last, *map(int, pages)) if pages else last

    def parse(self, page: Page, web: Web) -> Iterator[Draft | Lost]:
        soup = parsed(page)
        found = POST.search(page.url)
        slug = found[1] if found else page.url
        title, body = soup.select_one("h1"), soup.select_one(BODY)
        if title is None or body is None:
            yield _changed(slug, f"{page.url}: no title or no text found")
            return
        case = _case(page, slug, title.get_text(" ", strip=True), body)
        images = _images(body)
        if not images:
            yield _missing(slug, f"{page.url}: the post shows no picture")
        for number, (address, image) in enumerate(images.items(), start=1):
            original = SIZE.sub("", address)
            name = UPLOAD.search(original)
            if name is None:
                lost = _changed if address.startswith("data:") else _missing
                yield lost(f"{slug}/{number}", f"{page.url}: picture {number} names no file")
                continue
            yield Draft(
                source_ref=f"{case['patient']}/{name[1]}",
                image=partial(picture, web, *dict.fromkeys([original, address])),
                **(case | _film(image, name[1].rpartition("/")[2])),
            )


def _missing(ref: str, found: str) -> Lost:
    return Lost(source_ref=ref, reason=Reason.MISSING_IMAGE, detail=f"{found}; nothing to take")


def _changed(ref: str, found: str) -> Lost:
    return Lost(source_ref=ref, reason=Reason.LAYOUT_CHANGED,
                detail=f"{found}; look at the page and mend the scraper")  # fmt: skip


def _case(page: Page, slug: str, title: str, body: Tag) -> dict[str, Any]:
    """What holds for every picture of a post."""
    number = CASE.search(slug) or CASE.search(title)
    paragraphs = [_plain(p) for p in body.select("p")]
    text = " ".join(paragraphs)
    credit = next(
        (p for p in paragraphs[:1] if p and not italian.age(p) and not italian.sex(p)), ""
    )
    return {
        "url": page.final_url,
        "patient": number[1] if number else slug,
        "age": italian.age(text),
        "sex": italian.sex(text),
        "finding": italian.illness(title, slug),
        "pcr": italian.swab(text),
        "attribution": f"{credit or 'SIRM'} (SIRM, {title})",
        "retrieved": page.retrieved,
    }


def _images(body: Tag) -> dict[str, Tag]:
    """Address and tag of every picture of a post.

    A post shows one film in several places and sizes: of one original the first is taken.
    """
    found: dict[str, tuple[str, Tag]] = {}
    for image in body.select("img"):
        link = image.find_parent("a", href=UPLOAD)
        named = [image.get(key) for key in ("data-full-url", "data-img-url", "data-src", "src")]
        urls = [str(url) for url in [link and link.get("href"), *named] if url]
        # Until it scrolls into view, a picture's `src` is a placeholder.
        best = next((url for url in urls if UPLOAD.search(url)), urls[0] if urls else "data:")
        if not best.startswith("data:"):
            best = absolute(SITE, best)
        found.setdefault(SIZE.sub("", best), (best, image))
    return dict(found.values())


def _film(image: Tag, name: str) -> dict[str, str]:
    """What one picture is, from its caption, its file name and the text before it."""
    figure = image.find_parent("figure")
    caption = (_plain(figure) if figure else "") or str(image.get("alt") or "")
    words = re.sub(r"[-_\d.]+", " ", name)
    told = next((text for text in _before(image) if italian.modality(text)), "")
    modality = italian.modality(caption) or italian.modality(words)
    modality = modality or italian.modality(told, is_last=True)
    if modality != "RX":
        return {"modality": modality}
    told = next(filter(None, map(italian.of_the_film, _before(image))), "")
    return {
        "modality": modality,
        "view": italian.view(caption) or italian.view(words) or italian.view(told),
        "abnormal": italian.shown(caption) or italian.shown(told),
    }


def _before(image: Tag) -> Iterator[str]:
    """The paragraphs before a picture, the nearest first."""
    for part in image.previous_elements:
        if isinstance(part, Tag) and part.name == "p":
            yield _plain(part)


def _plain(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())
