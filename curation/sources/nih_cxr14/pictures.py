"""Where NIH's pictures are: in tar archives that are streamed, or loose in folders."""

import gzip
import tarfile
import zlib
from collections.abc import Callable, Container, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from curation.sources.base import Lost
from curation.sources.base_files import MAX_FILE, film
from manifests.contract.vocabulary import Reason

ARCHIVE = ".tar.gz"
# NIH's own archives and Kaggle's folders (images_001/images/…), and the folder of Google's bucket.
FOLDERS = ("images*/**/*", "png/**/*")
DAMAGE = (tarfile.TarError, EOFError, zlib.error, OSError)
Image: TypeAlias = Callable[[], bytes]


def pictures(files: Path, asked: Container[str]) -> Iterator[tuple[str, Image] | Lost]:
    """All pictures by name, in order; of an archive only those that are asked for are read.

    `asked` holds the names in small letters.
    """
    for place in sorted(files.glob("images*")):
        if place.is_file() and place.name.endswith(ARCHIVE):
            yield from _members(place, asked)
        elif place.is_file() and place.suffix.casefold() != ".png":
            found = f"no {ARCHIVE}; unpack it into a folder of that name"
            yield lost(place.name, Reason.LAYOUT_CHANGED, found)
    for place in sorted(_loose(files)):
        yield place.name, partial(film, place.parent, place.name)


def lost(ref: str, reason: Reason, found: str) -> Lost:
    """The row that says what was `found` at `ref`."""
    return Lost(source_ref=ref, reason=reason, detail=f"{ref}: {found}")


def _loose(files: Path) -> Iterator[Path]:
    """Every file of the folders, whatever its extension; beside the tables only what ends so."""
    for folder in FOLDERS:
        yield from (place for place in files.glob(folder) if place.is_file())
    yield from (place for place in files.glob("*") if place.suffix.casefold() == ".png")


def _members(archive: Path, asked: Container[str]) -> Iterator[tuple[str, Image] | Lost]:
    try:
        with gzip.open(archive) as stream, tarfile.open(fileobj=stream, mode="r|") as members:
            for member in members:
                name = PurePosixPath(member.name).name
                held = members.extractfile(member) if member.isreg() else None
                if held is not None and member.size <= MAX_FILE:
                    # The stream goes on after this, so the bytes are taken now.
                    data = held.read() if name.casefold() in asked else b""
                    yield name, partial(bytes, data)
                elif not member.isdir():
                    yield lost(name, Reason.UNREADABLE_IMAGE, f"no plain file in {archive.name}")
    except DAMAGE as fault:
        yield lost(archive.name, Reason.UNREADABLE_IMAGE, f"damaged ({fault}); fetch it again")
