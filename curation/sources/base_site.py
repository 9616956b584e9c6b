"""What several sites need: whole links, the first picture that exists, a link's licence."""

import re
from urllib.parse import urljoin

from curation.sources.base import Page, Web, ask
from manifests.contract.record import Rejected
from manifests.contract.vocabulary import Reason


def absolute(site: str, link: object) -> str:
    """A page's link as a whole address with https; a link that is none stays as it is."""
    try:
        return re.sub("^http:", "https:", urljoin(site, str(link)))
    except ValueError:
        return str(link)


def is_html(page: Page) -> bool:
    """The body is a web page, whatever its header says."""
    start = page.data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<!--"))


def picture(web: Web, *urls: str) -> bytes:
    """The file at the first of `urls` that exists. Raises `Rejected` where none is a file."""
    *others, last = urls
    for url in others:
        found = ask(web, url, url)
        if isinstance(found, Page) and not is_html(found):
            return found.data
    page = web.page(last)
    if is_html(page):
        raise Rejected(
            Reason.BLOCKED, f"{last}: a web page came where a picture was asked; fetch it again"
        )
    return page.data


def spdx(license_url: str) -> str:
    """The SPDX id of a Creative Commons address, empty for any other."""
    found = re.search(r"creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)", license_url.lower())
    if found:
        return f"CC-{found[1].upper()}-{found[2]}"
    return "CC0-1.0" if "creativecommons.org/publicdomain/zero/1.0" in license_url.lower() else ""
