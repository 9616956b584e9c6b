"""A release as a pull request: opened once, brought up to date, tagged when it is merged."""

import shutil
from pathlib import Path

import pytest
from hub.server import HubServer
from pushing import NAME, Done, cxr_release, on_hub, placed, push
from staged import NO_RULES, altered, files

from curation.publish.checks.mark import mark
from curation.publish.inventory import read_inventory, write_inventory


def asked(hub: HubServer, work: Path, releases: Path, token: str, *more: str) -> Done:
    return cxr_release(
        hub, work, "push", NAME, "--version", "0.2.0", "--releases", str(releases), "--pr", *more,
        token=token,
    )  # fmt: skip


def proposed(hub: HubServer, work: Path, releases: Path, token: str) -> str:
    done = asked(hub, work, releases, token, "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_stranger_proposes_and_the_owner_merges_and_tags(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    placed(hub, releases, "0.1.0", is_public=True)
    push(hub, tmp_path, releases, "0.1.0", "--yes", "--gate", "auto")
    hub.repository(NAME).admitted.add("stranger")
    own = tmp_path / "own"
    shutil.copytree(releases / "0.2.0/dataset", own / "0.2.0/dataset")
    altered(own / "0.2.0/dataset", "LICENSES.md", b"first words\n")
    said = proposed(hub, tmp_path, own, "hf_stranger")
    assert "pull request 1 opened (refs/pr/1)" in said
    assert "gate: auto; 3 films are for non-commercial use only" in said
    assert "pull request 1 left as it is" in proposed(hub, tmp_path, own, "hf_stranger")
    altered(own / "0.2.0/dataset", "LICENSES.md", b"better words\n")
    assert "pull request 1 updated" in proposed(hub, tmp_path, own, "hf_stranger")

    there = hub.repository(NAME)
    assert list(there.pulls) == [1]
    assert files(own / "0.2.0/dataset") == on_hub(hub, "refs/pr/1")
    assert files(releases / "0.1.0/dataset") == on_hub(hub)
    assert (
        [ref for ref in there.refs if "tags" in ref], there.gated,
    ) == (["refs/tags/v0.1.0"], "auto")  # fmt: skip

    there.merge(1)
    assert "main holds 0.2.0 already" in proposed(hub, tmp_path, own, "hf_stranger")
    hub.log.clear()
    push(hub, tmp_path, own, "0.2.0", "--yes")
    assert files(own / "0.2.0/dataset") == on_hub(hub) == on_hub(hub, "v0.2.0")
    assert there.gated == "auto"
    assert not [asked for asked in hub.log if "/commit/" in asked.path or "objects" in asked.path]


@pytest.mark.parametrize("more", [(), ("--yes",), ("--yes", "--gate", "manual")])
def test_no_stranger_lays_noncommercial_films_open_in_a_public_repository(
    hub: HubServer, releases: Path, tmp_path: Path, more: tuple[str, ...]
) -> None:
    placed(hub, releases, "0.1.0", is_public=True)
    stored = set(hub.repository(NAME).stored)
    hub.log.clear()
    done = asked(hub, tmp_path, releases, "hf_stranger", *more)
    assert (done.returncode, done.stdout) == (5, "")
    assert len(done.stderr.splitlines()) == 1
    assert "3 films are for non-commercial use only, and there everybody would get" in done.stderr
    assert {"GET", "HEAD"} >= {asked.method for asked in hub.log}
    there = hub.repository(NAME)
    assert (there.pulls, there.gated, stored) == ({}, False, there.stored)


def test_a_stranger_is_told_that_the_gate_of_others_stays_as_it_is(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    placed(hub, releases, "0.1.0", is_public=True)
    own = tmp_path / "own"
    shutil.copytree(releases / "0.1.0/dataset", own / "0.2.0/dataset")
    told = read_inventory(own / "0.2.0/dataset")
    write_inventory(own / "0.2.0/dataset", told.model_copy(update={"version": "0.2.0"}))
    mark(own / "0.2.0/dataset", NO_RULES)
    done = asked(hub, tmp_path, own, "hf_stranger", "--yes", "--gate", "manual")
    assert (done.returncode, done.stderr) == (0, "")
    assert "gate: none; every film is free" in done.stdout
    assert (list(hub.repository(NAME).pulls), hub.repository(NAME).gated) == ([1], False)


@pytest.mark.parametrize("is_public", [False, True])
def test_the_owner_gates_before_proposing(
    hub: HubServer, releases: Path, tmp_path: Path, *, is_public: bool
) -> None:
    placed(hub, releases, "0.1.0", is_public=is_public)
    hub.log.clear()
    said = proposed(hub, tmp_path, releases, "hf_team")
    assert "gate: manual is set; 3 films are for non-commercial use only" in said
    assert hub.repository(NAME).gated == "manual"
    writes = [one.path for one in hub.log if one.method in {"PUT", "POST"}]
    assert writes[0].endswith("/settings")


def test_a_release_that_main_holds_is_not_gated_by_a_proposal(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    placed(hub, releases, "0.2.0")
    hub.repository(NAME).gated = False
    said = proposed(hub, tmp_path, releases, "hf_team")
    assert "gate: none; 3 films" in said
    assert hub.repository(NAME).gated is False


def test_a_proposal_needs_a_repository(hub: HubServer, releases: Path, tmp_path: Path) -> None:
    done = cxr_release(
        hub, tmp_path, "push", NAME, "--version", "0.1.0", "--releases", str(releases), "--pr",
        "--yes",
    )  # fmt: skip
    assert done.returncode == 2
    assert "a pull request needs a repository" in done.stderr
    assert hub.world.repositories == {}
