"""What a Hub remembers: commits, branches, tags, pull requests and the objects of LFS."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

MAIN, TAGS, HEADS = "refs/heads/main", "refs/tags/", "refs/heads/"
ATTRIBUTES = b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"


class Conflict(Exception):  # noqa: N818 - a state of the repository, told as 409 or 412
    """The reference exists already, or is no longer where the client saw it."""


class Entry(NamedTuple):
    """One file of a tree."""

    sha256: str
    size: int
    is_lfs: bool
    oid: str
    """Of the git blob: of the bytes, or of the pointer to them."""

    @classmethod
    def regular(cls, data: bytes) -> "Entry":
        return cls(hashlib.sha256(data).hexdigest(), len(data), False, _git_blob(data))

    @classmethod
    def lfs(cls, sha256: str, size: int) -> "Entry":
        return cls(sha256, size, True, _git_blob(pointer(sha256, size)))


def pointer(sha256: str, size: int) -> bytes:
    """The text that git keeps in place of an LFS object."""
    spec = "https://git-lfs.github.com/spec/v1"
    return f"version {spec}\noid sha256:{sha256}\nsize {size}\n".encode()


def _git_blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A tree and where it came from."""

    sha: str
    tree: Mapping[str, Entry]
    parent: str | None
    title: str
    date: str


@dataclass(slots=True, kw_only=True)
class Pull:
    """A pull request; its commits are at `refs/pr/<number>`."""

    number: int
    title: str
    author: str
    status: str = "open"

    @property
    def ref(self) -> str:
        return f"refs/pr/{self.number}"


@dataclass(slots=True, kw_only=True)
class Repository:
    """One data set or model."""

    kind: str
    name: str
    is_private: bool
    gated: bool | str = False
    admitted: set[str] = field(default_factory=set)
    """Who was let through the gate, besides its owners."""
    commits: dict[str, Commit] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    pulls: dict[int, Pull] = field(default_factory=dict)
    stored: set[str] = field(default_factory=set)
    """SHA-256 of the LFS objects that were sent here."""

    def begin(self, attributes: Entry) -> None:
        self.refs[MAIN] = self._commit({".gitattributes": attributes}, None, "initial commit").sha

    def resolve(self, revision: str) -> Commit | None:
        named = (revision, HEADS + revision, TAGS + revision)
        sha = next((self.refs[name] for name in named if name in self.refs), revision)
        return self.commits.get(sha)

    def history(self, revision: str) -> Iterator[Commit]:
        commit = self.resolve(revision)
        while commit is not None:
            yield commit
            commit = self.commits.get(commit.parent or "")

    def change(
        self, ref: str, changes: Mapping[str, Entry | None], title: str, parent: str | None
    ) -> Commit:
        """Move `ref` on; None takes a file out. Raises `Conflict` when `parent` is not its head."""
        head = self.commits[self.refs[ref]]
        if parent not in {None, head.sha}:
            raise Conflict("A commit has happened since. Please refresh and try again.")
        made = self._commit(_changed(head.tree, changes), head.sha, title)
        self.refs[ref] = made.sha
        return made

    def propose(
        self, changes: Mapping[str, Entry | None], title: str, parent: str | None, author: str
    ) -> tuple[Pull, Commit]:
        """Open a pull request with one commit on top of main."""
        pull = Pull(number=len(self.pulls) + 1, title=title, author=author)
        self.refs[pull.ref] = self.refs[MAIN]
        made = self.change(pull.ref, changes, title, parent)
        self.pulls[pull.number] = pull
        return pull, made

    def merge(self, number: int) -> None:
        pull = self.pulls[number]
        tree = self.commits[self.refs[pull.ref]].tree
        title = f"{pull.title} (#{number})"
        self.refs[MAIN] = self._commit(tree, self.refs[MAIN], title).sha
        pull.status = "merged"

    def tag(self, name: str, revision: str) -> None:
        commit = self.resolve(revision)
        if commit is None:
            raise KeyError(revision)
        if TAGS + name in self.refs:
            raise Conflict("Tag reference exists already")
        self.refs[TAGS + name] = commit.sha

    def squash(self, ref: str, title: str) -> None:
        """One commit without a past in place of all; what nothing names any more is gone."""
        self.refs[ref] = self._commit(self.commits[self.refs[ref]].tree, None, title).sha
        self.forget()

    def forget(self) -> None:
        kept = {commit.sha for ref in list(self.refs) for commit in self.history(ref)}
        self.commits = {sha: commit for sha, commit in self.commits.items() if sha in kept}

    def drop_objects(self, gone: Sequence[str]) -> None:
        """LFS objects and, in every commit, the files that are such an object."""
        self.stored -= set(gone)
        for sha, commit in self.commits.items():
            tree = {path: e for path, e in commit.tree.items() if e.sha256 not in set(gone)}
            self.commits[sha] = Commit(
                sha=sha, tree=tree, parent=commit.parent, title=commit.title, date=commit.date
            )

    def _commit(self, tree: Mapping[str, Entry], parent: str | None, title: str) -> Commit:
        minute, second = divmod(len(self.commits), 60)
        told = json.dumps([sorted((path, e.oid) for path, e in tree.items()), parent, title])
        sha = hashlib.sha1(told.encode(), usedforsecurity=False).hexdigest()
        date = f"2026-05-01T10:{minute:02}:{second:02}.000Z"
        made = Commit(sha=sha, tree=dict(tree), parent=parent, title=title, date=date)
        self.commits[sha] = made
        return made


def _changed(tree: Mapping[str, Entry], changes: Mapping[str, Entry | None]) -> Mapping[str, Entry]:
    new = {**tree, **changes}
    return {path: entry for path, entry in new.items() if entry is not None}
