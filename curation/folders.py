"""Any folder of pictures: which files lie in it, for commands that need no project around them."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from curation.sources.base_files import MAX_FILE
from manifests.contract.params import Misspelt

SUFFIXES = frozenset({".jpg", ".jpeg", ".jfif", ".png", ".webp", ".tif", ".tiff", ".dcm", ".dicom"})
STARTS = (b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*")
"""How JPEG, PNG and TIFF begin; WebP says so after 8 bytes, and DICOM after 128."""


class Pictures(NamedTuple):
    """The files of some places: those that are or claim to be pictures, and all others."""

    files: list[Path]
    others: list[Path]
    faults: list[str]
    """A sentence for each file or folder that cannot be looked at."""

    @property
    def told(self) -> str:
        """What a person must know: that there is no picture, and of the others; else empty."""
        if not self.others:
            return "" if self.files or self.faults else "no file here; is it the right folder?"
        return (
            f"{len(self.others)} other files left out, no JPEG, PNG, WebP, TIFF or DICOM, such as "
            f"{shown(self.others[0])}"
        )


def pictures(places: Sequence[Path]) -> Pictures:
    """The pictures among `files`, by content or name: a table beside them is nobody's mistake."""
    found = Pictures([], [], [])
    for file in files(places, found.faults):
        try:
            is_picture = _is_picture(file)
        except OSError as fault:
            found.faults.append(f"{shown(file)}: cannot be read ({fault.strerror}); "
                                "look at its permissions")  # fmt: skip
            continue
        if is_picture and file.stat().st_size > MAX_FILE:
            found.faults.append(f"{shown(file)}: larger than {MAX_FILE} bytes; it is left out")
        else:
            (found.files if is_picture else found.others).append(file)
    return found


def shown(place: Path) -> str:
    """The name of `place` for a person; what is no UTF-8 or no print as backslash escapes."""
    text = os.fsencode(place).decode(errors="backslashreplace")
    # A name may hold what a terminal obeys.
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )


def _is_picture(file: Path) -> bool:
    if file.suffix.lower() in SUFFIXES:
        return True
    with file.open("rb") as stream:
        start = stream.read(132)
    is_webp = start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    return is_webp or start.startswith(STARTS) or start[128:] == b"DICM"


def files(places: Sequence[Path], faults: list[str]) -> Iterator[Path]:
    """Every file in the folders, and every file named itself, once and in the order of the names.

    Hidden files and folders are left out, links are followed; what cannot be looked at is told in
    `faults`. Raises `Misspelt` for a place that is not there.
    """
    seen = set[Path]()
    for place in places:
        if not place.exists():
            raise Misspelt(f"{shown(place)}: not there; name a folder of pictures, or a picture")
        for file in sorted(_below(place, faults)):
            if fault := _fault(file):
                faults.append(f"{shown(file)}: {fault}")
            elif file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def _fault(file: Path) -> str:
    """Why `file` is not to be opened; empty where it may be."""
    try:
        mode = file.stat().st_mode
    except OSError as fault:
        return f"cannot be opened ({fault.strerror}); mend the link, or look at its permissions"
    return "" if stat.S_ISREG(mode) else "no plain file; take it out of the folder"


def _below(place: Path, faults: list[str]) -> Iterator[Path]:
    """What is no folder below `place`; each folder once, however many links lead to it."""
    if not place.is_dir():
        yield place
        return

    def unlisted(fault: OSError) -> None:
        where = shown(Path(fault.filename))
        faults.append(f"{where}: cannot be listed ({fault.strerror}); look at its permissions")

    visited = set[tuple[int, int]]()
    for folder, folders, names in os.walk(place, onerror=unlisted, followlinks=True):
        about = Path(folder).stat()
        if (about.st_dev, about.st_ino) in visited:
            folders.clear()
            continue
        visited.add((about.st_dev, about.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder, name) for name in names if not name.startswith("."))
