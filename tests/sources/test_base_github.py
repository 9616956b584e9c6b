import json
from pathlib import Path

import pytest

from curation.sources import base_github
from curation.sources.cohen import Cohen
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

COMMIT = "a" * 40


def listed(folder: Path, *paths: str, **more: object) -> None:
    entries = [{"path": path, "type": "blob"} for path in paths]
    entries.append({"path": "images", "type": "tree"})
    (folder / base_github.TREE).write_text(json.dumps({"tree": entries, **more}))


def remotes(folder: Path, commit: str = COMMIT) -> list[tuple[str, str]]:
    asked = base_github.clone(
        "x", "owner/name", commit, Cohen.about, folder, "metadata.csv", "images/*"
    )
    return [(remote.name, remote.url) for remote in asked]


def test_a_clone_is_its_list_and_then_the_files_that_are_wanted(tmp_path: Path) -> None:
    listed(tmp_path, "images/b c.png", "README.md", "metadata.csv")
    (tree, api), *files = remotes(tmp_path)
    assert tree == "github_tree.json"
    assert api == f"https://api.github.com/repos/owner/name/git/trees/{COMMIT}?recursive=1"
    raw = f"https://raw.githubusercontent.com/owner/name/{COMMIT}"
    assert files == [
        ("images/b c.png", f"{raw}/images/b%20c.png"),
        ("metadata.csv", f"{raw}/metadata.csv"),
    ]


@pytest.mark.parametrize("commit", ["main", "drawn", "a" * 39, "A" * 40, ""])
def test_a_branch_is_no_commit(tmp_path: Path, commit: str) -> None:
    with pytest.raises(Misspelt, match=r"sources\.x\.commit"):
        remotes(tmp_path, commit)


@pytest.mark.parametrize(
    "text", ["", "<html>", "[]", '{"tree": 3}', '{"message": "rate limit"}', '{"tree": [{}]}']
)
def test_what_is_no_list_of_files_is_a_changed_layout(tmp_path: Path, text: str) -> None:
    (tmp_path / base_github.TREE).write_text(text)
    with pytest.raises(Rejected, match="fetch it again") as verdict:
        base_github.tree(tmp_path)
    assert verdict.value.reason is Reason.LAYOUT_CHANGED


def test_a_list_cut_short_is_not_taken_for_the_whole(tmp_path: Path) -> None:
    listed(tmp_path, "metadata.csv", truncated=True)
    with pytest.raises(Rejected, match="cut short"):
        base_github.tree(tmp_path)


def test_a_clone_without_the_wanted_files_is_not_silent(tmp_path: Path) -> None:
    listed(tmp_path, "README.md")
    with pytest.raises(Rejected, match="lists no file like"):
        remotes(tmp_path)


def test_a_path_never_leaves_the_folder(tmp_path: Path) -> None:
    listed(tmp_path, "images/../../x.png", "images/a.png")
    assert base_github.tree(tmp_path) == ["images/a.png"]
