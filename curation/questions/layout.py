"""A source's fixture as it would look after upstream changed its layout, in several ways."""

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from curation.network.recorded import Recorded
from curation.questions.case import Case, Told, told
from curation.sources.base import Importer, Page, Scraper, Web
from curation.sources.base_site import is_html
from manifests.contract.rejection import Rejected

NAMES = re.compile(r"""\b(class|id)=(["'])""")
TABLES = (".csv", ".tsv")
EMPTY = b"<!doctype html><html><body></body></html>"
Apply = Callable[[Path], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One way in which upstream might change, and all that the source then gives."""

    name: str
    given: list[Told]
    refused: str
    """Why the source cannot be read at all any more; empty where it can."""


def changes(case: Case) -> Iterator[Change]:
    """Every change that fits the kind of the source, one after another."""
    source = case.source()
    if isinstance(source, Scraper):
        recorded = Recorded(source.files)
        for name, change in PAGE_CHANGES.items():
            yield _read(name, lambda web: source.read(web), _Changed(recorded, change))  # noqa: PLW0108 - read at once
    elif isinstance(source, Importer):
        for name, place, apply in _file_changes(source.files):
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder) / "files"
                shutil.copytree(source.files, copy)
                apply(copy / place)
                yield _read(name, source.read, copy)


def _read(name: str, read: Callable[[Any], Iterator[Any]], world: object) -> Change:
    given: list[Told] = []
    try:
        given += map(told, read(world))
    except Rejected as verdict:
        return Change(name=name, given=given, refused=verdict.detail)
    return Change(name=name, given=given, refused="")


@dataclass(frozen=True, slots=True)
class _Changed:
    """A `Web` whose pages went through `change`."""

    web: Web
    change: Callable[[Page], Page]

    def page(self, url: str) -> Page:
        return self.change(self.web.page(url))


def _renamed(page: Page) -> Page:
    """Every class and id has another name."""
    if not is_html(page):
        return page
    return replace(page, data=NAMES.sub(r"\1=\2new-", page.text).encode())


def _emptied(page: Page) -> Page:
    """The page is there, and nothing is on it."""
    return replace(page, data=EMPTY) if is_html(page) else page


def _without_keys(page: Page) -> Page:
    """Documents that are no pages hold other keys."""
    try:
        document = json.loads(page.data)
    except ValueError:
        return page
    return replace(page, data=json.dumps(_rekeyed(document)).encode())


def _rekeyed(document: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    if isinstance(document, dict):
        return {f"new_{key}": _rekeyed(value) for key, value in document.items()}
    return [_rekeyed(value) for value in document] if isinstance(document, list) else document


PAGE_CHANGES: dict[str, Callable[[Page], Page]] = {
    "every class and id renamed": _renamed,
    "every page emptied": _emptied,
    "every key of every document renamed": _without_keys,
}


def _file_changes(files: Path) -> Iterator[tuple[str, Path, Apply]]:
    for place in sorted(files.rglob("*")):
        name = place.relative_to(files)
        if place.is_file() and place.suffix.lower() in TABLES:
            yield f"columns of {name} renamed", name, _rehead
        elif place.is_dir() and place.parent == files:
            yield f"folder {name} renamed", name, _move


def _rehead(table: Path) -> None:
    """Every column of the table has another name."""
    head, line, rest = table.read_bytes().partition(b"\n")
    columns = head.rstrip(b"\r").split(b",")
    renamed = b",".join(b"new " + column.strip(b'"\xef\xbb\xbf ') for column in columns)
    table.write_bytes(renamed + line + rest)


def _move(folder: Path) -> None:
    folder.rename(folder.with_name(f"new_{folder.name}"))
