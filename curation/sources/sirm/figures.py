"""The pictures of a post: their files behind copies and placeholders, and what each one is."""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import NamedTuple

from bs4 import Tag
from bs4.element import NavigableString

from curation.sources.base_site import absolute, plain
from curation.sources.sirm.tongue import Tongue

SITE = "https://www.sirm.org"
# WordPress adds sizes, and "-scaled" to what was very large; the upload itself stays beside them.
SIZE = re.compile(r"(?:-scaled)?(?:-\d{2,5}x\d{2,5})?(?=\.\w+$)")
UPLOAD = re.compile(
    r"/wp-content/uploads/([^?#\s\"'<>]+?\.(?:jpe?g|jfif|png|webp))(?![\w.-])", re.IGNORECASE
)
# Until it scrolls into view, a picture's `src` is a placeholder.
NAMED = ("data-full-url", "data-orig-file", "data-large-file", "data-img-url", "data-lazy-src",
         "data-src", "src")  # fmt: skip
FRAMES = frozenset({"wp-caption", "gallery-item"})
CAPTIONS = ("figcaption", "wp-caption-text", "blocks-gallery-caption")
EMPTY = "figure, ul.blocks-gallery-grid, .wp-block-gallery"
FULL = "img, a, iframe, video, audio, table, blockquote, embed, svg, pre"
# What a plug-in leaves of its short codes, in a print view above all.
CODE = re.compile(r"\[?/?\bimage_(?:pdf|print)\b\]?", re.IGNORECASE)
BLOCKS = frozenset({"p", "div", "li", "td", "th", "dd", "dt", "blockquote", "h1", "h2", "h3", "h4",
                    "h5", "h6", "section", "article", "figure"})  # fmt: skip


class Figure(NamedTuple):
    """One picture of a post: its upload's name (empty where it names none) and its addresses."""

    name: str
    urls: tuple[str, ...]
    tag: Tag


def figures_of(body: Tag) -> list[Figure]:
    """Every picture of a post, once.

    A post shows one film in several places and sizes: of one original the first is taken.
    """
    found: dict[str, Figure] = {}
    for tag in body.select("img, a[href]"):
        is_link = tag.name == "a"
        if is_link and (tag.select_one("img") or not UPLOAD.search(str(tag["href"]))):
            continue
        figure = _figure(tag, [str(tag["href"])] if is_link else list(_named(tag)))
        found.setdefault(figure.name or figure.urls[0], figure)
    return list(found.values())


def unread(body: Tag, figures: list[Figure]) -> list[str]:
    """What the post holds of pictures that `figures` does not: names of uploads, empty frames."""
    known = {figure.name for figure in figures}
    text = unescape(body.decode()).replace("\\/", "/")
    named = dict.fromkeys(SIZE.sub("", name) for name in UPLOAD.findall(text))
    empty = [tag for tag in body.select(EMPTY) if not tag.select_one(FULL)]
    return [f"{n} is named, but not as a picture" for n in named if n not in known] + [
        f"{len(empty)} frames without a picture" for _ in empty[:1]
    ]


def _named(image: Tag) -> Iterator[str]:
    """All addresses of a picture, the one most likely to be the original first."""
    link = image.find_parent("a", href=UPLOAD)
    if link:
        yield str(link["href"])
    yield from (str(image[key]) for key in NAMED[:3] if image.get(key))
    sets = f"{image.get('srcset') or ''}, {image.get('data-srcset') or ''}"
    wide = sorted(re.findall(r"(\S+)\s+(\d+)w", sets), key=lambda pair: -int(pair[1]))
    yield from (url for url, _ in wide)
    yield from (str(image[key]) for key in NAMED[3:] if image.get(key))


def _figure(tag: Tag, named: list[str]) -> Figure:
    uploads = [absolute(SITE, url) for url in named if UPLOAD.search(url)]
    if not uploads:
        return Figure("", (named[0] if named else "data:",), tag)
    original = SIZE.sub("", uploads[0])
    copies = [url for url in uploads if SIZE.sub("", url) == original]
    found = UPLOAD.search(original)
    return Figure(found[1] if found else "", tuple(dict.fromkeys([original, *copies])), tag)


def film(figure: Figure, body: Tag, tongue: Tongue, other: Tongue) -> dict[str, str]:
    """What one picture is, from its caption, its file name and the text before it."""
    caption = _caption(figure.tag)
    words = re.sub(r"[-_\d.]+", " ", figure.name.rpartition("/")[2])
    told = next((text for text in _before(figure.tag, body) if tongue.modality(text)), "")
    modality = tongue.modality(caption) or tongue.modality(words) or other.modality(words)
    modality = modality or tongue.modality(told, is_last=True)
    if modality not in {tongue.modality_words[0], other.modality_words[0]}:
        return {"modality": modality}
    around = next(filter(tongue.of_the_film, _before(figure.tag, body)), "")
    told = tongue.of_the_film(around)
    return {
        "modality": modality,
        "view": tongue.view(caption) or tongue.view(words) or tongue.view(told),
        "abnormal": tongue.shown(caption) or tongue.shown(around),
    }


def _caption(picture: Tag) -> str:
    """The words in the picture's own frame, else of the gallery around it, else its `alt`."""
    for frame in picture.find_parents(["figure", "div", "dl"]):
        if frame.name != "figure" and not FRAMES & set(_classes(frame)):
            continue
        is_single = len(frame.select("img")) == 1
        own: Iterable[Tag] = [frame] if is_single else frame.select(":scope > figcaption")
        if words := " ".join(plain(part) for part in own):
            return words
    return str(picture.get("alt") or "") or (plain(picture) if picture.name == "a" else "")


def _classes(tag: Tag) -> list[str]:
    found: object = tag.get("class")
    return found if isinstance(found, list) else str(found or "").split()


def first_words(body: Tag) -> str:
    """The first paragraph; the first words in any other tag where a post has no paragraphs."""
    paragraphs = [plain(p) for p in body.select("p")] or [" ".join(s.split()) for s in body.strings]
    return next((words for words in paragraphs if CODE.sub(" ", words).strip()), "")


def _before(picture: Tag, body: Tag) -> Iterator[str]:
    """The paragraphs before a picture, the nearest first, whatever their tags; no captions."""
    around, last = set(map(id, picture.parents)), 0
    for part in picture.previous_elements:
        if part is body:
            return
        if not isinstance(part, NavigableString) or not part.strip():
            continue
        parents = list(part.parents)
        if any(p.name in {"figcaption", "script", "style"} or
               set(CAPTIONS) & set(_classes(p)) for p in parents[:3]):  # fmt: skip
            continue
        block = next((p for p in parents if p.name in BLOCKS), body)
        if id(block) in around:
            yield " ".join(part.split())
        elif id(block) != last:
            last = id(block)
            yield plain(block)
