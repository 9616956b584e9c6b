"""The pictures behind a list: the same bytes under two names."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from curation.audit.fault import Fault, differ, film_name, groups, has, places, words
from curation.folders import files
from manifests.contract.params import Misspelt


def byte_copies(rows: pd.DataFrame, folder: Path) -> Iterator[Fault]:
    """Each picture in `folder` that the list has under several names, or on several sides.

    Raises `Misspelt` when no picture of the list lies there.
    """
    if not has(rows, "path"):
        raise Misspelt("--images: the list has no column for path; name it with --path")
    digests = _digests(rows["path"], folder)
    hashed = rows.assign(sha256=rows["path"].map(digests).fillna(""))
    absent = hashed[hashed["sha256"] == ""]
    if len(absent) == len(hashed):
        raise Misspelt(f"{folder}: holds none of the pictures, such as {rows['path'].iloc[0]}")
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


def _digests(paths: "pd.Series[str]", folder: Path) -> Mapping[str, str]:
    """Path in the list -> SHA-256 of its file, which lies at that path or anywhere by its name."""
    by_name: dict[str, list[Path]] = {}
    for place in files([folder], []):
        by_name.setdefault(place.name, []).append(place)
    found: dict[str, str] = {}
    for path in tqdm(sorted(set(paths) - {""}), desc="pictures", unit="file", disable=None):
        alike = by_name.get(film_name(path).rpartition("/")[2], [])
        place = folder / path
        if place.is_file() or len(alike) == 1:
            data = (place if place.is_file() else alike[0]).read_bytes()
            found[path] = hashlib.sha256(data).hexdigest()
    return found
