"""Finds a manifest by what a person calls it: a file, a folder, or a revision of git."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from manifests.contract.params import Misspelt

DATASET, REJECTED = "dataset.parquet", "rejected.parquet"
INSIDE = (DATASET, f"manifests/{DATASET}", "records.parquet")
"""Where a manifest lies in a folder, the likeliest first; the last is a stage's own table."""
CACHE = Path(".dvc/cache/files/md5")


@contextmanager
def located(word: str) -> Iterator[Path]:
    """The Parquet file that `word` names, with its rejections beside it where there are any.

    A revision's files lie in a folder that is gone afterwards. Raises `Misspelt` for a word that
    names none.
    """
    place = Path(word)
    if place.is_file():
        yield place
    elif place.is_dir():
        yield _in_folder(place)
    else:
        with TemporaryDirectory() as folder:
            yield _of_revision(word, Path(folder))


def _in_folder(folder: Path) -> Path:
    for name in INSIDE:
        if (folder / name).is_file():
            return folder / name
    raise Misspelt(
        f"{folder}: holds no {DATASET}; run `dvc repro release`, or `dvc pull`, or name another"
    )


def _of_revision(word: str, folder: Path) -> Path:
    commit = git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{word}^{{commit}}")
    if commit is None:
        raise Misspelt(
            f"{word}: is no file, no folder and no revision of git here; "
            f"name a {DATASET}, a folder that holds one, or a tag such as v0.1.0"
        )
    revision = commit.decode().strip()
    for name in (DATASET, REJECTED):
        data = git("show", f"{revision}:manifests/{name}")
        data = data if data is not None else _cached(revision, f"manifests/{name}")
        if data is not None:
            (folder / name).write_bytes(data)
    if not (folder / DATASET).exists():
        raise Misspelt(_absent(word, revision))
    return folder / DATASET


def _absent(word: str, revision: str) -> str:
    if _locked(revision, f"manifests/{DATASET}"):
        return (
            f"{word}: there the manifest is tracked by DVC, not by git, and the cache here does "
            f"not hold it; get it with `dvc get . manifests/{DATASET} --rev {word} -o old.parquet`"
            f" (and manifests/{REJECTED} into rejected.parquet), and name old.parquet"
        )
    return f"{word}: there is no manifests/{DATASET} at that revision; name another"


def _cached(revision: str, name: str) -> bytes | None:
    """The file as DVC's cache in this copy holds it, by the checksum in dvc.lock."""
    md5 = _locked(revision, name)
    place = CACHE / md5[:2] / md5[2:]
    return place.read_bytes() if md5 and place.is_file() else None


def _locked(revision: str, name: str) -> str:
    """The MD5 of a file in dvc.lock at that revision, empty where it is not tracked."""
    text = git("show", f"{revision}:dvc.lock")
    known: Any = yaml.safe_load(text) if text else {}
    outs = [out for stage in known.get("stages", {}).values() for out in stage.get("outs", [])]
    return next((str(out.get("md5", "")) for out in outs if out.get("path") == name), "")


def git(*words: str, given: bytes = b"") -> bytes | None:
    """What git says when it is given that, or None where it fails."""
    try:
        done = subprocess.run(["git", *words], input=given, capture_output=True, check=False)  # noqa: S603, S607 - git itself, no shell
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
