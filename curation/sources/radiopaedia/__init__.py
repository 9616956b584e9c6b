"""Radiopaedia.org: teaching cases, in the page layouts of 2020 and of 2023 (paper §3.1).

A case is one patient and may mix modalities; what a film shows stands beside its study, so a
normal study before the illness is told apart from the case's diagnosis. The site has no name for a
patient: two cases of one person are joined by their pictures alone.
"""

from collections.abc import Iterator
from functools import partial
from itertools import zip_longest
from typing import Any, ClassVar, Self
from urllib.parse import quote_plus

from bs4 import BeautifulSoup, Tag
from pydantic import field_validator, model_validator

from curation.sources.base import About, Draft, Lost, Page, Scraper, Web
from curation.sources.base_site import changed, once, parsed, picture
from curation.sources.radiopaedia import studies
from curation.sources.radiopaedia.case import case_of, faults_of, slug_of, title_of
from curation.sources.radiopaedia.listing import SITE, case_address, listing_address, walk
from curation.sources.radiopaedia.pictures import shown_of
from curation.sources.radiopaedia.viewer import Shown
from curation.sources.radiopaedia.words import said_of_study
from manifests.contract.vocabulary import Reason

GATE = "form[action*=sign_in], form#new_user"


class Radiopaedia(Scraper):
    """Cases that a maintainer lists, and cases that the site's own search or listings give."""

    about: ClassVar[About] = About(
        title="Radiopaedia", homepage=SITE, license="CC-BY-NC-SA-3.0",
        license_url="https://radiopaedia.org/licence", paper="§3.1, positives 1 and negatives 3",
        citation="Radiopaedia.org, the contributor and rID of each case", needs_permission=True,
        hosts=("radiopaedia.org", "prod-images-static.radiopaedia.org",
               "images.radiopaedia.org"),
    )  # fmt: skip
    cases: tuple[str, ...] = ()
    """Cases by slug, rID or address, read before all others; may be absent."""
    queries: tuple[str, ...]
    """What is typed into the site's search; the results are taken in turn. May be empty."""
    listings: tuple[str, ...] = ()
    """Listing pages to browse after that, such as /encyclopaedia/cases/chest; may be absent."""

    @field_validator("cases", mode="before")
    @classmethod
    def _words(cls, given: Any) -> Any:  # noqa: ANN401 - YAML comes in, where an rID is a number
        return [str(case) for case in given] if isinstance(given, list | tuple) else given

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        for case in self.cases:
            case_address(case)
        for listing in self.listings:
            listing_address(listing)
        if not (self.cases or self.queries or self.listings):
            raise ValueError("nothing is named to read; name cases, queries or listings")
        return self

    def listing(self, web: Web) -> Iterator[str | Lost]:
        yield from map(case_address, self.cases)
        searches = (walk(web, _search(query), f"search: {query}") for query in self.queries)
        for turn in zip_longest(*searches):
            yield from (address for address in turn if address is not None)
        for named in self.listings:
            yield from walk(web, listing_address(named), f"listing: {named}")

    def read(self, web: Web) -> Iterator[Draft | Lost]:
        """All cases; one that stands under its slug and its rID gives its films once."""
        return once(super().read(web))

    def parse(self, page: Page, web: Web) -> Iterator[Draft | Lost]:
        slug, soup = slug_of(page.url), parsed(page)
        blocks = studies.studies_of(soup)
        if "/users/sign_in" in page.final_url or (not blocks and soup.select_one(GATE)):
            detail = f"{page.url}: shown to signed-in users only; left out"
            yield Lost(source_ref=slug, reason=Reason.BLOCKED, detail=detail)
        elif not title_of(soup):
            yield changed(slug, f"{page.url}: no title found, so that no film has a diagnosis")
        else:
            yield from self._films(page, soup, blocks, web)

    def _films(
        self, page: Page, soup: BeautifulSoup, blocks: dict[str, Tag], web: Web
    ) -> Iterator[Draft | Lost]:
        slug, case = slug_of(page.url), case_of(page, soup)
        unread = studies.unread(page.text, soup, case["patient"], blocks)
        if not (blocks or unread):
            yield changed(slug, f"{page.url}: no study found")
            return
        faults = [*faults_of(page, soup), *["a study has no number"] * studies.mute(soup)]
        for number, fault in enumerate(faults, start=1):
            yield changed(f"{slug}, fault {number}", f"{page.url}: {fault}")
        for study in [*blocks, *unread]:
            shown = shown_of(study, case["patient"], blocks.get(study), page, web)
            if isinstance(shown, Lost):
                yield shown
            else:
                yield from _of_study(page, case | {"study": study}, blocks.get(study), shown, web)


def _of_study(
    page: Page, case: dict[str, Any], block: Tag | None, shown: Shown, web: Web
) -> Iterator[Draft | Lost]:
    """The films of one study, each with what is said beside the study."""
    study = case["study"]
    for number, fault in enumerate(shown.faults, start=1):
        yield changed(f"study {study}, fault {number}", f"{page.url}: {fault}")
    caption, findings = studies.told_of(block) if block else ("", "")
    caption, findings = caption or shown.caption, findings or shown.findings
    if block is None and not (caption or findings):
        # It may be a normal film of the time before the illness.
        yield changed(f"study {study}", f"{page.url}: what study {study} shows is not told")
        return
    said = said_of_study(caption, findings, case["finding"])
    for one in shown.pictures:
        yield Draft(
            source_ref=f"{case['patient']}/{study}/{one.ref}",
            image=partial(picture, web, *one.urls),
            view=one.view,
            modality=one.modality or (studies.modality_of(block) if block else ""),
            **(case | said),
        )


def _search(query: str) -> str:
    return f"{SITE}/search?lang=us&scope=cases&q={quote_plus(query)}&modality=X-ray"
