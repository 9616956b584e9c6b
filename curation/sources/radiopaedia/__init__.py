"""Radiopaedia.org: teaching cases, in the page layouts of 2020 and of 2023 (paper §3.1).

A case is one patient and may mix modalities; what a film shows stands beside its study, so a
normal study before the illness is told apart from the case's diagnosis.
"""

import re
from collections.abc import Iterator
from functools import partial
from itertools import chain, zip_longest
from typing import Any, ClassVar
from urllib.parse import quote_plus

from bs4 import BeautifulSoup, Tag
from pydantic import Field

from curation.sources.base import About, Draft, Lost, Page, Scraper, Web, ask
from curation.sources.base_site import absolute, is_html, parsed, picture, spdx
from curation.sources.radiopaedia.viewer import Picture, shown_in
from curation.sources.radiopaedia.words import illness, pcr, said_of_study
from manifests.contract.vocabulary import Reason

SITE = "https://radiopaedia.org"
NO_RESULTS = "No results were found"


class Radiopaedia(Scraper):
    """Cases that the site's own search gives for each query."""

    about: ClassVar[About] = About(
        title="Radiopaedia", homepage=SITE, license="CC-BY-NC-SA-3.0",
        license_url="https://radiopaedia.org/licence", paper="§3.1, positives 1 and negatives 3",
        citation="Radiopaedia.org, the contributor and rID of each case", needs_permission=True,
        hosts=("radiopaedia.org", "prod-images-static.radiopaedia.org",
               "images.radiopaedia.org"),
    )  # fmt: skip
    queries: tuple[str, ...] = Field(min_length=1)
    """What is typed into the site's search; the results are taken in turn."""

    def listing(self, web: Web) -> Iterator[str | Lost]:
        for turn in zip_longest(*(_results(web, query) for query in self.queries)):
            yield from (address for address in turn if address is not None)

    def parse(self, page: Page, web: Web) -> Iterator[Draft | Lost]:
        slug = page.url.partition("?")[0].rpartition("/")[2]
        if "/users/sign_in" in page.final_url:
            yield Lost(
                source_ref=slug,
                reason=Reason.BLOCKED,
                detail=f"{page.url}: shown to signed-in users only; left out",
            )
            return
        soup = parsed(page)
        studies, case = _studies(soup), _case(page, soup)
        if not studies:
            yield _changed(slug, f"{page.url}: no study found")
        for number, block in studies.items():
            shown = _pictures(page, soup, block, number, web)
            if isinstance(shown, Lost):
                yield shown
                continue
            said = said_of_study(
                _text(block, ".study-desc"), _text(block, ".study-findings"), case["finding"]
            )
            for one in shown:
                yield Draft(
                    source_ref=f"{case['patient']}/{number}/{one.ref}",
                    image=partial(picture, web, one.url),
                    study=number,
                    view=one.view,
                    modality=one.modality,
                    **(case | said),
                )


def _changed(ref: str, found: str) -> Lost:
    return Lost(source_ref=ref, reason=Reason.LAYOUT_CHANGED,
                detail=f"{found}; look at the page and mend the scraper")  # fmt: skip


def _text(soup: Tag, selector: str) -> str:
    found = soup.select_one(selector)
    return " ".join(found.get_text(" ").split()) if found else ""


def _results(web: Web, query: str) -> Iterator[str | Lost]:
    """Case addresses of all result pages of one search."""
    url = f"{SITE}/search?lang=us&scope=cases&q={quote_plus(query)}&modality=X-ray"
    asked: set[str] = set()
    while url and url not in asked:
        asked.add(url)
        page = ask(web, url, f"search: {query}, page {len(asked)}")
        if isinstance(page, Lost):
            yield page
            return
        soup = parsed(page)
        found = soup.select("a.search-result-case[href], .search-results a[href^='/cases/']")
        if not found and NO_RESULTS not in soup.get_text(" "):
            yield _changed(f"search: {query}, page {len(asked)}", f"{url}: no result, no pager")
        yield from dict.fromkeys(absolute(SITE, link["href"]) for link in found)
        following = soup.select_one("a.next_page[href], a[rel~=next][href]")
        url = absolute(SITE, following["href"]) if following else ""


def _studies(soup: BeautifulSoup) -> dict[str, Tag]:
    """Study number -> the block that describes it, in the order of the page."""
    blocks = soup.select(".case-study") or soup.select("[id^=study-], .main-study-desc[id]")
    numbered = {_number(block): block for block in blocks}
    return {number: block for number, block in numbered.items() if number}


def _number(block: Tag) -> str:
    if block.get("data-study-id"):
        return str(block["data-study-id"])
    for named in [block, *block.select("[id^=study-], .main-study-desc[id]")]:
        last = str(named.get("id", "")).rpartition("-")[2]
        if last.isdigit():
            return last
    links = " ".join(str(link["href"]) for link in block.select("a[href]"))
    found = re.search(r"/studies/(\d+)", links)
    return found[1] if found else ""


def _case(page: Page, soup: BeautifulSoup) -> dict[str, Any]:
    """What holds for every film of a case."""
    facts = {
        row.strong.get_text().strip(" :\n").lower(): " ".join(
            row.get_text(" ").partition(":")[2].split()
        )
        for row in soup.select(".citation-info .row, #citation-info .row, .data-item")
        if row.strong
    }
    rid = facts.get("rid") or page.final_url.partition("?")[0].rpartition("/")[2]
    author = re.sub(r"^Case contributed by\s+", "", _text(soup, ".author-info"))
    licence = soup.select_one("a[rel~=license][href]")
    return {
        # The permalink, not the DOI: what may be published is decided by the site's host.
        "url": f"{SITE}/cases/{rid}",
        "patient": rid,
        "age": facts.get("age", ""),
        "sex": facts.get("gender") or facts.get("sex", ""),
        "finding": illness(
            _text(soup, "h1"), facts.get("tags", ""), _text(soup, ".diagnostic-certainty-title")
        ),
        "pcr": pcr(_text(soup, ".user-generated-content")),
        "license": spdx(str(licence["href"])) if licence else "",
        "attribution": f"Case courtesy of {author or '?'}, Radiopaedia.org, rID: {rid}",
        "retrieved": page.retrieved,
    }


def _pictures(
    page: Page, soup: BeautifulSoup, block: Tag, number: str, web: Web
) -> list[Picture] | Lost:
    """The images of a study, from the data in the page or from the viewer's document."""
    holders = [part.select(".InlineStudyViewer, .hidden.data") for part in (block, soup)]
    for holder in chain(*holders):
        if found := shown_in(holder.get_text(), number):
            return found
    named = re.search(rf"/studies/{number}/(?:stacks|annotated_viewer_json)[^\"'<>\s]*", str(block))
    paths = [named[0].replace("&amp;", "&")] if named else []
    paths += [f"/studies/{number}/{kind}?lang=us" for kind in ("stacks", "annotated_viewer_json")]
    ref = f"study {number}"
    missing: list[Lost] = []
    for path in dict.fromkeys(paths):
        answer = ask(web, SITE + path, ref)
        if isinstance(answer, Lost):
            missing.append(answer)
            continue
        if is_html(answer):
            detail = f"{answer.url}: a web page came where the viewer's data was asked; fetch again"
            return Lost(source_ref=ref, reason=Reason.BLOCKED, detail=detail)
        return shown_in(answer.text, number) or _changed(
            ref, f"{answer.url} (for {page.url}): no image of the study found"
        )
    return missing[0]
