"""A version comes back from the Hub, file by file; what has come is not asked for again."""

import re
import shutil
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from tqdm import tqdm

from curation.network.hub.errors import NotThere, OtherContent
from curation.network.hub.repository import Hub, repository
from curation.network.hub.told import Kind
from manifests.contract.params import Misspelt

_VERSION = re.compile(r"\d+\.\d+\.\d+")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_NOTES = ".cache"
"""Where the library notes what has come, until all has."""


class Named(NamedTuple):
    """A version of a repository, as a person writes it: org/name@0.2.0."""

    repository: str
    version: str
    """A version, or the name of a branch, a tag or a commit."""

    @property
    def is_version(self) -> bool:
        return bool(_VERSION.fullmatch(self.version))

    @property
    def revision(self) -> str:
        """The tag of a version; whatever else was named, as it is."""
        return f"v{self.version}" if self.is_version else self.version


def named(words: str) -> Named:
    """Read `org/name@VERSION`. Raises `Misspelt`."""
    name, at, version = words.partition("@")
    if not (at and version and _NAME.fullmatch(name)):
        raise Misspelt(f"{words}: write org/name@VERSION, as in my-lab/chest-films@0.2.0")
    return Named(name, version)


def check_name(words: str) -> str:
    """`words`, where it is org/name. Raises `Misspelt`."""
    if not _NAME.fullmatch(words):
        raise Misspelt(f"{words}: write org/name, as in my-lab/chest-films")
    return words


def downloaded(  # noqa: PLR0913 - what, whereto, and how it is reached
    name: str,
    version: str,
    folder: Path,
    only: Sequence[str] = (),
    *,
    kind: Kind = "dataset",
    hub: Hub | None = None,
) -> Path:
    """Fetch a version of the repository `name` into `folder`, and give `folder`.

    `only` are patterns of paths, as in `data/pointers/*`; without any all files come. A folder of
    an earlier try is filled up. Raises `NotThere` where there is no such version, `Unavailable`
    where the Hub does not answer: then what has come is kept.
    """
    hub = hub or repository(name, kind)
    asked = Named(name, version)
    state = hub.state(asked.revision)
    if state is None:
        raise NotThere(
            f"{name}@{version}: no such {kind} or version, or not for who is logged in; look at "
            "its page, or `hf auth login`"
        )
    paths = [path for path in sorted(hub.tree(state.revision))
             if not only or any(fnmatchcase(path, pattern) for pattern in only)]  # fmt: skip
    for path in tqdm(paths, desc=name, unit="file", disable=None):
        _check_path(name, path)
        hub.file(path, state.revision, folder)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / _NOTES, ignore_errors=True)
    return folder


def _check_path(name: str, path: str) -> None:
    parts = PurePosixPath(path).parts
    if path.startswith("/") or "\\" in path or ".." in parts or parts[0] == _NOTES:
        raise OtherContent(f"{name}: holds a file whose name leaves its folder; it is not fetched")
