"""What a case page says that holds for every film of the case: patient, diagnosis, contributor."""

import re
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from curation.sources.base import Page
from curation.sources.base_pcr import pcr
from curation.sources.base_site import is_whole, plain, spdx
from curation.sources.radiopaedia.words import illness

SITE = "https://radiopaedia.org"
NAMES = r"(age|gender|sex|rid|doi|tags|systems?)"
# "Age:" in an element of its own, or "Age: 50 years Gender: Male" in one; never "Tags" in a menu.
LABEL = re.compile(rf"\s*{NAMES}\s*(:?)\s*", re.IGNORECASE)
LABELLED = re.compile(rf"\b{NAMES}\s*:\s*(.*?)(?=\s*\b{NAMES}\s*:|\s*$)", re.IGNORECASE)
BOLD = frozenset({"strong", "b", "dt", "th"})
CERTAINTY = re.compile(
    r"\s*(diagnosis\s+(?:almost certain|certain|probable|possible))\s*", re.IGNORECASE
)
CREDIT = re.compile(r"^\s*case contributed by\s+", re.IGNORECASE)
PATIENT = ".data-section, [id*=patient-data]"


def title_of(soup: BeautifulSoup) -> str:
    """The heading of the page, empty where it has none."""
    return text(soup, "h1.header-title") or text(soup, "h1")


def text(soup: Tag, selector: str) -> str:
    """The words of the first element that fits, in one line."""
    found = soup.select_one(selector)
    return plain(found) if found else ""


def case_of(page: Page, soup: BeautifulSoup) -> dict[str, Any]:
    """What holds for every film of a case, in the fields of a `Draft`."""
    said = _labelled(soup)
    rid = rid_of(page, said)
    certainty = certainty_of(soup)
    return {
        # The permalink, not the DOI: what may be published is decided by the site's host.
        "url": f"{SITE}/cases/{rid}",
        "patient": rid,
        "age": said.get("age", ""),
        "sex": said.get("gender") or said.get("sex", ""),
        "finding": illness(title_of(soup), said.get("tags", ""), certainty),
        "pcr": pcr(text(soup, ".user-generated-content") or text(soup, "#main, body")),
        "license": _licence(soup),
        "attribution": f"Case courtesy of {_author(soup) or '?'}, Radiopaedia.org, rID: {rid}",
        # The address that other collections cite, beside the lasting one.
        "facts": {
            "case": f"{SITE}/cases/{slug_of(page.final_url)}",
            "certainty": certainty.lower(),
        },
        "retrieved": page.retrieved,
    }


def faults_of(page: Page, soup: BeautifulSoup) -> Iterator[str]:
    """What a case page should say and does not, where its films can still be told."""
    said = _labelled(soup)
    if not is_whole(page):
        yield "the page was cut off before its end; fetch it again, or"
    if not _author(soup):
        yield "no contributor found, whom the licence asks to name"
    told = [part for part in map(plain, soup.select(PATIENT)) if ":" in part]
    if told and not said.keys() & {"age", "gender", "sex"}:
        yield "the patient's data names neither age nor sex"


def slug_of(address: str) -> str:
    """The last part of a case's address: its slug or its rID."""
    return re.split(r"[?#]", address, maxsplit=1)[0].rstrip("/").rpartition("/")[2]


def rid_of(page: Page, said: dict[str, str]) -> str:
    """The case's number, by its own row, by its DOI, or by the page's address."""
    for named in (said.get("rid", ""), said.get("doi", "").rpartition("rID-")[2]):
        if named.strip().isdecimal():
            return named.strip()
    return slug_of(page.final_url)


def certainty_of(soup: BeautifulSoup) -> str:
    """The contributor's word for how sure the diagnosis is, or nothing."""
    found = text(soup, ".diagnostic-certainty-title")
    return found or next((m[1] for s in soup.strings if (m := CERTAINTY.fullmatch(s))), "")


def _author(soup: BeautifulSoup) -> str:
    said = next((string for string in soup.strings if CREDIT.search(string)), "")
    named = text(soup, ".author-info") or " ".join(said.split())
    return CREDIT.sub("", named)


def _licence(soup: BeautifulSoup) -> str:
    """The case's own licence as an SPDX id; nothing where the site's holds."""
    links = soup.select("a[rel~=license][href]") or soup.select(
        "a[href*='creativecommons.org/'], link[rel~=license][href]"
    )
    return spdx(str(links[0]["href"])) if links else ""


def _labelled(soup: BeautifulSoup) -> dict[str, str]:
    """Label -> words beside it, whatever the tags and classes; the first of each label counts."""
    said: dict[str, str] = {}
    for string in soup.strings:
        if isinstance(string, NavigableString) and (label := LABEL.match(string)):
            is_alone = label.end() == len(string)
            if is_alone and (label[2] or (string.parent and string.parent.name in BOLD)):
                found = [(label[1], _beside(string))]
            elif label[2]:
                told = LABELLED.finditer(" ".join(string.split()))
                found = [(one[1], one[2]) for one in told]
            else:
                continue
            for name, words in found:
                said[name.lower()] = said.get(name.lower()) or words
    return {name: words for name, words in said.items() if words}


def _beside(label: NavigableString) -> str:
    """The words after a label, in its own element or in those that follow the element."""
    node: Any = label
    for _ in range(3):
        words: list[str] = []
        for after in node.next_siblings:
            told = after.get_text(" ")
            if LABEL.match(told):
                break
            words.append(told)
        if found := " ".join(" ".join(words).split()):
            return found.removeprefix(":").strip()
        node = node.parent
    return ""
