"""What is removed from this machine when films are withdrawn: their files, and every result.

A result in the work cache does not say which film it is of, so that all of them go; they are made
again. Files go by what they hold and not by their name. What belongs to a person, and what lies
inside an archive, is named and left.
"""

import hashlib
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock
from tqdm import tqdm

from curation.work.cache import FILE
from manifests.contract.folder import PART

ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst", ".warc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doomed:
    """What a purge takes, and what it leaves to a person."""

    films: Sequence[Path]
    """Files under `data/raw` that hold the bytes of a film."""
    results: Sequence[Path]
    """The files of the work cache."""
    left: Sequence[str]
    """A sentence for each thing that may still hold a film and is not ours to open."""
    bytes: int
    """Of `films` and `results` together."""

    def __str__(self) -> str:
        return (
            f"{len(self.films)} files of films, {len(self.results)} of the work cache, "
            f"{self.bytes:,} bytes"
        )


def doomed(raw: Path, cache: Path, hashes: Collection[str], sources: Sequence[str]) -> Doomed:
    """What holds these bytes in the fetched folders under `raw`, and all of `cache`.

    `hashes` are SHA-256, hexadecimal; every file is read. Of an archive in the folder of one of
    `sources`, keys, it is said that it is not opened.
    """
    files = sorted(_files(raw))
    films = [
        place
        for place in tqdm(files, desc="purge", unit=" files", disable=None)
        if not place.is_symlink() and _sha256(place) in hashes
    ]
    results = sorted(place for place in cache.glob(f"{FILE}*") if not place.name.endswith(PART))
    left = [
        f"{place}: a link; its file lies outside and is yours to remove"
        for place in files if place.is_symlink()
    ] + [
        f"{place}: an archive, and is not opened; if a film is in it, take the film or it out"
        for place in files if place.name.lower().endswith(ARCHIVES) and place not in films
        and set(sources) & {place.relative_to(raw).parts[0], place.name.partition(".")[0]}
    ]  # fmt: skip
    size = sum(place.stat().st_size for place in (*films, *results))
    return Doomed(films=films, results=results, left=left, bytes=size)


def purge(found: Doomed) -> None:
    """Remove it. A process that has the cache open loses what it adds, and nothing else."""
    for place in found.films:
        place.unlink()
    if found.results:
        # Whoever opens the cache meanwhile waits, and finds none.
        with FileLock(found.results[0].with_name(f"{FILE}.lock{PART}")):
            for place in found.results:
                place.unlink(missing_ok=True)


def _files(folder: Path) -> Iterator[Path]:
    """All files below; a folder that is a link is somebody else's, and is given as it is."""
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        yield from (Path(place) / name for name in (*names, *links))


def _sha256(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
