"""`manifests/sources.lock`: what was fetched, from where, when, and under which licence.

JSON Lines, sorted, one line per response or file, so that a diff shows what changed upstream.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock

from curation.network.errors import BrokenLock
from curation.network.permission import Permission
from curation.network.store import OBJECTS, Store
from curation.sources.base import About
from manifests.contract.folder import PART, whole_file

Line = dict[str, Any]
FIRST = ("source", "kind", "url")
LICENSE_LINK = re.compile(
    rb"""<a\b[^>]*\brel=["']?license\b[^>]*>|<link\b[^>]*\brel=["']?license\b[^>]*>""",
    re.IGNORECASE,
)
HREF = re.compile(rb"""href=["']([^"'\s]{1,500})""", re.IGNORECASE)


def read(place: Path) -> list[Line]:
    """All lines. Raises `BrokenLock` naming the line that is none."""
    lines = []
    text = place.read_bytes() if place.exists() else b""
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            found = json.loads(line)
            if not all(isinstance(found[name], str) for name in FIRST):
                raise TypeError(f"{', '.join(FIRST)} are not all words")  # noqa: TRY301 - told below
            lines.append(dict(found))
        except (ValueError, TypeError, KeyError) as fault:
            raise BrokenLock(
                f"{place}, line {number}: no line of a lock ({fault}); restore it, or take the "
                "line out and fetch again"
            ) from None
    return lines


def replace(place: Path, key: str, lines: Iterable[Line]) -> None:
    """Write `lines` in place of all lines of the source `key`, the others as they are."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(place.with_name(place.name + ".lock" + PART)):
        others = [line for line in read(place) if line["source"] != key]
        texts = sorted(_text({**line, "source": key}) for line in lines)
        texts = sorted([*map(_text, others), *texts])
        with whole_file(place) as part:
            part.write_text("".join(text + "\n" for text in texts), encoding="utf-8")


def terms(about: About, permission: Permission | None) -> Line:
    """The line on the source itself: its licence, and the permission it was copied under."""
    line = {"kind": "source", "url": about.homepage, "license": about.license,
            "license_url": about.license_url}  # fmt: skip
    if permission:
        line["permission"] = (
            f"{permission.reference}, {permission.date}, by {permission.granted_by}"
        )
    return line


def responses(store: Store) -> Iterator[Line]:
    """One line for each recorded response; `license` is what the page itself links to."""
    for entry in store:
        is_page = entry.content_type.startswith("text/html")
        body = store.folder / OBJECTS / entry.sha256
        found = LICENSE_LINK.search(body.read_bytes()) if is_page and body.exists() else None
        link = HREF.search(found[0]) if found else None
        yield {
            "kind": "response", "url": entry.url, "final_url": entry.final_url,
            "date": entry.retrieved, "status": entry.status, "bytes": entry.bytes,
            "sha256": entry.sha256, "license": link[1].decode("utf-8", "replace") if link else "",
        }  # fmt: skip


def _text(line: Line) -> str:
    # The keys that sort come first, so that equal sources and kinds stand together.
    ordered = {key: line[key] for key in FIRST} | {k: line[k] for k in sorted(line)}
    return json.dumps(ordered, ensure_ascii=False)
