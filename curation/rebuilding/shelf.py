"""The films that a rebuild has got, on disk: `films/KEY/<sha256 of the file><suffix>`."""

import hashlib
import re
from collections.abc import Collection
from pathlib import Path

from manifests.contract.folder import PART

FILMS = "films"
_NAME = re.compile(r"([0-9a-f]{64})(\.[a-z]{3,4})?")
MARKS = ((b"\xff\xd8", ".jpg"), (b"\x89PNG", ".png"), (b"RIFF", ".webp"), (b"II*\0", ".tif"),
         (b"MM\0*", ".tif"))  # fmt: skip


def suffix(data: bytes) -> str:
    """By content, since names of files are the source's own; empty for what is none of them."""
    if data[128:132] == b"DICM":
        return ".dcm"
    return next((end for mark, end in MARKS if data.startswith(mark)), "")


class Shelf:
    """The films of one source below `out`. Names never lie: each is the hash of its file."""

    def __init__(self, out: Path, key: str) -> None:
        self.out, self._folder = out, out / FILMS / key

    def held(self, wanted: Collection[str]) -> dict[str, str]:
        """SHA-256 -> path below `out`, of those wanted that an earlier run put here whole."""
        found: dict[str, str] = {}
        for place in sorted(self._folder.iterdir()) if self._folder.is_dir() else ():
            whole = _NAME.fullmatch(place.name)
            if whole and whole[1] in wanted and _sha256(place) == whole[1]:
                found[whole[1]] = self._path(place.name)
        return found

    def put(self, data: bytes, sha256: str) -> str:
        """Write one film in one step; its path below `out`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        place = self._folder / f"{sha256}{suffix(data)}"
        # Not flushed film by film: a file that a power cut spoilt is found out by its name.
        part = place.with_name(place.name + PART)
        part.write_bytes(data)
        part.replace(place)
        return self._path(place.name)

    def _path(self, name: str) -> str:
        return (self._folder / name).relative_to(self.out).as_posix()


def _sha256(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
