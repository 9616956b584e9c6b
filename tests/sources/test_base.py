from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from told import Shelf

from curation.sources.base import About, Draft, Lost, Page, Scraper, Web
from manifests.contract.vocabulary import Reason

SITE = "https://example.org"


class Posts(Scraper):
    """A site whose films are the words of its pages, and "?" a film that it cannot give."""

    about: ClassVar[About] = About(
        title="Posts", homepage=SITE, license="CC0-1.0", license_url="", citation="", paper="",
        hosts=("example.org",),
    )  # fmt: skip

    def listing(self, web: Web) -> Iterator[str | Lost]:
        del web
        yield from (f"{SITE}/one", f"{SITE}/two")

    def parse(self, page: Page, web: Web) -> Iterator[Draft | Lost]:
        del web
        for word in page.text.split():
            if word == "?":
                yield Lost(source_ref="a", reason=Reason.MISSING_IMAGE, detail="?")
            else:
                yield Draft(source_ref=word, image=bytes, url=page.url, patient="1")


def read(**pages: str) -> list[Draft | Lost]:
    return list(Posts(files=Path(), max_cases=9).read(Shelf(**pages)))


def test_every_film_that_is_given_comes_out() -> None:
    found = read(one="a a b", two="? a ?")
    assert [one.source_ref for one in found] == ["a", "a", "b", "a", "a", "a"]
    assert [type(one) for one in found] == [Draft, Draft, Draft, Lost, Draft, Lost]


def test_a_case_page_that_is_listed_twice_is_read_once() -> None:
    class Again(Posts):
        def listing(self, web: Web) -> Iterator[str | Lost]:
            yield from (*super().listing(web), f"{SITE}/one/?lang=us")

    found = Again(files=Path(), max_cases=9).read(Shelf(one="a", two="b"))
    assert [one.source_ref for one in found] == ["a", "b"]
