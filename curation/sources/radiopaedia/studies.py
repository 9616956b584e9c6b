"""The studies of a case page: where each one's block is, and what it says beside its films."""

import re
from collections.abc import Iterator
from html import unescape

from bs4 import BeautifulSoup, Tag

from curation.sources.radiopaedia.case import text

MARKS = "[data-study-id], [id^=study-], .main-study-desc[id]"
# What stands in a block and says nothing of what its films show.
ASIDE = ".main-study-desc, .study-modality, .study-desc, .carousel, script, style"
AROUND = "h1, .data-item, [id^=case-patient], #case-discussion"


def studies_of(soup: BeautifulSoup) -> dict[str, Tag]:
    """Study number -> the block that describes it, in the order of the page."""
    blocks = soup.select(".case-study") or list(_marked(soup))
    numbered = {_number(block): block for block in blocks}
    return {number: block for number, block in numbered.items() if number}


def unread(page: str, soup: BeautifulSoup, case: str, found: dict[str, Tag]) -> list[str]:
    """Numbers of this case's studies that the page names and that no block describes."""
    links = re.findall(
        rf"(?:/cases/{re.escape(case)}/studies/(\d+)|/studies/(\d+)/(?:stacks|annotated_viewer))",
        unescape(page),
    )
    inside = re.findall(r'\{"study":\s*\{[^{}\[]*?"id":\s*"?(\d+)', unescape(page))
    named = [*_marks(soup), *(one or other for one, other in links), *inside]
    return [number for number in dict.fromkeys(named) if number and number not in found]


def mute(soup: BeautifulSoup) -> int:
    """How many blocks of studies have no number."""
    return sum(not _number(block) for block in soup.select(".case-study"))


def told_of(block: Tag) -> tuple[str, str]:
    """Caption and findings of a study, as its block words them."""
    caption = text(block, ".study-desc") or text(block, ".main-study-desc, h2, h3")
    return caption, text(block, ".study-findings") or _rest(block)


def modality_of(block: Tag) -> str:
    """The modality that the block names, for a viewer that names none."""
    return text(block, ".study-modality")


def _rest(block: Tag) -> str:
    """The words of a block beside its caption, its viewer's data and its thumbnails."""
    aside = set(map(id, block.select(ASIDE)))
    return " ".join(
        " ".join(string.split())
        for string in block.strings
        if not string.lstrip().startswith("{") and not aside & {id(part) for part in string.parents}
    )


def _marked(soup: BeautifulSoup) -> Iterator[Tag]:
    """For each study that a mark names, the largest part of the page that is of it alone."""
    for number, mark in _marks(soup).items():
        block = mark
        while block.parent and _is_of_one(block.parent, number):
            block = block.parent
        yield block


def _marks(part: Tag) -> dict[str, Tag]:
    """Number of a study -> the first element that bears it."""
    marks: dict[str, Tag] = {}
    for mark in part.select(MARKS):
        marks.setdefault(_last(str(mark.get("data-study-id") or mark.get("id"))), mark)
    return {number: mark for number, mark in marks.items() if number}


def _is_of_one(part: Tag, number: str) -> bool:
    if part.name in {"body", "html", "main"} or part.get("id") in {"case-images", "main"}:
        return False
    return set(_marks(part)) <= {number} and not part.select_one(AROUND)


def _last(named: str) -> str:
    last = named.rpartition("-")[2]
    return last if last.isdecimal() else ""


def _number(block: Tag) -> str:
    if block.get("data-study-id"):
        return str(block["data-study-id"])
    own = _last(str(block.get("id", "")))
    if marked := own or next(iter(_marks(block)), ""):
        return marked
    found = re.search(r"/studies/(\d+)", " ".join(str(a["href"]) for a in block.select("a[href]")))
    return found[1] if found else ""
