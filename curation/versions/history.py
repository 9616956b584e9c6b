"""Every manifest that there ever was here: the one that lies there, and those that git recalls."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from curation.versions.locate import CACHE, DATASET, git

MANIFEST = f"manifests/{DATASET}"
# Machine-written, so that a search will do where YAML would take a second for each commit.
LOCKED = re.compile(
    rf"- path: {re.escape(MANIFEST)}\n(?: {{6}}.*\n)*? {{6}}md5: ([0-9a-f]{{32}})\n"
)


class Past(NamedTuple):
    """One manifest, and the revisions that had it: tags, then commits, the newest first."""

    name: str
    """A blob of git, or the MD5 by which DVC knows it."""
    revisions: Sequence[str]
    place: Path | None
    """Its file; None where neither git nor DVC's cache holds it here."""


def manifests(folder: Path) -> Iterator[Past]:
    """All of them; `folder` takes those that git itself holds, and is the caller's to remove."""
    known = _revisions()
    for blob, revisions in _blobs(known, MANIFEST).items():
        place = folder / f"{blob}.parquet"
        place.write_bytes(git("cat-file", "blob", blob) or b"")
        yield Past(blob, revisions, place)
    locked: dict[str, list[str]] = defaultdict(list)
    for blob, revisions in _blobs(known, "dvc.lock").items():
        text = (git("cat-file", "blob", blob) or b"").decode("utf-8", "replace")
        for md5 in dict.fromkeys(LOCKED.findall(text)):
            locked[md5] += revisions
    here = Path(MANIFEST)
    if here.is_file():
        # The same file may be what the lock of a commit names.
        md5 = hashlib.md5(here.read_bytes(), usedforsecurity=False).hexdigest()
        yield Past(md5, tuple(dict.fromkeys(locked.pop(md5, ()))), here)
    for md5, revisions in locked.items():
        place = CACHE / md5[:2] / md5[2:]
        yield Past(md5, tuple(dict.fromkeys(revisions)), place if place.is_file() else None)


def _revisions() -> list[str]:
    """Tags, then the commits of any branch that changed a manifest, the newest first."""
    tags = git("tag", "--list", "--sort=-creatordate") or b""
    asked = ("log", "--all", "--full-history", "--format=%H", "--", "dvc.lock", MANIFEST)
    return [*tags.decode().splitlines(), *(git(*asked) or b"").decode().splitlines()]


def _blobs(revisions: Sequence[str], path: str) -> dict[str, list[str]]:
    """Blob of `path` -> the revisions that have it; commits are named by twelve digits."""
    asked = "".join(f"{revision}:{path}\n" for revision in revisions)
    said = (git("cat-file", "--batch-check", given=asked.encode()) or b"").decode().splitlines()
    found: dict[str, list[str]] = defaultdict(list)
    for revision, line in zip(revisions, said, strict=False):
        blob, _, kind = line.partition(" ")
        if kind.startswith("blob"):
            is_commit = re.fullmatch(r"[0-9a-f]{40}", revision)
            found[blob].append(revision[:12] if is_commit else revision)
    return found
