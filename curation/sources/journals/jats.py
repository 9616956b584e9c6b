"""What the XML of an article (JATS) says: licence, retraction, figures with their captions."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from curation.sources.base_site import spdx
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

MAX_BYTES = 32 * 2**20
"""The longest articles have some 5 MB of XML."""
XLINK = "{http://www.w3.org/1999/xlink}href"
# Journals set the letter of a panel in bold where others write "(A)".
LETTER = re.compile(r"\(?([A-Ha-h](?:\s*(?:,|and|&|-|\u2013)\s*[A-Ha-h])*)\)?[.,:]?")
EMPHASIS = frozenset({"bold", "italic", "sc", "styled-content", "underline"})
OTHERS = "ancestor::*[local-name()='sub-article' or local-name()='response']"


class Figure(NamedTuple):
    """One `<fig>`: `pictures` are names without extension, one for each graphic."""

    name: str
    label: str
    caption: str
    pictures: tuple[str, ...]
    license: str
    """SPDX id, or NOASSERTION, where the figure has terms of its own; mostly empty."""


class Jats(NamedTuple):
    """What we take from an article."""

    doi: str
    pmcid: str
    """Empty where the article does not give it."""
    title: str
    author: str
    """Surname of the first, with "et al." where there are more; may be empty."""
    license: str
    is_retracted: bool
    figures: tuple[Figure, ...]


def read(data: bytes, name: str) -> Jats:
    """The article in `data`; nothing outside it is loaded, and no entity is expanded.

    Raises `Rejected`: unreadable_image for what is no XML, or is dangerous, or is too long;
    layout_changed for XML that is no article.
    """
    root = _root(data, name)
    if etree.QName(root).localname != "article":
        inner = list(root.iter("{*}article"))[:1]
        if not inner:
            detail = f"{name}: is XML, but no article; fetch it again, or mend jats.py"
            raise Rejected(Reason.LAYOUT_CHANGED, detail)
        root = inner[0]
    number = _id(root, "pmcid") or _id(root, "pmc")
    title = " ".join(map(_text, root.findall("{*}front/{*}article-meta/{*}title-group/"
                                             "{*}article-title")))  # fmt: skip
    return Jats(
        doi=_id(root, "doi").lower(),
        # Older articles give the digits alone.
        pmcid=f"PMC{number.upper().removeprefix('PMC')}" if number else "",
        title=title,
        author=_author(root.findall("{*}front/{*}article-meta/{*}contrib-group//{*}surname")),
        license=_license(root.find("{*}front/{*}article-meta/{*}permissions")),
        is_retracted=_is_retracted(root, title),
        figures=tuple(_figures(root)),
    )  # fmt: skip


def _id(root: etree._Element, kind: str) -> str:
    ids = root.findall("{*}front/{*}article-meta/{*}article-id")
    return next((_text(found) for found in ids if found.get("pub-id-type") == kind), "")


def _root(data: bytes, name: str) -> etree._Element:
    if len(data) > MAX_BYTES:
        raise _unreadable(name, f"has {len(data)} bytes, more than {MAX_BYTES}")
    # JATS takes its entities from its DTD; a file that declares its own may grow without end.
    if b"<!ENTITY" in data.replace(b"\0", b""):
        raise _unreadable(name, "declares XML entities of its own, which no article of PMC does")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, dtd_validation=False, no_network=True,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as fault:
        raise _unreadable(name, f"is no whole XML ({fault})") from None


def _unreadable(name: str, found: str) -> Rejected:
    return Rejected(Reason.UNREADABLE_IMAGE, f"{name}: {found}; fetch the article again")


def _text(tag: etree._Element) -> str:
    """The text of `tag` on one line; a letter in bold type comes in brackets."""
    return " ".join("".join(_pieces(tag)).split())


def _pieces(tag: etree._Element) -> Iterator[str]:
    yield tag.text or ""
    for part in tag:
        if not isinstance(part.tag, str):
            yield f" {part.tail or ''}"
            continue
        name, said = etree.QName(part).localname, _text(part)
        found = LETTER.fullmatch(said) if name in EMPHASIS else None
        is_bare = found is not None and "(" not in said
        yield f" ({found[1]}) " if found and is_bare else said
        # Paragraphs and titles stand on lines of their own.
        yield " " if name in {"p", "title", "break"} else ""
        yield part.tail or ""


def _author(surnames: list[etree._Element]) -> str:
    return " et al.".join([*map(_text, surnames[:1]), *[""] * (len(surnames) > 1)])


def _is_retracted(root: etree._Element, title: str) -> bool:
    """A notice of retraction, or an article that one speaks of."""
    kinds = [root.get("article-type", "")]
    related = root.findall("{*}front/{*}article-meta/{*}related-article")
    kinds += [tag.get("related-article-type", "") for tag in related]
    is_told = re.match(r"\W*(?:retract(?:ed|ion)|withdrawn)\b", title, re.IGNORECASE)
    return any("retract" in kind.lower() for kind in kinds) or is_told is not None


def _license(permissions: etree._Element | None) -> str:
    """The SPDX id of the Creative Commons address that stands there, empty where none does.

    NOASSERTION where several stand there that are not one licence.
    """
    if permissions is None:
        return ""
    addresses = [tag.get(XLINK, "") for tag in permissions.iter("{*}license", "{*}ext-link")]
    addresses += [_text(tag) for tag in permissions.iter("{*}license_ref")]
    found = sorted(set(filter(None, map(spdx, addresses))))
    return "NOASSERTION" if len(found) > 1 else "".join(found)


def _figures(root: etree._Element) -> Iterator[Figure]:
    figures = [tag for tag in root.iter("{*}fig") if not tag.xpath(OTHERS)]
    for number, tag in enumerate(figures, start=1):
        label, terms = tag.find("{*}label"), tag.find("{*}permissions")
        caption = tag.find("{*}caption")
        if caption is None and (group := tag.getparent()) is not None:
            # A group of figures may share one caption.
            caption = group.find("{*}caption")
        yield Figure(
            name=tag.get("id") or f"figure {number}",
            label=_text(label) if label is not None else "",
            caption=_text(caption) if caption is not None else "",
            pictures=tuple(dict.fromkeys(filter(None, _pictures(tag)))),
            license=(_license(terms) or "NOASSERTION") if terms is not None else "",
        )


def _pictures(tag: etree._Element) -> Iterator[str]:
    """The graphics of a figure; of `<alternatives>`, the same picture in several forms, one."""
    for graphic in tag.iter("{*}graphic"):
        before = graphic.getprevious()
        parent = graphic.getparent()
        is_one_of = parent is not None and etree.QName(parent).localname == "alternatives"
        if not (is_one_of and before is not None):
            yield graphic.get(XLINK, "").strip()
