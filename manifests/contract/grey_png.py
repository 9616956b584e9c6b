"""A fast reader of the plainest PNG: 8-bit grey, not interlaced, whole, with no tag of weight.

It inflates all rows at once and undoes their filters in compiled code, in half the time of a
general reader. It has no verdicts: what is unusual in any way is left to a general reader, so that
pixels and refusals are the same with and without this module.

Source: PNG specification, third edition (W3C, 2025), sections 5 and 11.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from manifests.contract.film import Pixels
from manifests.contract.png_rows import unfiltered

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Bit depth 8, grey; the only ways to compress and to filter; rows in their order.
PLAIN_GREY = bytes([8, 0, 0, 0, 0])
# Nobody here makes anything of these; of another length they are damaged.
HARMLESS = {b"tIME": 7, b"pHYs": 9, b"gAMA": 4, b"sRGB": 1, b"cHRM": 32}


class Chunk(NamedTuple):
    """A part of the file."""

    name: bytes
    body: memoryview
    is_intact: bool
    """Its checksum is right."""


def grey_png(data: bytes, max_pixels: int) -> Pixels | None:
    """uint8[H, W] of a PNG that is plain; None for all else, also for a larger or damaged one."""
    if data[:8] != SIGNATURE:
        return None
    try:
        chunks = list(_chunks(data))
    except struct.error:
        return None
    if not _is_plain(chunks):
        return None
    width, height = struct.unpack_from(">II", chunks[0].body)
    if not 0 < width * height <= max_pixels:
        return None
    packed = b"".join(chunk.body for chunk in chunks if chunk.name == b"IDAT")
    rows = _inflated(packed, height * (width + 1))
    pixels = np.empty((height, width), np.uint8)
    return pixels if rows is not None and unfiltered(rows, pixels) else None


def _chunks(data: bytes) -> Iterator[Chunk]:
    """The parts of the file. Raises `struct.error` where it ends within one."""
    whole, place = memoryview(data), len(SIGNATURE)
    while place < len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        end = place + 8 + length
        (checksum,) = struct.unpack_from(">I", data, end)
        yield Chunk(name, whole[place + 8 : end], checksum == zlib.crc32(whole[place + 4 : end]))
        place = end + 4


def _is_plain(chunks: Sequence[Chunk]) -> bool:
    """Whether there is a plain head, tags of no weight, pixels in one go, the end, and no more."""
    names = [chunk.name for chunk in chunks]
    if [*names[:1], *names[-2:]] != [b"IHDR", b"IDAT", b"IEND"]:
        return False
    head, *inner, end = chunks
    return (
        all(chunk.is_intact for chunk in chunks)
        and head.body[8:] == PLAIN_GREY
        and not end.body
        and all(part.name == b"IDAT" or HARMLESS.get(part.name) == len(part.body) for part in inner)
        and not any(one == b"IDAT" != other for one, other in pairwise(names[:-1]))
    )


def _inflated(packed: bytes, length: int) -> Pixels | None:
    """uint8[length]; None if it is not exactly so long, or its checksum is wrong."""
    unpacking = zlib.decompressobj()
    try:
        # One more than is wanted, or the end would not be seen; a bomb gets no further.
        rows = unpacking.decompress(packed, length + 1)
    except zlib.error:
        return None
    is_whole = len(rows) == length and unpacking.eof and not unpacking.unused_data
    return np.frombuffer(rows, np.uint8) if is_whole else None
