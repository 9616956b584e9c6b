"""What one set holds: path in the set -> function that gives the file, from a folder or a zip."""

import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path, PurePosixPath

from curation.sources.base_files import MAX_FILE, film
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

Contents = dict[str, Callable[[], bytes]]
FILMS = "CXR_png"
JUNK = re.compile(
    r"(^|/)(\.[^/]*|__MACOSX|Thumbs\.db|desktop\.ini|[^/]*readme[^/]*\.\w+)(/|$)", re.IGNORECASE
)
"""What computers and people leave in every folder; it is not counted."""
DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError,
          RuntimeError, ValueError)  # fmt: skip
ENCRYPTED = 0x1


def check_sets(places: Iterable[Path]) -> None:
    """Raise `Rejected` (layout_changed) for sets that are not there.

    Half of the films would be less than a person asked for, and look like all.
    """
    absent = [p for p in places if not ((p / FILMS).is_dir() or _archive(p).is_file())]
    if absent:
        raise Rejected(
            Reason.LAYOUT_CHANGED,
            f"{', '.join(map(str, absent))}: no folder with {FILMS} in it and no zip of that name; "
            "bring the set, or take it out of sources.nlm_tb.sets in params.yaml",
        )


def contents(place: Path) -> Contents:
    """All files of the folder `place` and of the archive `place`.zip; the folder's come first.

    So masks that somebody else has drawn can be put into a folder beside an archive. Raises
    `Rejected` where no film is in them, or the archive is damaged.
    """
    archive = _archive(place)
    held = _members(archive) if archive.is_file() else {}
    held |= _files(place) if place.is_dir() else {}
    if not any(name.startswith(f"{FILMS}/") for name in held):
        raise Rejected(
            Reason.LAYOUT_CHANGED,
            f"{place}: no film in {FILMS}; bring the set again, or take it out of "
            "sources.nlm_tb.sets in params.yaml",
        )
    return {name: held[name] for name in sorted(held)}


def _archive(place: Path) -> Path:
    return place.with_name(f"{place.name}.zip")


def _files(folder: Path) -> Contents:
    places = (place for place in folder.rglob("*") if place.is_file())
    named = {place.relative_to(folder).as_posix(): place for place in places}
    return {
        name: partial(film, place.parent, place.name)
        for name, place in named.items()
        if not JUNK.search(name)
    }


def _members(archive: Path) -> Contents:
    """The members by their path below the folder that holds `CXR_png`, whatever its name.

    What lies outside that folder keeps its whole path, so that it is told as a strange folder.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            infos = [info for info in opened.infolist() if not info.is_dir()]
    except DAMAGE as fault:
        raise Rejected(
            Reason.UNREADABLE_IMAGE, f"{archive}: damaged ({fault}); fetch it again"
        ) from None
    infos = [info for info in infos if not JUNK.search(info.filename)]
    roots = {_root(info.filename) for info in infos} - {None}
    root = min((root for root in roots if root is not None), key=len, default="")
    return {info.filename.removeprefix(root): partial(_member, archive, info) for info in infos}


def _root(name: str) -> str | None:
    """What stands before `CXR_png/` in the path; None where the path does not go through it."""
    parts = PurePosixPath(name).parts[:-1]
    return "".join(f"{part}/" for part in parts[: parts.index(FILMS)]) if FILMS in parts else None


def _member(archive: Path, info: zipfile.ZipInfo) -> bytes:
    """One file, taken out of the archive into memory. Raises `Rejected` where that is not safe."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    place = f"{info.filename} in {archive.name}"
    if kind not in {0, stat.S_IFREG} or info.flag_bits & ENCRYPTED:
        raise Rejected(Reason.UNREADABLE_IMAGE, f"{place}: is a link or locked, no plain file")
    try:
        with zipfile.ZipFile(archive) as opened, opened.open(info) as file:
            data = file.read(MAX_FILE + 1)
    except DAMAGE as fault:
        raise Rejected(
            Reason.UNREADABLE_IMAGE, f"{place}: damaged ({fault}); fetch it again"
        ) from None
    if len(data) > MAX_FILE:
        raise Rejected(Reason.UNREADABLE_IMAGE, f"{place}: larger than {MAX_FILE} bytes")
    return data
