"""What the Hub tells of a repository, in our words."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Kind = Literal["dataset", "model"]
MAIN = "main"
OPEN = frozenset({"open", "draft"})
"""What a pull request is while it may still be merged."""
KEPT = frozenset({".gitattributes"})
"""The Hub's own file, which no release holds."""


class Remote(NamedTuple):
    """One file as the Hub tells of it."""

    size: int
    sha256: str | None
    """Where it is an LFS object."""
    git_sha1: str
    """Of the blob in git, which for an LFS object is a pointer."""


class State(NamedTuple):
    """A repository at a revision."""

    revision: str
    """The commit."""
    is_private: bool
    gate: str
    """auto or manual; empty where everybody may read what is public."""


class Found(NamedTuple):
    """A pull request in the list of all."""

    number: int
    title: str
    status: str
    """open, draft, closed or merged."""


def by_sha256(tree: Mapping[str, Remote]) -> dict[str, str]:
    """SHA-256 -> one path, of the LFS objects of a tree."""
    return {file.sha256: path for path, file in tree.items() if file.sha256}
