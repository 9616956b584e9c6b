from pathlib import Path

import pytest
from told import Shelf, page

from curation.network.recorded import Recorded
from curation.network.store import Store
from curation.sources.base import Draft, Lost, Page
from curation.sources.loading import load
from curation.sources.radiopaedia import Radiopaedia
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

SITE = "https://radiopaedia.org"
SEARCH = f"{SITE}/search?lang=us&scope=cases&q=covid&modality=X-ray"
STACK = '[{"modality": "X-ray", "images": [{"id": 7, "public_filename": "https://x/a.png"}]}]'


class Site:
    """Pages by their whole address; whatever else is asked is not there."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages, self.asked = pages, list[str]()

    def page(self, url: str) -> Page:
        self.asked.append(url)
        if url not in self.pages:
            raise Rejected(Reason.MISSING_IMAGE, f"{url}: not there")
        return page(url, self.pages[url])


def results(*slugs: str, pager: str = "", end: str = "</html>") -> str:
    links = "".join(
        f'<a class="search-result search-result-case" href="/cases/{s}?lang=us"><h4>x</h4></a>'
        for s in slugs
    )
    return f'<html><div class="search-results">{links}</div>{pager}{end}'


def walked(pages: dict[str, str], **given: object) -> tuple[list[str], list[Lost], list[str]]:
    """Slugs in order, losses, and addresses asked."""
    site = Site(pages)
    usual: dict[str, object] = {"files": Path(), "max_cases": 99, "queries": ("covid",)}
    found = list(Radiopaedia.model_validate({**usual, **given}).listing(site))
    slugs = [f.partition("?")[0].rpartition("/")[2] for f in found if isinstance(f, str)]
    return slugs, [f for f in found if isinstance(f, Lost)], site.asked


@pytest.mark.parametrize(
    "named",
    ["covid-19-28", " covid-19-28 ", "/cases/covid-19-28", "radiopaedia.org/cases/covid-19-28",
     "http://www.radiopaedia.org/cases/covid-19-28/?lang=gb#x",
     "https://radiopaedia.org/cases/covid-19-28/studies/80001?lang=us"],
)  # fmt: skip
def test_a_case_is_named_by_slug_or_by_any_form_of_its_address(named: str) -> None:
    source = Radiopaedia(files=Path(), max_cases=9, queries=(), cases=(named,))
    assert list(source.listing(Shelf())) == [f"{SITE}/cases/covid-19-28?lang=us"]


@pytest.mark.parametrize(
    "named", ["90001", "rID-90001", "rID: 90001", "https://doi.org/10.53347/rID-90001"]
)
def test_a_case_is_named_by_its_number(named: str) -> None:
    source = Radiopaedia(files=Path(), max_cases=9, queries=(), cases=(named,))
    assert list(source.listing(Shelf())) == [f"{SITE}/cases/90001?lang=us"]


def test_a_number_in_the_file_of_parameters_is_a_case() -> None:
    entry = {"files": "x", "max_cases": 9, "queries": [], "cases": [90001]}
    assert load("radiopaedia", {"radiopaedia": entry}).model_dump()["cases"] == ("90001",)


@pytest.mark.parametrize(
    "named",
    ["https://example.org/cases/x", "/cases/", "/cases/new", "/cases/system/chest", "", "a b"],
)
def test_what_names_no_case_is_refused_in_a_sentence(named: str) -> None:
    entry = {"files": "x", "max_cases": 9, "queries": [], "cases": [named]}
    with pytest.raises(Misspelt, match="names no case; write its slug, its rID"):
        load("radiopaedia", {"radiopaedia": entry})


def test_to_name_nothing_is_refused_in_a_sentence() -> None:
    entry = {"files": "x", "max_cases": 9, "queries": [], "cases": []}
    with pytest.raises(Misspelt, match=r"sources\.radiopaedia.*name cases, queries or listings"):
        load("radiopaedia", {"radiopaedia": entry})
    with pytest.raises(Misspelt, match="is no listing"):
        load("radiopaedia", {"radiopaedia": entry | {"listings": ["https://example.org/cases"]}})


def test_listed_cases_are_read_before_the_search() -> None:
    pages = {SEARCH: results("b", "a")}
    slugs, lost, asked = walked(pages, cases=("z", "a"))
    assert (slugs, lost) == (["z", "a", "b", "a"], [])
    assert asked[0] == SEARCH


def test_a_listed_case_that_is_gone_is_told() -> None:
    source = Radiopaedia(files=Path(), max_cases=9, queries=(), cases=("gone",))
    (lost,) = source.read(Shelf())
    assert isinstance(lost, Lost)
    assert lost.reason == Reason.MISSING_IMAGE


NEXT = {
    "class": '<a class="next_page" href="/search?lang=us&amp;page=2&amp;scope=cases">Next</a>',
    "rel": '<a rel="next" href="/search?lang=us&amp;page=2&amp;scope=cases">&#8594;</a>',
    "head": '<link rel="next" href="/search?lang=us&amp;page=2&amp;scope=cases">',
    "aria": '<a aria-label="Next page" href="/search?lang=us&amp;page=2&amp;scope=cases">+</a>',
    "numbers": '<a href="/search?lang=us&amp;page=2&amp;scope=cases">2</a>',
    "last only": '<a href="/search?lang=us&amp;page=7&amp;scope=cases">7</a>',
    "query only": '<a class="next_page" href="?lang=us&amp;page=2&amp;scope=cases">Next</a>',
}


@pytest.mark.parametrize("pager", NEXT)
def test_the_next_page_is_found_in_every_pager(pager: str) -> None:
    second = f"{SITE}/search?lang=us&page=2&scope=cases"
    end = '<a href="/search?lang=us&amp;page=1&amp;scope=cases">1</a>'
    pages = {SEARCH: results("a", pager=NEXT[pager]), second: results("b", pager=end)}
    slugs, lost, _ = walked(pages)
    assert (slugs, lost) == (["a", "b"], [])


def test_pages_that_only_the_last_number_implies_are_all_read() -> None:
    seven = '<a href="/search?page=7">7</a>'
    pages = {SEARCH: results("a", pager=seven)}
    pages |= {f"{SITE}/search?page={n}": results(f"p{n}", pager=seven) for n in range(2, 8)}
    slugs, lost, _ = walked(pages)
    assert (slugs, lost) == (["a", "p2", "p3", "p4", "p5", "p6", "p7"], [])


def test_without_any_pager_one_page_more_is_asked_for() -> None:
    pages = {SEARCH: results("a"), f"{SEARCH}&page=2": results("b")}
    slugs, lost, asked = walked(pages)
    assert (slugs, lost) == (["a", "b"], [])
    assert asked[-1] == f"{SEARCH}&page=3"


def test_a_page_that_the_pager_names_and_that_is_not_there_is_told() -> None:
    slugs, lost, _ = walked({SEARCH: results("a", pager=NEXT["class"])})
    assert (slugs, [one.reason for one in lost]) == (["a"], [Reason.MISSING_IMAGE])


def test_a_page_that_shows_the_first_again_ends_the_walk() -> None:
    pages = {SEARCH: results("a", "b")} | {f"{SEARCH}&page={n}": results("a", "b") for n in (2, 3)}
    slugs, lost, asked = walked(pages)
    assert (set(slugs), lost, len(asked)) == ({"a", "b"}, [], 2)


def test_a_pager_without_end_is_told_and_ends() -> None:
    pager = '<a class="next_page" href="/search?page={}">Next</a>'
    pages = {SEARCH: results("a", pager=pager.format(2))}
    pages |= {f"{SITE}/search?page={n}": results("a", pager=pager.format(n + 1)) for n in (2, 3)}
    slugs, lost, asked = walked(pages)
    assert (set(slugs), [one.reason for one in lost]) == ({"a"}, [Reason.LAYOUT_CHANGED])
    assert len(asked) == 2


def test_a_listing_cut_off_gives_what_it_shows_and_is_told() -> None:
    slugs, lost, _ = walked({SEARCH: results("a", end='<a class="search-res')})
    assert slugs == ["a"]
    assert [one.reason for one in lost] == [Reason.LAYOUT_CHANGED]
    assert "cut off" in lost[0].detail


def test_a_result_without_an_address_is_told() -> None:
    mute = '<a class="search-result search-result-case" data-href="/cases/b">b</a>'
    slugs, lost, _ = walked({SEARCH: results("a", pager=mute)})
    assert (slugs, lost[0].reason) == (["a"], Reason.LAYOUT_CHANGED)
    assert "1 results name no case" in lost[0].detail


def test_an_empty_result_page_ends_the_walk_without_a_fault() -> None:
    nothing = results(
        end="<p>No results were found with these refinement filters applied</p></html>"
    )
    pages = {SEARCH: results("a", pager=NEXT["class"])}
    pages[f"{SITE}/search?lang=us&page=2&scope=cases"] = nothing
    assert walked(pages)[:2] == (["a"], [])


def test_links_beside_the_results_are_no_cases() -> None:
    menu = (
        '<a href="/cases/system/chest">Chest</a><a href="/cases/new">New</a>'
        '<a href="https://example.org/cases/x">x</a><a href="/cases/y">advert</a>'
    )
    assert walked({SEARCH: menu + results("a")})[0] == ["a"]


@pytest.mark.parametrize(
    ("listing", "second"),
    [("/cases?page=1&modality=X-ray", "/cases?page=2&modality=X-ray"),
     ("/encyclopaedia/cases/chest?lang=us&modality=X-ray",
      "/encyclopaedia/cases/chest?lang=us&modality=X-ray&page=2"),
     (f"{SITE}/cases/system/chest", "/cases/system/chest?page=2")],
)  # fmt: skip
def test_browse_pages_are_walked_like_a_search(listing: str, second: str) -> None:
    first = listing if listing.startswith("https") else SITE + listing
    pager = f'<a href="{second}">2</a>'
    pages = {first: results("a", pager=pager), SITE + second: results("b", pager=pager)}
    slugs, lost, _ = walked(pages, queries=(), listings=(listing,))
    assert (slugs, lost) == (["a", "b"], [])


def test_a_captcha_is_told_as_blocked(tmp_path: Path) -> None:
    gate = "<!DOCTYPE html><html><title>Just a moment...</title></html>"
    Store(tmp_path, is_durable=False).put(page(SEARCH, gate))
    source = Radiopaedia(files=tmp_path, max_cases=9, queries=("covid",))
    (lost,) = source.read(Recorded(tmp_path))
    assert isinstance(lost, Lost)
    assert lost.reason == Reason.BLOCKED


def case(rid: str) -> str:
    return (
        f'<html><h1>Pneumonia</h1><div class="author-info">Dr P</div>'
        f'<div class="row"><strong>rID:</strong> {rid}</div>'
        f'<div class="case-study" data-study-id="5">x</div></html>'
    )


def test_a_case_under_its_slug_and_its_number_gives_its_films_once() -> None:
    stacks = f"{SITE}/studies/5/stacks?lang=us"
    pages = {f"{SITE}/cases/{n}?lang=us": case("90001") for n in ("new-slug", "90001")}
    source = Radiopaedia(files=Path(), max_cases=9, queries=(), cases=("new-slug", "90001"))
    (film,) = source.read(Site(pages | {stacks: STACK}))
    assert isinstance(film, Draft)
    assert (film.patient, film.facts["case"]) == ("90001", f"{SITE}/cases/new-slug")


def test_a_renamed_slug_redirects_to_the_same_case() -> None:
    new = f"{SITE}/cases/new-slug"

    class Renamed(Site):
        def page(self, url: str) -> Page:
            found = super().page(url)
            return page(url, found.text, new) if "/cases/" in url else found

    stacks = f"{SITE}/studies/5/stacks?lang=us"
    pages = {f"{SITE}/cases/{n}?lang=us": case("") for n in ("old-slug", "new-slug")}
    source = Radiopaedia(files=Path(), max_cases=9, queries=(), cases=("old-slug", "new-slug"))
    (film,) = source.read(Renamed(pages | {stacks: STACK}))
    assert isinstance(film, Draft)
    assert film.patient == "new-slug"


def test_two_cases_with_one_file_stay_two_films() -> None:
    stacks = {f"{SITE}/studies/5/stacks?lang=us": STACK}
    pages = {f"{SITE}/cases/{n}?lang=us": case(n) for n in ("90001", "90003")}
    source = Radiopaedia(files=Path(), max_cases=9, queries=(), cases=("90001", "90003"))
    found = list(source.read(Site(pages | stacks)))
    assert len({film.source_ref for film in found}) == 2
