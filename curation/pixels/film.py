"""Everything that one file is asked for, from one decode: measures, working copy, lung mask.

A pure function of bytes, so that its result may be remembered, or made on another machine.
"""

import hashlib
from typing import NamedTuple

from curation.pixels.fingerprint import working_copy
from curation.pixels.lung_mask import lung_mask
from curation.pixels.measured import measured as measured_on
from curation.work.kind import kind
from curation.work.packed import pack, unpack
from manifests.contract.images import Film, Pixels, decode
from manifests.contract.packing import png
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

FILM = kind("film", 1, __name__)
"""What `measured` gives."""
NAME = "\0"
"""Stands for the film's name in a sentence: the same bytes may have many names."""


class Asked(NamedTuple):
    """A file, the files of its lung masks, and how large a film may come in and go on."""

    data: bytes
    masks: tuple[bytes, ...]
    max_side: int
    max_pixels: int

    def key(self, sha256: str) -> bytes:
        """What the measures are remembered under; `sha256` is of `data`, hexadecimal."""
        masks = (hashlib.sha256(mask).hexdigest() for mask in self.masks)
        return FILM.key(sha256, *masks, str(self.max_side), str(self.max_pixels))


class Measured(NamedTuple):
    """The columns that a film alone decides, and PNGs of its working copy and lung mask."""

    columns: dict[str, object]
    copy: bytes
    mask: bytes
    """Empty where there is none."""
    mask_fault: str
    """Why a mask that came was not taken."""


def measured(asked: Asked) -> bytes:
    """What `read` understands: the measures of a film, or why it is none."""
    try:
        film = decode(asked.data, NAME, asked.max_pixels)
    except Rejected as verdict:
        return pack({"reason": verdict.reason.value, "detail": verdict.detail})
    copy = working_copy(film.pixels, asked.max_side)
    mask, fault = _mask(asked.masks, film.pixels, copy)
    return pack({"columns": columns(film), "mask_fault": fault}, [png(copy), mask])


def columns(film: Film) -> dict[str, object]:
    """The columns of a record that its pixels and their file decide, as JSON holds them."""
    height, width = film.pixels.shape
    return {
        **measured_on(film), "pixel_sha256": film.pixel_sha256,
        "width": width, "height": height, "format": film.format, "bits": film.bits,
        "decoding": ";".join(film.steps),
    }  # fmt: skip


def read(result: bytes, name: str) -> Measured:
    """What `measured` gave, for the film `name`. Raises `Rejected` where it is no film."""
    about, parts = unpack(result)
    if "reason" in about:
        raise Rejected(Reason(about["reason"]), about["detail"].replace(NAME, name))
    copy, mask = parts
    return Measured(about["columns"], copy, mask, about["mask_fault"].replace(NAME, name))


def _mask(masks: tuple[bytes, ...], film: Pixels, copy: Pixels) -> tuple[bytes, str]:
    """The packed lung mask, and why there is none. A film does not leave for its mask."""
    try:
        return (png(lung_mask(masks, NAME, film, copy)) if masks else b""), ""
    except Rejected as verdict:
        return b"", verdict.detail
