"""The body of an answer: decoded under caps, and whole or refused."""

import json
import zlib
from collections.abc import Iterator
from typing import NoReturn

import requests
from urllib3.exceptions import HTTPError

from curation.network.errors import Cut, Refused, TooSlow
from curation.network.guard import Deadline

CHUNK = 64 * 1024
MAX_RATIO = 100
"""Decoded to sent bytes; pages reach 20, only bombs reach hundreds."""
RATIO_FROM = 1024 * 1024
"""Decoded bytes from which the ratio is looked at."""


def chunks(response: requests.Response, deadline: Deadline) -> Iterator[bytes]:
    """The bytes as sent. Raises `Failed` when they end early or too late."""
    try:
        for chunk in response.raw.stream(CHUNK, decode_content=False):
            yield chunk
            if deadline.is_over:
                break
    except (HTTPError, OSError, ValueError) as fault:
        if not deadline.is_over:
            raise Cut(f"the answer ended early ({type(fault).__name__})") from fault
    if deadline.is_over:
        raise TooSlow(f"not whole after {deadline.seconds:g} seconds")


def whole(response: requests.Response, deadline: Deadline, limit: int) -> bytes:
    """The decoded body, at most `limit` bytes.

    Raises `Failed` when it is cut off and `Refused` when it is too large or a bomb.
    """
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    data = bytearray()
    if encoding in {"", "identity"}:
        for chunk in chunks(response, deadline):
            data += chunk
            _check_size(len(data), limit)
    elif encoding in {"gzip", "x-gzip", "deflate"}:
        _inflate(chunks(response, deadline), data, limit)
    else:
        raise Refused(f"its encoding {encoding!r} was not asked for")
    is_framed = "Content-Length" in response.headers or "chunked" in response.headers.get(
        "Transfer-Encoding", ""
    )
    if not is_framed and encoding in {"", "identity"} and not is_complete(bytes(data)):
        raise Cut("the answer says no length and has no end of its own")
    return bytes(data)


def is_complete(data: bytes) -> bool:
    """The content ends by its own rules: a picture's end mark, `</html>`, whole JSON."""
    if data.startswith(b"\xff\xd8"):
        return data.rfind(b"\xff\xd9") > data.rfind(b"\xff\xda")
    if data.startswith(b"\x89PNG"):
        return b"IEND" in data[-64:]
    if data.startswith(b"RIFF"):
        return len(data) >= 8 + int.from_bytes(data[4:8], "little")
    if data.lstrip()[:1] in {b"{", b"["}:
        return _is_json(data)
    return b"</html" in data[-4096:].lower()


def lacks_its_end(data: bytes) -> bool:
    """A picture that ends too early, though as many bytes came as were promised."""
    return data.startswith((b"\xff\xd8", b"\x89PNG", b"RIFF")) and not is_complete(data)


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _inflate(sent: Iterator[bytes], data: bytearray, limit: int) -> None:
    # 32 + 15: gzip or zlib, told by the header.
    decoder, wire = zlib.decompressobj(47), 0
    try:
        for chunk in sent:
            wire += len(chunk)
            rest = chunk
            while rest:
                data += decoder.decompress(rest, CHUNK)
                rest = decoder.unconsumed_tail
                _check_size(len(data), limit)
                _check_ratio(len(data), wire)
    except zlib.error as fault:
        raise Cut(f"its compression is damaged ({fault})") from fault
    if not decoder.eof:
        raise Cut("its compressed body ends early")


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        _refuse(f"larger than {limit / 1e6:g} MB (fetch.max_page_mb)")


def _check_ratio(decoded: int, wire: int) -> None:
    if decoded > RATIO_FROM and decoded > MAX_RATIO * wire:
        _refuse(f"{wire} bytes sent swell to more than {decoded}: a compression bomb")


def _refuse(why: str) -> NoReturn:
    raise Refused(why)
