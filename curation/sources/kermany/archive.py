"""The files of the set, from a folder or from the zip it is published as, which stays packed."""

import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from curation.sources.base import Lost
from curation.sources.base_files import MAX_FILE, film
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)


PICTURES = frozenset({".jpeg", ".jpg", ".png", ".webp", ".tif", ".tiff", ".dcm"})


class File(NamedTuple):
    """One file: its path below the folder or in the zip, and its bytes when asked."""

    path: str
    data: Callable[[], bytes]


def files_of(folder: Path) -> Iterator[File | Lost]:
    """Every file of every zip and folder in `folder`, in order, and the pictures beside them."""
    for archive in sorted(folder.glob("*.zip")):
        yield from _members(archive)
    for place in sorted(place for place in folder.rglob("*") if place.is_file()):
        if place.parent != folder or place.suffix.lower() in PICTURES:
            yield File(
                place.relative_to(folder).as_posix(), partial(film, place.parent, place.name)
            )


def _members(archive: Path) -> Iterator[File | Lost]:
    try:
        # Opened once: to read its directory again for each film would take minutes. The films
        # outlive this function, and it closes itself when the last of them is gone.
        opened = zipfile.ZipFile(archive)
        members = sorted(opened.infolist(), key=lambda member: member.filename)
    except DAMAGE as fault:
        yield Lost(
            source_ref=archive.name, reason=Reason.UNREADABLE_IMAGE,
            detail=f"{archive.name}: is damaged ({fault}); fetch it again",
        )  # fmt: skip
        return
    for member in members:
        if not member.is_dir():
            yield File(member.filename, partial(_member, opened, member))


def _member(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The member's bytes, never more than `MAX_FILE`, whatever size the zip says it has."""
    if stat.S_ISLNK(member.external_attr >> 16):
        raise Rejected(
            Reason.UNREADABLE_IMAGE, f"{member.filename}: a link, no picture; bring what it names"
        )
    try:
        with opened.open(member) as stream:
            data = stream.read(MAX_FILE + 1)
    except DAMAGE as fault:
        raise Rejected(
            Reason.UNREADABLE_IMAGE, f"{member.filename}: damaged ({fault}); fetch it again"
        ) from None
    if len(data) > MAX_FILE:
        raise Rejected(
            Reason.UNREADABLE_IMAGE, f"{member.filename}: larger than {MAX_FILE} bytes; leave it"
        )
    return data
