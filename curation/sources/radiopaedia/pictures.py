"""Where a study's images are told: in the case page, or in the documents of its viewer."""

import re
from collections.abc import Iterator
from html import unescape

from bs4 import Tag

from curation.sources.base import Lost, Page, Web, ask
from curation.sources.base_site import is_html, parsed
from curation.sources.radiopaedia.viewer import NOTHING, Shown, shown_in, stacked_in
from manifests.contract.vocabulary import Reason

SITE = "https://radiopaedia.org"
# The viewer's object as text in the page, in whatever element.
HELD = re.compile(r"^\s*\{\s*(?:\"|&quot;)study(?:\"|&quot;)")
FULLSCREEN = ("?new_full_screen_viewer=true", "?lang=us")


def shown_of(study: str, case: str, block: Tag | None, page: Page, web: Web) -> Shown | Lost:
    """What the viewer shows of a study, by the first of all documents that tells.

    The years have moved it: into the page itself, an array, an object, a page of its own.
    """
    soup, losses = parsed(page), list[Lost]()
    for part in (block, soup):
        if part and (shown := _inside(part, study)) != NOTHING:
            return shown
    for address in _documents(study, case, block, page):
        answer = ask(web, address, f"study {study}")
        shown = NOTHING if isinstance(answer, Lost) else _read(answer, study)
        if shown != NOTHING:
            return shown
        losses.append(answer if isinstance(answer, Lost) else _told(answer, study, page))
        if losses[-1].reason == Reason.BLOCKED and isinstance(answer, Lost):
            break
    # That one document is missing says less than what another has instead.
    return next((lost for lost in losses if lost.reason != Reason.MISSING_IMAGE), losses[0])


def _inside(part: Tag, study: str) -> Shown:
    """What the page's own data shows of the study."""
    held = (str(string) for string in part.find_all(string=HELD))
    found = (shown_in(text, study) for told in held for text in (told, unescape(told)))
    return next((shown for shown in found if shown != NOTHING), NOTHING)


def _documents(study: str, case: str, block: Tag | None, page: Page) -> Iterator[str]:
    kinds = ("stacks", "annotated_viewer_json")
    named = re.compile(rf"/studies/{study}/(?:{'|'.join(kinds)})[^\"'<>\s]*")
    paths = named.findall(unescape(str(block) if block else "")) or named.findall(
        unescape(page.text)
    )
    # A viewer that is asked for findings alone leaves out what has none.
    paths = [path.replace("&only_findings=true", "") for path in paths[:1]]
    paths += [f"/studies/{study}/{kind}?lang=us" for kind in kinds]
    paths += [f"/cases/{case}/studies/{study}{query}" for query in FULLSCREEN]
    yield from (SITE + path for path in dict.fromkeys(paths))


def _read(answer: Page, study: str) -> Shown:
    if not is_html(answer):
        return shown_in(answer.text, study)
    # An array does not name its study: only the page of this very study is believed.
    is_own = re.search(rf"/studies/{study}(?![\d/])", answer.final_url)
    stacked = shown_in(stacked_in(answer.text), study) if is_own else NOTHING
    return stacked if stacked != NOTHING else _inside(parsed(answer), study)


def _told(answer: Page, study: str, page: Page) -> Lost:
    if is_html(answer):
        detail = f"{answer.url}: a web page came where the viewer's data was asked; fetch again"
        return Lost(source_ref=f"study {study}", reason=Reason.BLOCKED, detail=detail)
    detail = f"{answer.url} (for {page.url}): no image of the study found"
    return Lost(
        source_ref=f"study {study}", reason=Reason.LAYOUT_CHANGED,
        detail=f"{detail}; look at the page and mend the scraper",
    )  # fmt: skip
