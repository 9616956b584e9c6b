"""The packed rows of a PNG: where they end, nothing may follow that no reader ever shows."""

import zlib
from collections.abc import Iterator

START = len(b"\x89PNG\r\n\x1a\n")


def padded(data: bytes) -> bool:
    """Whether a PNG holds bytes in its picture data that are no picture, or too few of them."""
    reader = zlib.decompressobj()
    try:
        rows = reader.decompress(b"".join(_packed(data)))
    except zlib.error:
        return True
    return bool(reader.unused_data) or not reader.eof or len(rows) != _rows(data)


def _packed(data: bytes) -> Iterator[bytes]:
    at = START
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == b"IDAT":
            yield data[at + 8 : at + 8 + size]
        at += 12 + size


def _rows(data: bytes) -> int:
    """Bytes of 8-bit grey rows, each with the byte that says how it is filtered."""
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (START + 8, START + 12))
    return height * (width + 1)
