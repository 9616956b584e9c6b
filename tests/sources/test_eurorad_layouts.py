"""A changed page of EuroRad gives the same films, or a row that says so: never fewer in silence."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from told import read, said

from curation.network.recorded import Recorded, admitted
from curation.network.store import Store
from curation.phantom.replicas import eurorad as replica
from curation.sources.base import Page
from curation.sources.eurorad import Eurorad
from manifests.contract.vocabulary import Reason

FIXTURE = Path(__file__).parent / "fixtures" / "eurorad"
SITE = Store(FIXTURE)
SOURCE = Eurorad(files=FIXTURE, max_cases=500, queries=tuple(replica.QUERIES))
Told = dict[str, object]
Change = Callable[[str], str]
LOUD = {Reason.LAYOUT_CHANGED, Reason.BLOCKED}
ITEM, LABEL = ".figure-gallery__item", ".figure-gallery__item__label"
GATE = "<!doctype html><html><head><title>www.eurorad.org</title></head><body></body></html>"


class Changed:
    """The recorded site, on which every page of one kind has changed."""

    def __init__(self, kind: str, change: Change) -> None:
        self.recorded, self.kind, self.change = Recorded(FIXTURE), kind, change

    def page(self, url: str) -> Page:
        found = self.recorded.page(url)
        if self.kind not in url:
            return found
        return admitted(replace(found, data=self.change(found.text).encode()))


def swapped(*pairs: tuple[str, str]) -> Change:
    def change(text: str) -> str:
        for old, new in pairs:
            text = re.sub(old, new, text)
        return text

    return change


def edited(selector: str, edit: Callable[[Tag], object], *, which: slice = slice(None)) -> Change:
    def change(text: str) -> str:
        soup = BeautifulSoup(text, "lxml")
        for tag in soup.select(selector)[which]:
            edit(tag)
        return str(soup)

    return change


def wrapped(name: str) -> Callable[[Tag], object]:
    return lambda tag: tag.wrap(BeautifulSoup("", "lxml").new_tag(name))


def renamed(old: str, new: str) -> Callable[[Tag], object]:
    def edit(tag: Tag) -> None:
        tag[new] = tag.attrs.pop(old)

    return edit


def without_classes(text: str) -> str:
    return re.sub(r' class="[^"]*"', "", text)


def to_the_front(tag: Tag) -> None:
    if tag.parent:
        tag.parent.insert(0, tag)


def as_background(tag: Tag) -> None:
    tag.name, tag["style"] = "div", f"background-image: url('{tag.attrs.pop('data-src')}')"


def as_source_set(tag: Tag) -> None:
    tag["srcset"] = f"{tag.attrs.pop('data-src')} 1x, /sites/default/files/other.jpg 2x"


SEARCH: dict[str, Change] = {
    "tiles have other classes": without_classes,
    "links carry a query": swapped((r'href="(/case/\d+)"', r'href="\1?from=search"')),
    "links lead to the teaching case": swapped((r'href="(/case/\d+)"', r'href="\1/teaching-case"')),
    "links are whole addresses": swapped(('href="/case/', 'href="http://eurorad.org/case/')),
    "links are scripts": swapped(('href="/case/', 'data-href="/open/')),
    "tiles have no numbers": swapped((r"# \d+</span>", "</span>")),
    "tiles have neither link nor number": swapped((r"# \d+|/case/\d+", "")),
    "tiles come by script": edited(".row", lambda tag: tag.clear()),
    "one tile is gone": edited(".row > div", lambda tag: tag.decompose(), which=slice(0, 1)),
    "the next page has another title": swapped(("Go to next page", "Next")),
    "the next page has a translated title": swapped(("Go to next page", "Seguinte")),
    "the next page is marked by rel": swapped(('title="Go to next page"', 'rel="next"')),
    "the next page is a button": swapped((r"<a (title=[^>]*>.*?</)a>", r"<button \1button>")),
    "the row of pages is gone": edited(".pagination", lambda tag: tag.decompose()),
    "the next page is the same page": swapped((r"&amp;page=\d", "")),
    "a gate": lambda _: GATE,
    "an empty page": lambda _: "<html></html>",
    "another page": lambda _: "<!doctype html><html><h1>Welcome to Eurorad</h1></html>",
}
CASE: dict[str, Change] = {
    "no class is left": without_classes,
    "rows are sections": swapped(('class="row"', 'class="case-section"')),
    "headings are tags": swapped((r'<div class="col-12 col-md-3">(.*?)</div>', r"<h2>\1</h2>")),
    "headings are deep": swapped(
        (r'<div class="col-12 col-md-3">(.*?)</div>', r"<header><h3><b>\1</b></h3></header>")
    ),
    "headings are buttons": swapped(
        (r'<div class="col-12 col-md-3">(.*?)</div>', r"<h2><button>\1</button></h2>")
    ),
    "headings are in capitals": swapped(("Final Diagnosis", "FINAL DIAGNOSIS")),
    "headings end with a colon": swapped(("Final Diagnosis", "Final  Diagnosis :")),
    "the last heading is translated": swapped(("Final Diagnosis", "Endgültige Diagnose")),
    "all headings are translated": swapped(
        ("Clinical History", "Anamnese"),
        ("Imaging Findings", "Befund"),
        ("Discussion", "Diskussion"),
        ("(Differential|Final) Diagnosis", "Diagnose"),
    ),
    "the diagnosis is empty": swapped((r"(Final Diagnosis</\w+>\s*<div[^>]*>)[^<]*", r"\1")),
    "the diagnosis comes by script": edited(".node-contents", lambda tag: tag.clear()),
    "the title is gone": edited("h1", lambda tag: tag.decompose()),
    "the patient has another class": swapped(("color-grey", "text-muted")),
    "the patient has another tag": edited("p.color-grey", lambda tag: setattr(tag, "name", "span")),
    "the gallery has another name": swapped(("figure-gallery__item", "case-figure")),
    "the gallery is empty": edited(ITEM, lambda tag: tag.decompose()),
    "the items are empty": edited(ITEM, lambda tag: tag.clear()),
    "the last figure is gone": edited(ITEM, lambda tag: tag.decompose(), which=slice(-1, None)),
    "the items stand in a list": edited(ITEM, wrapped("li")),
    "the items stand twice": swapped(
        (r"(?s)(<div class=\"figure-gallery__item\">.*)<ul>", r"\1\1<ul>")
    ),
    "the labels have another class": swapped(("figure-gallery__item__label", "caption")),
    "the labels are captions": edited(LABEL, lambda tag: setattr(tag, "name", "figcaption")),
    "the labels stand before the pictures": edited(LABEL, to_the_front),
    "the labels are gone": edited(LABEL, lambda tag: tag.decompose()),
    "the credit stands first": swapped(
        (r'(<span class="mb-1 d-block">.*?</span>)(<span>©.*?</span>)', r"\2\1")
    ),
    "the row of links is gone": edited("ul", lambda tag: tag.decompose()),
    "the address has another attribute": edited("img[data-src]", renamed("data-src", "data-lazy")),
    "the address is in a source set": edited("img[data-src]", as_source_set),
    "the address is a background": edited(f"{ITEM} img[data-src]", as_background),
    "the address comes by script": edited("img[data-src]", lambda tag: tag.attrs.pop("data-src")),
    "the pictures are in picture tags": edited(f"{ITEM} img", wrapped("picture")),
    "the pictures are links": edited(f"{ITEM} img", wrapped("a")),
    "all is in a script": lambda text: f"<html><script>{text}</script></html>",
    "a gate": lambda _: GATE,
    "an empty page": lambda _: "<html></html>",
}
CHANGES = [
    *(("/advanced-search", name, change) for name, change in SEARCH.items()),
    *(("/case/", name, change) for name, change in CASE.items()),
]
# Changes behind which all that the site says is still there.
HARMLESS = {
    "tiles have other classes", "links carry a query", "links lead to the teaching case",
    "links are whole addresses", "links are scripts", "tiles have no numbers",
    "the next page has another title", "the next page has a translated title",
    "the next page is marked by rel", "the next page is a button", "the row of pages is gone",
    "no class is left", "rows are sections", "headings are tags", "headings are deep",
    "headings are buttons", "headings are in capitals", "headings end with a colon",
    "the title is gone", "the patient has another class", "the patient has another tag",
    "the gallery has another name", "the items stand in a list", "the items stand twice",
    "the labels have another class", "the labels are captions",
    "the labels stand before the pictures", "the credit stands first",
    "the row of links is gone", "the address has another attribute",
    "the address is in a source set", "the address is a background",
    "the pictures are in picture tags", "the pictures are links",
}  # fmt: skip


def by_case(told: list[Told]) -> dict[str, list[str]]:
    """Case number -> all that is said of its films, in an order of its own."""
    cases = defaultdict(list)
    for film in told:
        if "patient" in film:
            cases[str(film["patient"]).partition("/")[0]].append(str(sorted(film.items(), key=str)))
    return {number: sorted(films) for number, films in cases.items()}


def rows(told: list[Told]) -> set[tuple[str, str]]:
    return {
        (str(row["source_ref"]), str(row["detail"])) for row in told if row.get("reason") in LOUD
    }


def after(kind: str, change: Change) -> list[Told]:
    return [said(item) for item in SOURCE.read(Changed(kind, change))]


@pytest.mark.parametrize(
    ("kind", "name", "change"), CHANGES, ids=[f"{k}: {n}" for k, n, _ in CHANGES]
)
def test_a_changed_page_gives_the_same_films_or_says_that_it_changed(
    kind: str, name: str, change: Change
) -> None:
    before, now = read(SOURCE, FIXTURE), after(kind, change)
    films, new = by_case(now), rows(now) - rows(before)
    lost = {number for number, found in by_case(before).items() if films.get(number) != found}
    if name in HARMLESS:
        assert lost == set()
    if kind == "/advanced-search":
        assert not lost or any(ref.startswith("search: ") for ref, _ in new)
    else:
        unsaid = {n for n in lost if not any(n in f"{ref} {detail}" for ref, detail in new)}
        assert unsaid == set()
    assert lost or films == by_case(before)


@pytest.mark.parametrize(("kind", "change"), [(k, c) for k, _, c in CHANGES])
def test_every_change_is_one(kind: str, change: Change) -> None:
    texts = [SITE.page(entry.url).text for entry in SITE if kind in entry.url]
    assert any(change(text) not in {text, str(BeautifulSoup(text, "lxml"))} for text in texts)
