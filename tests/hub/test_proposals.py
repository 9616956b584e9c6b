"""A release as a pull request: opened once, brought up to date, tagged when it is merged."""

import shutil
from pathlib import Path

from hub.server import HubServer
from pushing import NAME, cxr_release, on_hub, placed, push
from staged import altered, files


def proposed(hub: HubServer, work: Path, releases: Path, token: str) -> str:
    done = cxr_release(
        hub, work, "push", NAME, "--version", "0.2.0", "--releases", str(releases), "--pr", "--yes",
        token=token,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_stranger_proposes_and_the_owner_merges_and_tags(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    placed(hub, releases, "0.1.0", is_public=True)
    own = tmp_path / "own"
    shutil.copytree(releases / "0.2.0/dataset", own / "0.2.0/dataset")
    altered(own / "0.2.0/dataset", "LICENSES.md", b"first words\n")
    assert "pull request 1 opened (refs/pr/1)" in proposed(hub, tmp_path, own, "hf_stranger")
    assert "pull request 1 left as it is" in proposed(hub, tmp_path, own, "hf_stranger")
    altered(own / "0.2.0/dataset", "LICENSES.md", b"better words\n")
    assert "pull request 1 updated" in proposed(hub, tmp_path, own, "hf_stranger")

    there = hub.repository(NAME)
    assert list(there.pulls) == [1]
    assert files(own / "0.2.0/dataset") == on_hub(hub, "refs/pr/1")
    assert files(releases / "0.1.0/dataset") == on_hub(hub)
    assert (
        [ref for ref in there.refs if "tags" in ref], there.gated,
    ) == (["refs/tags/v0.1.0"], False)  # fmt: skip

    there.merge(1)
    assert "main holds 0.2.0 already" in proposed(hub, tmp_path, own, "hf_stranger")
    hub.log.clear()
    push(hub, tmp_path, own, "0.2.0", "--yes")
    assert files(own / "0.2.0/dataset") == on_hub(hub) == on_hub(hub, "v0.2.0")
    assert there.gated == "manual"
    assert not [asked for asked in hub.log if "/commit/" in asked.path or "objects" in asked.path]


def test_the_owner_gates_before_proposing(hub: HubServer, releases: Path, tmp_path: Path) -> None:
    placed(hub, releases, "0.1.0")
    proposed(hub, tmp_path, releases, "hf_team")
    assert hub.repository(NAME).gated == "manual"


def test_a_proposal_needs_a_repository(hub: HubServer, releases: Path, tmp_path: Path) -> None:
    done = cxr_release(
        hub, tmp_path, "push", NAME, "--version", "0.1.0", "--releases", str(releases), "--pr",
        "--yes",
    )  # fmt: skip
    assert done.returncode == 2
    assert "a pull request needs a repository" in done.stderr
    assert hub.world.repositories == {}
