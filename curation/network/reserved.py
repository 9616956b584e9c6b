"""What a host keeps from machines that learn: `noai`, `noimageai`, `tdm-reservation`.

Said in a header (`X-Robots-Tag`, `TDM-Reservation`) or in a page (`<meta name="robots">`, and the
same for one agent or for text and data mining). W3C's TDM Reservation Protocol is of May 2024.
"""

import re

import requests

from curation.network.headers import values

AGENT = "cxr-curation"
# "noindex" is for search engines, and stands on many a plain data file.
RULES = frozenset({"noai", "noimageai"})
WITH_VALUE = frozenset({"max-snippet", "max-image-preview", "max-video-preview",
                        "unavailable_after"})  # fmt: skip
PREFIX = re.compile(r"\s*([\w*./-]+)\s*:(.*)", re.DOTALL)
HEAD = 512 * 1024
"""Bytes of a page in which its own head is looked for."""
META = re.compile(rb"<meta\b[^<>]{0,2000}>", re.IGNORECASE)
ATTRIBUTE = re.compile(
    rb"""([a-z-]{1,20})\s{0,9}=\s{0,9}("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE
)


def by_header(response: requests.Response) -> str:
    """Why the answer may not be taken, empty where nothing in its head says so."""
    for tag in values(response, "X-Robots-Tag"):
        if _is_for_us(tag):
            return f"is reserved by its host (X-Robots-Tag: {tag[:80]})"
    if "1" in [value.strip() for value in values(response, "TDM-Reservation")]:
        return "is reserved by its host (TDM-Reservation: 1)"
    return ""


def by_page(data: bytes) -> str:
    """Why the page may not be taken, empty where none of its `<meta>` tags says so."""
    for tag in META.findall(_without_comments(data[:HEAD])):
        told = {
            name.lower(): value.strip(b"\"'").decode("utf-8", "replace").strip()
            for name, value in ATTRIBUTE.findall(tag)
        }
        name, content = told.get(b"name", "").lower(), told.get(b"content", "")
        is_reserved = (name in {"robots", AGENT} and _is_for_us(content)) or (
            name == "tdm-reservation" and content == "1"
        )
        if is_reserved:
            return f"is reserved by its host (its meta tag {name} says {content[:80]})"
    return ""


def _without_comments(data: bytes) -> bytes:
    first, *others = data.split(b"<!--")
    return b"".join([first, *(other.partition(b"-->")[2] for other in others)])


def _is_for_us(tag: str) -> bool:
    """One of the rules holds for us: those behind `other:` hold for that agent only."""
    is_ours = True
    for part in re.split("[,;]", tag):
        named = PREFIX.fullmatch(part)
        rule = part
        if named and named[1].lower() not in WITH_VALUE:
            is_ours = named[1].lower().partition("/")[0] in {AGENT, "*"}
            rule = named[2]
        if is_ours and RULES & set(rule.lower().split()):
            return True
    return False
