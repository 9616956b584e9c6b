"""What a picture carries beside pixels: a camera's EXIF, a hospital's DICOM header, words."""

import zlib
from collections.abc import Iterator

PNG = b"\x89PNG\r\n\x1a\n"
CHUNKS = frozenset({b"IHDR", b"IDAT", b"IEND"})
"""All that a picture without tags is made of."""


def carried(data: bytes) -> str:
    """What it carries, in words; empty for a PNG of pixels alone, which is all that may leave."""
    if not data.startswith(PNG):
        return _other(data)
    if not _is_whole(data):
        return "it is damaged"
    strange = sorted({kind.decode("latin-1") for kind in _chunks(data) if kind not in CHUNKS})
    return ", ".join("EXIF" if kind == "eXIf" else kind for kind in strange)


def _chunks(data: bytes) -> Iterator[bytes]:
    """The kinds of the chunks of a PNG; what follows its end is one of its own."""
    at = len(PNG)
    while at < len(data):
        kind = data[at + 4 : at + 8]
        yield kind
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        if kind == b"IEND" and at < len(data):
            yield b"after its end"
            return


def _is_whole(data: bytes) -> bool:
    """Every chunk lies within the file and has the checksum it names, up to the end of the PNG."""
    at = len(PNG)
    while at < len(data):
        inside = data[at + 4 : at + 8 + int.from_bytes(data[at : at + 4], "big")]
        after = at + 8 + len(inside)
        if zlib.crc32(inside).to_bytes(4, "big") != data[after - 4 : after]:
            return False
        if inside.startswith(b"IEND"):
            return True
        at = after
    return False


def _other(data: bytes) -> str:
    if data[128:132] == b"DICM":
        return "a DICOM file with its header"
    if data.startswith(b"\xff\xd8"):
        return "JPEG with EXIF" if b"Exif\0\0" in data[:65536] else "JPEG, which may hold words"
    return "it is no PNG"
