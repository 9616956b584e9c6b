"""What a EuroRad page says of its case: sections by their headings, the patient, the licence."""

import re
from collections.abc import Iterator
from itertools import chain, islice

from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString

from curation.sources.base_site import plain, spdx
from curation.sources.eurorad import words

HEADINGS = frozenset({
    "clinical history", "imaging findings", "discussion", "background", "clinical perspective",
    "imaging perspective", "outcome", "teaching points", "take home message / teaching points",
    "differential diagnosis list", "differential diagnosis", "final diagnosis", "figures",
    "references", "take home message",
})  # fmt: skip
FACT = re.compile(r"^\s*(?:section|case type|area of interest)\s*:", re.IGNORECASE)
BLOCKS = ("p", "div", "li", "ul", "dd", "dt", "td", "tr", "h1", "h2", "h3", "h4", "h5", "section")
SILENT = ("script", "style", "title", "template", "option", "textarea")


def sections(soup: BeautifulSoup) -> dict[str, str]:
    """Heading, in small letters -> the text below it; the first that is not empty counts."""
    found: dict[str, str] = {}
    for text in soup.find_all(string=_is_heading):
        name = _name(text)
        if text.parent is None or text.find_parent(["nav", *SILENT]) or found.get(name):
            continue
        found[name] = "; ".join(_below(text))
    return found


def demographics(soup: BeautifulSoup) -> tuple[str, str]:
    """Age and sex as the page writes them, both empty where it does not."""
    sure = [words.who(plain(line), is_sure=True) for line in soup.select("p.color-grey")]
    # Where the class has changed: a line that says this and nothing else.
    texts = soup.find_all(string=re.compile(r"^[^.]{1,60}$"))
    unsure = (words.who(text, is_sure=False) for text in texts)
    return next((told for told in chain(sure, unsure) if any(told)), ("", ""))


def licence(soup: BeautifulSoup) -> str:
    """The licence that the page itself states: its SPDX id, else its address; mostly nothing."""
    stated = soup.select_one("link[rel~=license][href], a[rel~=license][href]")
    stated = stated or soup.select_one("a[href*='creativecommons.org/licenses/']")
    address = str(stated["href"]) if stated else ""
    return spdx(address) or address


def attribution(credit: str, number: str) -> str:
    """The © line of a figure, with the case it stands in."""
    return f"{credit or 'European Society of Radiology'} (EuroRad, case {number})"


def facts(soup: BeautifulSoup, said: dict[str, str]) -> dict[str, str]:
    """What the head of the page says beyond our columns, and what else was thought of."""
    doubted = said.get("differential diagnosis list") or said.get("differential diagnosis", "")
    found = {"differential_diagnosis": doubted}
    for line in soup.find_all(string=FACT):
        name, _, value = line.partition(":")
        found.setdefault("_".join(name.lower().split()), " ".join(value.split())[:200])
    return found


def _name(text: object) -> str:
    return " ".join(str(text).lower().split()).strip(" :")


def _is_heading(text: str | None) -> bool:
    return text is not None and len(text) < 200 and _name(text) in HEADINGS  # noqa: PLR2004 - of blanks around it


def _below(heading: NavigableString) -> Iterator[str]:
    """The lines after a heading, up to whatever holds the next heading."""
    place: Tag | NavigableString = heading
    while place.parent is not None and len(list(islice(place.parent.stripped_strings, 2))) == 1:
        place = place.parent
    for beside in place.next_siblings:
        if isinstance(beside, Tag):
            if beside.find(string=_is_heading):
                return
            yield from _lines(beside)
        elif isinstance(beside, NavigableString) and not isinstance(beside, Comment):
            yield from filter(None, [" ".join(beside.split()).strip(" :")])


def _lines(tag: Tag) -> Iterator[str]:
    """The text of `tag`, a line for each block in it, so that two diagnoses stay two."""
    line, block = "", None
    for text in tag.find_all(string=True):
        within = text.find_parent(BLOCKS)
        if isinstance(text, Comment) or text.find_parent(SILENT):
            continue
        if within is not block and line.strip():
            yield " ".join(line.split())
            line = ""
        line, block = line + str(text), within
    if line.strip():
        yield " ".join(line.split())
