"""For importers of a clone on GitHub: a pinned commit, its list of files, where each one is."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import quote

from curation.sources.base import About, Remote
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

HOSTS = ("raw.githubusercontent.com", "api.github.com")
TREE = "github_tree.json"
"""The list of files, as GitHub's API gives it, beside the files themselves."""


def address(repository: str, commit: str, path: str) -> str:
    """Where the file `path` of `repository` ("owner/name") can be fetched."""
    return f"https://{HOSTS[0]}/{repository}/{commit}/{quote(path)}"


def check_commit(key: str, commit: str, about: About) -> None:
    """Raise `Misspelt` unless `commit` is a whole one: a branch would be another tomorrow."""
    if not re.fullmatch(r"[0-9a-f]{40}", commit):
        raise Misspelt(
            f"params.yaml: 'sources.{key}.commit' is {commit!r}; to fetch, name the 40 digits of "
            f"a commit of {about.homepage}, because its files change"
        )


def clone(
    key: str, repository: str, commit: str, about: About, files: Path, *wanted: str
) -> Iterator[Remote]:
    """The list of files, then those whose path fits one of `wanted`, such as "images/*".

    Raises `Misspelt` for a commit that is none, `Rejected` (layout_changed) when none fits.
    """
    check_commit(key, commit, about)
    cure = (
        f"commit {commit} is not there; look at {about.homepage}/commits and name another in "
        f"params.yaml as sources.{key}.commit"
    )
    url = f"https://{HOSTS[1]}/repos/{repository}/git/trees/{commit}?recursive=1"
    yield Remote(url=url, name=TREE, cure=cure)
    paths = [path for path in tree(files) if any(fnmatchcase(path, mask) for mask in wanted)]
    if not paths:
        raise Rejected(Reason.LAYOUT_CHANGED, f"{url}: lists no file like {', '.join(wanted)}")
    for path in paths:
        yield Remote(url=address(repository, commit, path), name=path)


def tree(files: Path) -> list[str]:
    """The paths in the list of files. Raises `Rejected` (layout_changed) where it is none."""
    place = files / TREE
    try:
        listed = json.loads(place.read_bytes())
        paths = [str(entry["path"]) for entry in listed["tree"] if entry["type"] == "blob"]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise Rejected(
            Reason.LAYOUT_CHANGED, f"{place}: is no list of files ({fault}); fetch it again"
        ) from None
    if listed.get("truncated"):
        raise Rejected(Reason.LAYOUT_CHANGED, f"{place}: was cut short by GitHub; clone with git")
    return sorted(path for path in paths if ".." not in Path(path).parts)
