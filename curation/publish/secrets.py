"""What may never leave in a file: keys that open a door, and places of the machine it was made on.

A finding says of what kind it is and where it stands, and never what it says.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import gettempdir
from typing import BinaryIO

import pyarrow as pa

from curation.publish.secret_shapes import ANYWHERE, TEXT, Rule
from manifests.contract.table import read_arrow

CHUNK, OVERLAP = 1 << 20, 1 << 12
"""Bytes looked at in one go, and those looked at again with the next; no key is so long."""
LEAST_LETTERS = 10
"""Different ones in a key."""
SAMPLE, BEFORE = 1 << 12, 300
"""Bytes by which an encoding is told, and bytes before a path that may make it an address."""


def secrets(data: bytes) -> list[str]:
    """The kinds of what stands in these words and may not leave, each once, in alphabetical order.

    UTF-16 counts as words; in other bytes that hold a zero, what cannot be chance is looked for.
    """
    if encoding := _encoding(data[:SAMPLE]):
        data = data.decode(encoding, errors="replace").encode()
    rules = _rules(is_text=b"\0" not in data)
    return sorted({rule.kind for rule in rules for _ in _found(rule, data)})


def leaks(place: Path) -> list[str]:
    """A sentence for every kind of thing in the file that may not leave, with its first place.

    A Parquet file is read cell by cell, since its bytes are packed; any other is streamed. Raises
    `BrokenTable` for a Parquet file that cannot be read.
    """
    with place.open("rb") as file:
        is_table = file.read(4) == b"PAR1"
    first: dict[str, str] = {}
    for kind, where in _of_table(place) if is_table else _of_stream(place):
        first.setdefault(kind, where)
    return [f"{place}: {kind}, {where}; take it out" for kind, where in first.items()]


def _of_stream(place: Path) -> Iterator[tuple[str, str]]:
    kept, base, lines = b"", 0, 1
    with place.open("rb") as file:
        parts = _parts(file)
        part = next(parts, b"")
        is_text = b"\0" not in part[: CHUNK // 2]
        rules = _rules(is_text=is_text)
        while part:
            # What touches an end of the window is judged by the neighbour, which sees past it.
            following = next(parts, b"")
            data = kept + part
            for rule in rules:
                for found in _found(rule, data):
                    if (found.start() or not base) and (found.end() < len(data) or not following):
                        line = lines + data.count(b"\n", 0, found.start())
                        yield (
                            rule.kind,
                            f"line {line}" if is_text else f"byte {base + found.start()}",
                        )
            kept = data[-OVERLAP:]
            base += len(data) - len(kept)
            lines += data.count(b"\n", 0, len(data) - len(kept))
            part = following


def _parts(file: BinaryIO) -> Iterator[bytes]:
    """The file in pieces of about a chunk; UTF-16 as UTF-8."""
    encoding = _encoding(file.read(SAMPLE))
    file.seek(0)
    pieces = iter(lambda: file.read(CHUNK), b"")
    if not encoding:
        yield from pieces
        return
    words = codecs.iterdecode(pieces, encoding, errors="replace")
    yield from (part.encode() for part in words if part)


def _encoding(data: bytes) -> str:
    """That of words in UTF-16, by their first two bytes or by a zero beside nearly every letter."""
    if data[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return "utf-16"
    zeros = [data[side::2].count(0) / max(len(data) // 2, 1) for side in (0, 1)]
    if max(zeros) < 0.8 or min(zeros) > 0:  # noqa: PLR2004 - nearly every one, and none
        return ""
    if any(not 9 <= letter < 127 for letter in data.replace(b"\0", b"")):  # noqa: PLR2004 - of ASCII
        return ""
    return "utf-16-be" if zeros[0] else "utf-16-le"


def _of_table(place: Path) -> Iterator[tuple[str, str]]:
    made = read_arrow(place)
    yield from _of_metadata(made.schema.metadata, "in its metadata")
    yield from _of_fields(made.schema)
    for name, column in zip(made.column_names, made.columns, strict=True):
        for chunk in column.chunks:
            for data in _cells(chunk):
                for kind in secrets(data):
                    yield kind, f"in column {name}"


def _of_fields(fields: Iterable[pa.Field]) -> Iterator[tuple[str, str]]:
    """Names, and what is noted of each, to the innermost."""
    for field in fields:
        where = "in the metadata of a column"
        yield from _of_metadata({b"": field.name.encode(), **(field.metadata or {})}, where)
        kind = field.type
        yield from _of_fields(kind.field(number) for number in range(kind.num_fields))


def _of_metadata(told: dict[bytes, bytes] | None, where: str) -> Iterator[tuple[str, str]]:
    for key, value in (told or {}).items():
        for kind in secrets(key + b"\n" + value):
            yield kind, where


def _cells(chunk: pa.Array) -> Iterator[bytes]:
    """The words of a column as one text, and each picture's bytes alone."""
    kind = chunk.type
    if pa.types.is_struct(kind):
        for part in chunk.flatten():
            yield from _cells(part)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        yield from _cells(chunk.flatten())
    elif pa.types.is_dictionary(kind):
        yield from _cells(chunk.dictionary)
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
        yield "\n".join(filter(None, chunk.unique().to_pylist())).encode()
    elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        yield from (value.as_py() for value in chunk if value.is_valid)


def _found(rule: Rule, data: bytes) -> Iterator[re.Match[bytes]]:
    # Looking for a fixed word is a hundred times as fast as for a pattern.
    if any(mark in data for mark in rule.marks):
        yield from (one for one in rule.pattern.finditer(data) if not _is_harmless(rule, one))


def _is_harmless(rule: Rule, one: re.Match[bytes]) -> bool:
    if rule.is_drawn and not _is_drawn(one[0]):
        return True
    before = one.string[max(one.start() - BEFORE, 0) : one.start()]
    return rule.unless is not None and rule.unless.search(before) is not None


def _is_drawn(word: bytes) -> bool:
    """Not a row of grey levels, which are near each other, nor a row of x in a manual."""
    return len(set(word)) >= LEAST_LETTERS and not word.islower()


def _rules(*, is_text: bool) -> tuple[Rule, ...]:
    return (*ANYWHERE, *_here(), *(TEXT if is_text else ()))


def _here() -> Iterator[Rule]:
    """The places of this machine itself, wherever they lie."""
    named = {"the home folder here": Path.home(), "the folder it was made in": Path.cwd(),
             "the temporary folder here": Path(gettempdir())}  # fmt: skip
    for kind, place in named.items():
        path = str(place).encode()
        # A folder at the root is too short a word to be looked for without what lies in it.
        if len(place.parts) > 2 or kind == "the home folder here":  # noqa: PLR2004
            end = rb"(?![A-Za-z0-9_-])" if len(place.parts) > 2 else rb"/"  # noqa: PLR2004
            yield Rule(kind, (path,), re.compile(rb"(?<![A-Za-z0-9._~%-])" + re.escape(path) + end))
