"""One line of the index of a recorded folder: what is known of one response."""

import json
import re
from dataclasses import asdict, dataclass, field, fields
from typing import TypedDict, get_origin

SHA256 = re.compile(r"[0-9a-f]{64}")
Headers = list[list[str]]


class Redirect(TypedDict):
    """An answer that only sent us on; its `Location` is where that led, as `unsigned` gives it."""

    url: str
    status: int
    headers: Headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a live answer beside its body; a drawn one has none."""

    received: str = ""
    """UTC, to the second: 2026-01-02T10:20:30Z."""
    headers: Headers = field(default_factory=list)
    """Name and value of every header line, without what could open a door."""
    redirects: list[Redirect] = field(default_factory=list)
    """The answers on the way from `url` to `final_url`."""
    reserved: str = ""
    """Why the body was not taken, where the host keeps it from machines that learn."""


NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Evidence):
    """The whole line; `url` is what was asked for, and will be again."""

    url: str
    final_url: str
    status: int
    content_type: str
    sha256: str
    bytes: int
    retrieved: str


def line(entry: Entry) -> str:
    """What is written: of the evidence only what there is."""
    optional = {part.name for part in fields(Evidence)}
    told = {name: said for name, said in asdict(entry).items() if said or name not in optional}
    return json.dumps(told, sort_keys=True, ensure_ascii=False)


def entry_of(text: bytes) -> Entry:
    """The line `text`, read. Raises `ValueError`, `TypeError` or `KeyError` where it is none."""
    entry = Entry(**json.loads(text))
    for part in fields(Entry):
        found = getattr(entry, part.name)
        if type(found) is not (get_origin(part.type) or part.type):
            raise TypeError(f"{part.name} is {found!r}")
    if not SHA256.fullmatch(entry.sha256):
        raise ValueError(f"sha256 is {entry.sha256!r}")
    for headers in [entry.headers, *(hop["headers"] for hop in entry.redirects)]:
        if [list(map(type, pair)) for pair in headers] != [[str, str]] * len(headers):
            raise TypeError(f"headers are {headers!r}")
    return entry
