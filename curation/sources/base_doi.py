"""What a DOI looks like, alone, in an address and in a sentence."""

import re
from urllib.parse import unquote

DOI = re.compile(r"\b10\.\d{4,9}/[^\s?#&\"']+", re.IGNORECASE)
# What publishers append to a DOI in the addresses of their own pages.
PAGE = re.compile(r"(?:[/.](?:full|abstract|e?pdf|fulltext|html?|meta|long))+$")
RESOLVER = re.compile(r"^(?:https?://)?(?:dx[.-])?doi[.-]org\b|^doi:|^10\.", re.IGNORECASE)
# What may stand after a DOI that has come to its end: a page of the publisher, what closes a
# sentence or a bracket, a tag, another DOI. A letter or a digit would make it another DOI.
END = re.compile(
    r"(?:[/.](?:full|abstract|e?pdf|fulltext|html?|meta|long))*[.,;:)\]}>/|]*"
    r"(?:$|[\s?#&\"']|<(?=[/a-z])|(?<=[,;|])(?=10\.|doi\b|https?:))"
)
TIMES = 3
"""A link that went through a proxy is percent-encoded twice at most; one more does no harm."""


def plain(text: str) -> str:
    """`text` without percent-encoding."""
    for _ in range(TIMES):
        text = unquote(text)
    return text


def doi_in(text: str) -> str:
    """The first DOI in plain `text`, in small letters and without a publisher's page; else ""."""
    found = DOI.search(text)
    if found is None:
        return ""
    name = found[0].lower().rstrip(".,;/")
    return name if RESOLVER.search(text) else PAGE.sub("", name)


def doi_of(word: str) -> str:
    """The DOI that `word` is, bare or as an address of doi.org, in small letters; else ""."""
    text = plain(word.strip())
    return doi_in(text) if RESOLVER.search(text) else ""


def mentions(text: str, doi: str) -> bool:
    """`text` names exactly `doi`, given in small letters, and no longer DOI that begins with it."""
    words = plain(text).lower()
    found = re.finditer(rf"(?<![\d.]){re.escape(doi)}", words)
    return any(END.match(words, one.end()) for one in found)
