"""What may never leave in a file: keys that open a door, and places of the machine it was made on.

A finding says of what kind it is and where it stands, and never what it says. The shapes of keys
are those that their issuers print in their documentation; each is whole, with its end, so that a
hash, a picture's bytes or base64 of them is none.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir
from typing import NamedTuple

import pyarrow as pa

from manifests.contract.table import read_arrow

CHUNK, OVERLAP = 1 << 20, 1 << 12
"""Bytes looked at in one go, and those looked at again with the next; no key is so long."""
LEAST_LETTERS = 10
"""Different ones in a key."""
_BEFORE, _AFTER = rb"(?<![A-Za-z0-9+/_-])", rb"(?![A-Za-z0-9+/=_-])"
_NAME = rb"[^/\\\s\"'<>|*?\x00-\x1f\x7f-\xff]{1,64}"


class Rule(NamedTuple):
    """One kind of thing; `marks` are the words of which one is in every such thing."""

    kind: str
    marks: tuple[bytes, ...]
    pattern: re.Pattern[bytes]
    is_drawn: bool = False
    """Its letters come from a generator of chance."""


def _key(kind: str, marks: str, rest: bytes) -> Rule:
    """A key that begins with one of `marks` (words) and goes on as `rest` says."""
    words = tuple(word.encode() for word in marks.split())
    begin = b"(?:" + b"|".join(map(re.escape, words)) + b")"
    return Rule(kind, words, re.compile(_BEFORE + begin + rest + _AFTER), is_drawn=True)


ANYWHERE = (
    _key("a token of the Hugging Face Hub", "hf_ api_org_", rb"[A-Za-z0-9]{30,200}"),
    _key("a token of GitHub", "ghp_ gho_ ghu_ ghs_ ghr_", rb"[A-Za-z0-9]{36,255}"),
    _key("a token of GitHub", "github_pat_", rb"[A-Za-z0-9_]{50,255}"),
    _key("a token of GitLab", "glpat-", rb"[A-Za-z0-9_.-]{20,255}"),
    _key("an access key of AWS", "AKIA ASIA", rb"[A-Z2-7]{16}"),
    _key("a key of Google", "AIza", rb"[A-Za-z0-9_-]{35}"),
    _key("a token of Slack", "xoxb- xoxp- xoxa- xoxr- xoxs-", rb"[A-Za-z0-9-]{20,255}"),
    _key("a token of PyPI", "pypi-AgEI", rb"[A-Za-z0-9_-]{50,1000}"),
    Rule("a private key", (b"PRIVATE KEY",),
         re.compile(rb"-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----")),
    Rule("a home folder", (b"/home/", b"/Users/"),
         re.compile(rb"(?<![A-Za-z0-9._~%-])/(?:home|Users)/" + _NAME + rb"/")),
)  # fmt: skip
"""So long that bytes of pictures and weights do not make one by chance."""
TEXT = (
    Rule("a home folder", (b"\\", b":/"),
         re.compile(rb"(?<![A-Za-z0-9])[A-Za-z]:[\\/]{1,2}Users[\\/]{1,2}" + _NAME,
                    re.IGNORECASE)),
    Rule("a temporary folder", (b"/tmp/",),
         re.compile(rb"(?<![A-Za-z0-9._~%-])/tmp/[A-Za-z0-9._-]")),
    Rule("a secret key of AWS", (b"=", b":"),
         re.compile(rb"aws_secret_access_key[\"']?\s{0,4}[=:]\s{0,4}[\"']?[A-Za-z0-9/+]{40}"
                    + _AFTER, re.IGNORECASE)),
    Rule("a web address with a password", (b"://",),
         re.compile(rb"[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s:/@\"'<>?#]{1,100}:[^\s:/@\"'<>?#]{1,200}@")),
    Rule("the header of a login", (b":", b"="),
         re.compile(rb"authorization[\"']?\s{0,4}[=:]\s{0,4}[\"']?(?:bearer|basic|token) "
                    rb"[A-Za-z0-9._~+/=-]{16}", re.IGNORECASE)),
    Rule("a signed web token", (b"eyJ",),
         re.compile(_BEFORE + rb"eyJ[A-Za-z0-9_-]{15,800}\.eyJ[A-Za-z0-9_-]{15,2000}"
                    rb"\.[A-Za-z0-9_-]{20,800}")),
    Rule("a signed web address", (b"=",),
         re.compile(rb"[?&;](?:X-Amz|X-Goog)-Signature=[0-9a-f]{64}", re.IGNORECASE)),
    Rule("a key of Kaggle", (b'"key"', b"KGAT_"),
         re.compile(rb"(?:KGAT_|\"key\"\s{0,4}:\s{0,4}\")[0-9a-f]{32}(?![0-9a-f])")),
)  # fmt: skip
"""Looked for in words alone, since bytes of pictures may make one by chance."""


def secrets(data: bytes) -> list[str]:
    """The kinds of what stands in these words and may not leave, each once, in alphabetical order.

    In bytes that hold a zero, which are no words, only what cannot be chance is looked for.
    """
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
        part = file.read(CHUNK)
        is_text = b"\0" not in part[: CHUNK // 2]
        rules = _rules(is_text=is_text)
        while part:
            # What touches an end of the window is judged by the neighbour, which sees past it.
            following = file.read(CHUNK)
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


def _of_table(place: Path) -> Iterator[tuple[str, str]]:
    made = read_arrow(place)
    for key, value in (made.schema.metadata or {}).items():
        for kind in secrets(key + b"\n" + value):
            yield kind, "in its metadata"
    for name, column in zip(made.column_names, made.columns, strict=True):
        for chunk in column.chunks:
            for data in _cells(chunk):
                for kind in secrets(data):
                    yield kind, f"in column {name}"


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
        yield from (
            one for one in rule.pattern.finditer(data) if not rule.is_drawn or _is_drawn(one[0])
        )


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
