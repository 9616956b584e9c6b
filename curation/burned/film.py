"""Everything that stage text asks of one film: mask, share, and what its words look like.

A pure function of bytes, so that its result may be remembered, or made on another machine.
"""

from typing import NamedTuple

from curation.burned import reader
from curation.burned.alone import are_alone, are_spelt
from curation.burned.personal import Reading, personal
from curation.pixels.text import Box, boxes, joined, painted, text_lines
from curation.work.kind import kind
from curation.work.packed import pack, unpack
from manifests.contract.images import Pixels
from manifests.contract.packing import png, unpng
from manifests.contract.vocabulary import PersonalText

BURNED = kind("burned", 1, __name__)
"""What `looked` gives."""


class Asked(NamedTuple):
    """A working copy, and whether its words are read or only found."""

    png: bytes
    is_read: bool

    def key(self, sha256: str) -> bytes:
        """What the result is remembered under; `sha256` is of the PNG, hexadecimal."""
        return BURNED.key(sha256, reader.version() if self.is_read else "")


class Burned(NamedTuple):
    """What stands on one film; `mask` is a PNG, empty where there is no text."""

    fraction: float
    boxes_found: int
    personal: PersonalText | None
    words: str
    mask: bytes


def looked(asked: Asked) -> bytes:
    """What `unpacked` understands: the burned-in text of a film."""
    pixels = unpng(asked.png)
    found = text_lines(pixels)
    mask = painted(found, pixels.shape)
    lines = _read(pixels, found) if asked.is_read else _only_found(found)
    about = {
        "fraction": round(float((mask > 0).mean()), 6), "boxes": len(boxes(mask)),
        "personal": personal(lines), "words": "\n".join(filter(None, lines)),
    }  # fmt: skip
    return pack(about, [png(mask) if found else b""])


def unpacked(result: bytes) -> Burned:
    """What `looked` gave."""
    about, (mask,) = unpack(result)
    verdict = PersonalText(about["personal"]) if about["personal"] else None
    return Burned(about["fraction"], about["boxes"], verdict, about["words"], mask)


def _read(pixels: Pixels, found: list[Box]) -> list[Reading]:
    """The words of each line; None for what could not be read, or stands letter by letter."""
    rows = joined(found)
    lines = [reader.read(box.of(pixels)) or None for box in rows]
    return [*lines, None] if are_spelt(rows, lines) else lines


def _only_found(found: list[Box]) -> list[Reading]:
    """Empty for what is too short for a name; None where nobody can say."""
    # Not joined: two lines that stand together would make a short box.
    return ["" if is_alone else None for is_alone in are_alone(found)]
