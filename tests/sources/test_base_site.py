import time

import pytest
from told import Shelf, page

from curation.sources.base import Draft, Lost, Page, same
from curation.sources.base_site import absolute, is_html, is_whole, once, parsed, picture, spdx
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

SITE = "https://example.org"
HOSTILE = {
    "nested": "<div>" * 300_000,
    "nested after ends": "</div>" * 9 + "<b>" * 100_000,
    "attribute": "<h1 class='" + "a" * 20_000_000 + "'>",
    "entities": "<h1>" + "&amp;" * 1_000_000,
    "siblings": "<i></i>" * 100_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_page_is_parsed_quickly_or_not_at_all(kind: str) -> None:
    # A busy neighbour slows a core; a parser that looks back from every tag is slow each time.
    assert any(cost(kind) < 3 for _ in range(3))


def cost(kind: str) -> float:
    """CPU seconds."""
    start = time.process_time()
    assert parsed(page(SITE, HOSTILE[kind])).select(".case-study") == []
    return time.process_time() - start


def test_a_page_of_unclosed_paragraphs_is_not_hostile() -> None:
    assert len(parsed(page(SITE, "<ul>" + "<li><p>a<br>" * 2000)).select("li")) == 2000


@pytest.mark.parametrize(
    ("link", "whole"),
    [
        ("/a", f"{SITE}/a"),
        ("http://example.org/b", f"{SITE}/b"),
        ("//cdn.example.org/c", "https://cdn.example.org/c"),
        ("https://[::1", "https://[::1"),
    ],
)
def test_a_link_becomes_whole_or_stays(link: str, whole: str) -> None:
    assert absolute(SITE, link) == whole


def test_addresses_of_one_page_are_the_same() -> None:
    forms = ["https://www.sirm.org/a/", "http://sirm.org/a", "https://SIRM.org/a/?x=1#top"]
    assert {same(form) for form in forms} == {"sirm.org/a"}


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://creativecommons.org/licenses/by-nc-sa/3.0/", "CC-BY-NC-SA-3.0"),
        ("http://creativecommons.org/licenses/by/4.0/legalcode", "CC-BY-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://example.org/licence", ""),
    ],
)
def test_a_creative_commons_link_is_named_in_spdx(url: str, name: str) -> None:
    assert spdx(url) == name


@pytest.mark.parametrize(
    ("start", "is_page"),
    [("<!DOCTYPE html><html>", True), ("\ufeff \n<HTML>", True), ("\x89PNG", False), ("", False)],
)
def test_a_page_is_told_by_its_content(start: str, *, is_page: bool) -> None:
    assert is_html(page(SITE, start)) == is_page


@pytest.mark.parametrize(
    ("text", "expected"),
    [("<html><p>a</p></html>\n<!-- cached -->", True), ("<HTML></HTML>", True),
     ("<html><p>a", False), ("", False)],
)  # fmt: skip
def test_a_page_that_was_cut_off_is_told_from_a_whole_one(text: str, *, expected: bool) -> None:
    assert is_whole(page(SITE, text)) == expected


def test_a_film_is_given_once_and_every_loss_is_told() -> None:
    def film(ref: str, url: str) -> Draft:
        return Draft(source_ref=ref, image=bytes, url=url, patient="1")

    lost = Lost(source_ref="1/b", reason=Reason.MISSING_IMAGE, detail="gone")
    again: list[Draft | Lost] = [film("1/a", "again"), lost, film("1/b", "other")]
    told = [film("1/a", "first"), lost, *again]
    assert list(once(told)) == [told[0], lost, lost, told[4]]


def test_a_copy_serves_for_a_lost_original_and_the_original_says_why_none_does() -> None:
    web = Shelf(copy="a film")
    assert picture(web, f"{SITE}/original", f"{SITE}/copy") == b"a film"
    with pytest.raises(Rejected, match="original: not on the shelf") as verdict:
        picture(web, f"{SITE}/original", f"{SITE}/nowhere")
    assert verdict.value.reason is Reason.MISSING_IMAGE


def test_of_a_refused_original_no_copy_is_asked_for() -> None:
    class Refusing(Shelf):
        def page(self, url: str) -> Page:
            if "original" in url:
                raise Rejected(Reason.BLOCKED, f"{url}: is reserved by its host")
            return super().page(url)

    pages = (Shelf(original="<html>sign in</html>", copy="a film"), Refusing(copy="a film"))
    for web in pages:
        with pytest.raises(Rejected, match="original: ") as verdict:
            picture(web, f"{SITE}/original", f"{SITE}/copy")
        assert verdict.value.reason is Reason.BLOCKED
