"""The figures of a EuroRad page: their files, captions and © lines, each original once."""

import re
from collections import Counter
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from curation.sources.base_site import absolute, plain
from curation.sources.eurorad.case import HEADINGS

SITE = "https://www.eurorad.org"
FOLDER, MAX_VALUE = "/figure_image/", 5000
FILE = re.compile(r"[^\s\"'<>,()]*/figure_image/[^\s\"'<>,()]+")
STYLE = re.compile(r"/styles/[^/]+/public/")
ITEM = re.compile(r"^figure-gallery__item(?:--\w+)*$")
LABEL = re.compile(r"(?:fig(?:ure)?\.?\s*)?(\d{0,2})\s*([a-h]?)", re.IGNORECASE)
CREDIT = re.compile(r"©|\(c\)\s|copyright\b", re.IGNORECASE)
NAME = re.compile(r"_\d{1,2}_([1-8])\.\w+$")
LETTERS = "abcdefgh"
LONGEST = 3000
"""Letters of a caption; a block that holds more is not one figure."""


class Figure(NamedTuple):
    """One picture of the gallery."""

    name: str
    """What is unique of the address: base names such as 000001.jpg stand in every old case."""
    urls: tuple[str, ...]
    """The original, then the copy that the page shows; empty where the page names no file."""
    caption: str
    credit: str
    letter: str
    """Which part of a caption speaks of it, where several pictures share one."""
    sharing: int
    """Pictures under this very caption."""


def figures(soup: BeautifulSoup, case: str) -> list[Figure]:
    """All figures in the order of the page."""
    found: dict[str, tuple[str, Tag]] = {}
    read = set[int]()
    for tag in (soup.body or soup).find_all(True):
        address = _address(tag)
        if address and not _is_of_another(tag, case):
            name, item = _name(address), _item(tag)
            read.add(id(item))
            # A copy in the head of the page has no caption; the one in the gallery has.
            if name not in found or (item and not _item(found[name][1])):
                found[name] = (address, tag)
    for number, item in enumerate(soup.find_all(class_=ITEM), start=1):
        if id(item) not in read:
            found[f"figure {number}"] = ("", item)
    every = {id(tag) for _, tag in found.values()}
    told = [_figure(name, *seen, _block(seen[1], every)) for name, seen in found.items()]
    return _lettered(told, labels(soup))


def labels(soup: BeautifulSoup) -> list[str]:
    """The names of the figures in the row of links below the gallery, each once."""
    links = soup.select("a[class*=figure-gallery-paginator]")
    return list(dict.fromkeys(plain(link).lower() for link in links if plain(link)))


def _address(tag: Tag) -> str:
    """The address of a figure that `tag` names in any attribute, or nothing."""
    values = [tag.get(key) for key in ("data-src", "src", "href", *tag.attrs)]
    for value in values:
        # A placeholder may be a whole picture; looking through it would take for ever.
        if isinstance(value, str) and FOLDER in value and (found := FILE.search(value[:MAX_VALUE])):
            return absolute(SITE, found[0])
    if tag.name == "img" and _item(tag):
        named = [str(tag.get(key) or "") for key in ("data-src", "src")]
        return next((absolute(SITE, url) for url in named if url and url[:5] != "data:"), "")
    return ""


def _name(address: str) -> str:
    original = STYLE.sub("/", address).partition("?")[0]
    return re.split(r"(?<=/)figure_image/|(?<=/)files/|//[^/]+/", original)[-1]


def _is_of_another(tag: Tag, case: str) -> bool:
    """A small picture that leads to another case."""
    link = tag if tag.name == "a" else tag.find_parent("a")
    found = re.search(r"/case/(\d+)", str(link.get("href", ""))) if link else None
    return found is not None and found[1] != case


def _item(tag: Tag) -> Tag | None:
    if any(ITEM.search(name) for name in tag.get_attribute_list("class") if name):
        return tag
    return tag.find_parent(class_=ITEM)


def _block(tag: Tag, all_of_them: set[int]) -> Tag:
    """The item of a figure; by another name, the largest block with this figure and no heading."""
    if item := _item(tag):
        return item
    block, others = tag, all_of_them - {id(tag)}
    for parent in tag.parents:
        if parent.name in {"body", "main", "html"} or _holds_more(parent, others):
            break
        block = parent
    return block


def _holds_more(block: Tag, others: set[int]) -> bool:
    letters = 0
    for part in block.descendants:
        if isinstance(part, Tag):
            if id(part) in others:
                return True
        elif isinstance(part, NavigableString):
            letters += len(part)
            if letters > LONGEST or " ".join(part.lower().split()) in HEADINGS:
                return True
    return False


def _figure(name: str, address: str, tag: Tag, block: Tag) -> Figure:
    caption, credit, label = _told(block)
    original = STYLE.sub("/", address).partition("?")[0]
    urls = tuple(dict.fromkeys(url for url in (original, address) if url))
    return Figure(name, urls, caption or str(tag.get("alt") or "").strip(), credit, label, 1)


def _told(block: Tag) -> tuple[str, str, str]:
    """Caption, © line and label of a figure, in whatever order they stand."""
    texts = _texts(block)
    label = next((found[2].lower() for t in texts if (found := LABEL.fullmatch(t))), "")
    said = [text for text in texts if not LABEL.fullmatch(text)]
    signed = [text for text in said if CREDIT.match(text)]
    caption = " ".join(text for text in said if text not in signed)
    caption, sign, credit = caption.partition("©")
    return caption.strip(), (" ".join(signed) or sign + credit).strip(), label


def _texts(block: Tag) -> list[str]:
    """The texts of the parts side by side in `block`, or of the one part that holds them all."""
    parts = [part for part in block.find_all(True, recursive=False) if plain(part)]
    is_loose = any(isinstance(part, NavigableString) and part.strip() for part in block.children)
    if is_loose or not parts:
        return [plain(block)] if plain(block) else []
    return _texts(parts[0]) if len(parts) == 1 else [plain(part) for part in parts]


def _lettered(shown: list[Figure], named: list[str]) -> list[Figure]:
    """The figures with the letter by which a shared caption speaks of each of them.

    The letter stands in the row of links ("3a"), or follows from the file's name: 16953_3_2 is
    the second picture of figure 3. A caption of one picture alone is not shared.
    """
    sharing = Counter(figure.caption for figure in shown)
    lettered = []
    for place, figure in enumerate(shown):
        label = LABEL.fullmatch(named[place]) if len(named) == len(shown) else None
        letter = figure.letter or (label[2] if label else "") or _by_name(figure.name)
        count = sharing[figure.caption]
        lettered.append(figure._replace(letter=letter if count > 1 else "", sharing=count))
    return lettered


def _by_name(name: str) -> str:
    found = NAME.search(name)
    return LETTERS[int(found[1]) - 1] if found else ""
