"""EuroRad, the case library of the European Society of Radiology (paper §3.1, positives 3).

A case is one patient and mixes radiographs with CT, ultrasound and histology; what a picture is
stands in its caption only. Headings are known by their words, since classes change.
"""

import re
from collections.abc import Iterator
from functools import partial
from itertools import zip_longest
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from pydantic import Field, field_validator, model_validator

from curation.sources.base import About, Draft, Lost, Page, Scraper, Web
from curation.sources.base_pcr import pcr
from curation.sources.base_site import changed, parsed, picture
from curation.sources.eurorad import words
from curation.sources.eurorad.captions import films
from curation.sources.eurorad.case import attribution, demographics, facts, licence, sections
from curation.sources.eurorad.figures import Figure, figures, labels
from curation.sources.eurorad.search import SITE, results
from manifests.contract.vocabulary import Reason

CASE = re.compile(r"/case/(\d+)")
NAMED = re.compile(r"(?:.*(?:/case/|eurorad/case\.))?(\d{1,6})(?:[/?#].*)?")
FIGURE = re.compile(r"\bfig(?:ures?|s)?\.?\s*(\d{1,2})", re.IGNORECASE)
SPEAKING = ("clinical history", "imaging findings", "imaging perspective", "discussion")


class Eurorad(Scraper):
    """Cases that a maintainer names, and cases that the site's own search gives."""

    about: ClassVar[About] = About(
        title="EuroRad", homepage=SITE, license="CC-BY-NC-SA-4.0", paper="§3.1, positives 3",
        license_url="https://creativecommons.org/licenses/by-nc-sa/4.0/",
        citation="EuroRad, European Society of Radiology; department and case number of each film",
        hosts=("www.eurorad.org", "eurorad.org"),
    )  # fmt: skip
    queries: tuple[str, ...] = Field(())
    """What is typed into the site's search; the results are taken in turn. May be empty."""
    cases: tuple[str, ...] = Field(())
    """Numbers or addresses of single cases; they come before what is searched. May be empty."""

    @field_validator("cases", mode="before")
    @classmethod
    def _numbers(cls, given: Any) -> Any:  # noqa: ANN401 - YAML comes in
        if not isinstance(given, list | tuple):
            return given
        named = [(one, NAMED.fullmatch(str(one).strip())) for one in given]
        if wrong := [one for one, found in named if found is None]:
            raise ValueError(f"{wrong[0]!r} is no case; write 16901 or {SITE}/case/16901")
        return tuple(found[1] for _, found in named if found)

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not (self.queries or self.cases):
            raise ValueError("names neither queries nor cases; write what to search for, or a case")
        return self

    def listing(self, web: Web) -> Iterator[str | Lost]:
        yield from (f"{SITE}/case/{number}" for number in self.cases)
        for turn in zip_longest(*(results(web, query) for query in self.queries)):
            yield from (address for address in turn if address is not None)

    def parse(self, page: Page, web: Web) -> Iterator[Draft | Lost]:
        found = CASE.match(urlsplit(page.final_url).path)
        if found is None:
            ref = urlsplit(page.url).path.strip("/")
            detail = f"{page.url}: leads to {page.final_url}, which is no case; left out"
            yield Lost(source_ref=ref, reason=Reason.BLOCKED, detail=detail)
            return
        number, soup = found[1], parsed(page)
        said, shown = sections(soup), figures(soup, found[1])
        if not said.get("final diagnosis"):
            yield changed(number, f"{page.url}: no Final Diagnosis found")
            return
        if not any(figure.caption for figure in shown):
            yield changed(number, f"{page.url}: no figure with a caption found")
            return
        if hidden := _hidden(soup, shown, said):
            yield changed(f"{number}/figures", f"{page.url}: {hidden}")
        case = _case(page, soup, number, said)
        is_series = len({words.patient(figure.caption) for figure in shown} - {""}) > 1
        for figure in shown:
            of_one = _of_one(number, figure) if is_series else {}
            yield _film(case | of_one, figure, number, web)


def _hidden(soup: BeautifulSoup, shown: list[Figure], said: dict[str, str]) -> str:
    """What speaks of more figures than were found, or nothing."""
    text = " ".join(said.get(name, "") for name in SPEAKING)
    spoken_of = max(map(int, FIGURE.findall(text)), default=0)
    if len(labels(soup)) > len(shown):
        return f"{len(labels(soup))} figures are numbered, {len(shown)} found"
    if spoken_of > len(shown):
        return f"the text speaks of figure {spoken_of}, {len(shown)} found"
    return ""


def _case(page: Page, soup: BeautifulSoup, number: str, said: dict[str, str]) -> dict[str, Any]:
    """What holds for every picture of a case."""
    age, sex = demographics(soup)
    return {
        "url": f"{SITE}/case/{number}",
        "patient": number,
        "study": number,
        "age": age,
        "sex": sex,
        "finding": words.illness(said["final diagnosis"]),
        "pcr": pcr(said.get("clinical history", "")),
        "license": licence(soup),
        "facts": facts(soup, said),
        "retrieved": page.retrieved,
    }


def _of_one(number: str, figure: Figure) -> dict[str, str]:
    """A case of several patients: age and sex of the page are then not this patient's."""
    patient = words.patient(figure.caption)
    return {"patient": f"{number}/{patient}" if patient else number, "age": "", "sex": ""}


def _film(case: dict[str, Any], figure: Figure, number: str, web: Web) -> Draft | Lost:
    ref, told = f"{number}/{figure.name}", films(figure.caption)
    if not figure.urls:
        return changed(ref, f"{case['url']}: {figure.name} names no file")
    # Letters speak of these pictures only where there is one letter for each.
    is_lettered = len(told) == figure.sharing
    film = told.get("") or (told.get(figure.letter) if is_lettered else None)
    if film is None:
        panels = "; ".join(f"{letter}: {one}" for letter, one in told.items())
        detail = (
            f"{case['url']}: by its caption, {figure.name} is one of several pictures or holds "
            f"several ({panels or 'without letters'}); look at it, and crop it into single films"
        )
        return Lost(source_ref=ref, reason=Reason.NOT_RADIOGRAPH, detail=detail)
    return Draft(
        source_ref=ref,
        image=partial(picture, web, *figure.urls),
        attribution=attribution(figure.credit, number),
        **case,
        **film._asdict(),
    )
