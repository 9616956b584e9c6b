"""The JSON in which the Hub tells what it has."""

from collections.abc import Iterator, Mapping
from typing import Any

from hub.repositories import HEADS, TAGS, Commit, Entry, Pull, Repository, pointer

Told = dict[str, Any]


def about(repository: Repository, commit: Commit) -> Told:
    """What `repo_info` reads."""
    return {
        "_id": "0" * 24, "id": repository.name, "author": repository.name.split("/")[0],
        "sha": commit.sha, "lastModified": commit.date, "createdAt": commit.date,
        "private": repository.is_private, "gated": repository.gated, "disabled": False,
        "downloads": 0, "likes": 0, "tags": [],
        "siblings": [{"rfilename": path} for path in sorted(commit.tree)],
    }  # fmt: skip


def file(path: str, entry: Entry) -> Told:
    told: Told = {"type": "file", "oid": entry.oid, "size": entry.size, "path": path}
    if entry.is_lfs:
        size = len(pointer(entry.sha256, entry.size))
        told["lfs"] = {"oid": entry.sha256, "size": entry.size, "pointerSize": size}
    return told


def tree(files: Mapping[str, Entry], under: str, *, is_recursive: bool) -> list[Told]:
    """Files and folders below `under`."""
    start = f"{under}/" if under else ""
    told = [file(path, entry) for path, entry in sorted(files.items()) if path.startswith(start)]
    told += [{"type": "directory", "oid": "0" * 40, "size": 0, "path": name}
             for name in sorted(set(_folders(files))) if name.startswith(start)]  # fmt: skip
    return [t for t in told if is_recursive or "/" not in t["path"].removeprefix(start)]


def _folders(files: Mapping[str, Entry]) -> Iterator[str]:
    for path in files:
        parts = path.split("/")[:-1]
        yield from ("/".join(parts[: depth + 1]) for depth in range(len(parts)))


def refs(repository: Repository) -> Told:
    def those(start: str) -> list[Told]:
        return [{"name": ref.removeprefix(start), "ref": ref, "targetCommit": sha}
                for ref, sha in repository.refs.items() if ref.startswith(start)]  # fmt: skip

    return {"branches": those(HEADS), "tags": those(TAGS), "converts": [],
            "pullRequests": those("refs/pr/")}  # fmt: skip


def history(repository: Repository, revision: str) -> list[Told]:
    return [{"id": commit.sha, "title": commit.title, "message": "", "date": commit.date,
             "authors": [{"user": "team"}]} for commit in repository.history(revision)]  # fmt: skip


def discussions(repository: Repository) -> Told:
    told = [discussion(repository, pull) for pull in repository.pulls.values()]
    return {"discussions": told, "count": len(told), "start": 0}


def discussion(repository: Repository, pull: Pull) -> Told:
    return {
        "num": pull.number, "title": pull.title, "status": pull.status, "isPullRequest": True,
        "author": {"name": pull.author}, "createdAt": "2026-05-01T10:00:00.000Z",
        "repo": {"name": repository.name, "type": repository.kind},
        "changes": {"base": "refs/heads/main"}, "filesWithConflicts": [], "events": [],
    }  # fmt: skip


def objects(repository: Repository) -> list[Told]:
    """LFS objects that are stored, whether or not a commit names them."""
    named = {entry.sha256: (path, entry.size) for commit in repository.commits.values()
             for path, entry in commit.tree.items()}  # fmt: skip
    return [{"fileOid": sha256, "filename": named.get(sha256, ("", 0))[0], "oid": sha256,
             "pushedAt": "2026-05-01T10:00:00.000Z", "size": named.get(sha256, ("", 0))[1]}
            for sha256 in sorted(repository.stored)]  # fmt: skip
