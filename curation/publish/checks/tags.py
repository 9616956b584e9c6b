"""What a picture carries beside its pixels: a camera's EXIF, a hospital's DICOM header, comments."""

from collections.abc import Iterator

PNG = b"\x89PNG\r\n\x1a\n"
CHUNKS = frozenset({b"IHDR", b"IDAT", b"IEND"})
"""All that a picture without tags is made of."""
_OTHERS = (
    (lambda data: data[128:132] == b"DICM", "a DICOM file with its header"),
    (lambda data: data.startswith(b"\xff\xd8") and b"Exif\0\0" in data[:65536], "JPEG with EXIF"),
    (lambda data: data.startswith(b"\xff\xd8"), "JPEG, which may hold comments"),
)


def carried(data: bytes) -> str:
    """What it carries, in words; empty for a PNG of pixels alone, which is all that may leave."""
    if not data.startswith(PNG):
        return next((words for is_it, words in _OTHERS if is_it(data)), "it is no PNG")
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
