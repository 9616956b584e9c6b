"""The pictures behind a list: the same bytes under two names."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from curation.audit.fault import Fault, differ, film_name, groups, has, places, words
from curation.folders import files
from manifests.contract.params import Misspelt


def files_of(rows: pd.DataFrame, folder: Path) -> dict[str, Path]:
    """Path in the list -> its file, which lies at that path or anywhere in `folder` by its name.

    Raises `Misspelt` when no picture of the list lies there.
    """
    if not has(rows, "path"):
        raise Misspelt("--images: the list has no column for path; name it with --path")
    by_name: dict[str, list[Path]] = {}
    for place in files([folder], []):
        by_name.setdefault(place.name, []).append(place)
    found: dict[str, Path] = {}
    for path in sorted(set(rows["path"]) - {""}):
        alike = by_name.get(film_name(path).rpartition("/")[2], [])
        place = folder / path
        if place.is_file() or len(alike) == 1:
            found[path] = place if place.is_file() else alike[0]
    if not found:
        raise Misspelt(f"{folder}: holds none of the pictures, such as {rows['path'].iloc[0]}")
    return found


def byte_copies(rows: pd.DataFrame, found: Mapping[str, Path], folder: Path) -> Iterator[Fault]:
    """Each picture (`found` by `files_of`) that the list has under several names or sides."""
    digests = {
        path: hashlib.sha256(place.read_bytes()).hexdigest()
        for path, place in tqdm(found.items(), desc="pictures", unit="file", disable=None)
    }
    hashed = rows.assign(sha256=rows["path"].map(digests).fillna(""))
    absent = hashed[hashed["sha256"] == ""]
    if len(absent):
        yield Fault(
            kind="missing_picture", what=f"{len(absent)} pictures are not in {folder}",
            where=places(absent), do="bring them, or take the rows out",
        )  # fmt: skip
    for _, films in groups(hashed, "sha256"):
        if differ(films["path"].map(film_name)):
            sides = f" in {words(films['split'])}" if has(films, "split") else ""
            yield Fault(
                kind="same_bytes",
                what=f"{words(films['path'])} are one file{sides}",
                where=places(films),
                do="keep one of them",
            )
