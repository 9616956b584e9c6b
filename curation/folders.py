"""Any folder of pictures: which files lie in it, for commands that need no project around them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from manifests.contract.params import Misspelt

SUFFIXES = frozenset({".jpg", ".jpeg", ".jfif", ".png", ".webp", ".tif", ".tiff", ".dcm", ".dicom"})
STARTS = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"II*\0", b"MM\0*")
"""How JPEG, PNG, WebP and TIFF begin; DICOM says so after 128 bytes."""


class Pictures(NamedTuple):
    """The files of some places: those that are or claim to be pictures, and all others."""

    files: list[Path]
    others: list[Path]

    @property
    def told(self) -> str:
        """What a person must know of the others; empty where there are none."""
        if not self.others:
            return ""
        return f"{len(self.others)} other files left out, no pictures, such as {self.others[0]}"


def pictures(places: Sequence[Path]) -> Pictures:
    """The pictures among `files`, by content or name: a table beside them is nobody's mistake."""
    found = Pictures([], [])
    for file in files(places):
        (found.files if _is_picture(file) else found.others).append(file)
    return found


def _is_picture(file: Path) -> bool:
    """A file that cannot be opened counts as one, so that somebody is told."""
    if file.suffix.lower() in SUFFIXES:
        return True
    try:
        with file.open("rb") as stream:
            start = stream.read(132)
    except OSError:
        return True
    return start.startswith(STARTS) or start[128:] == b"DICM"


def files(places: Sequence[Path]) -> Iterator[Path]:
    """Every file in the folders, and every file named itself, once and in the order of the names.

    Hidden files and folders are left out.
    Raises `Misspelt` for a place that is not there.
    """
    seen = set[Path]()
    for place in places:
        if not place.exists():
            raise Misspelt(f"{place}: not there; name a folder of pictures, or a picture")
        for file in sorted(_below(place)):
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def _below(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    for file in place.rglob("*"):
        is_hidden = any(part.startswith(".") for part in file.relative_to(place).parts)
        if file.is_file() and not is_hidden:
            yield file
