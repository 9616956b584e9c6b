"""`cxr release push` and `verify` against a Hub on loopback, each in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hub.server import HubServer
from pushing import NAME, cxr_release, on_hub
from staged import FREE, NONCOMMERCIAL, files, films, staged


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer() as running:
        yield running


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """0.1.0 with six free films; 0.2.0 with three more that are not free for every use."""
    place = tmp_path_factory.mktemp("releases")
    staged(place, "0.1.0", films(6, FREE))
    staged(place, "0.2.0", [*films(6, FREE), *films(3, NONCOMMERCIAL)])
    return place


def push(hub: HubServer, work: Path, releases: Path, version: str, *more: str) -> str:
    done = cxr_release(
        hub, work, "push", NAME, "--version", version, "--releases", str(releases), *more
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_dry_run_changes_nothing_and_says_what_would_be(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    said = push(hub, tmp_path, releases, "0.1.0")
    assert "repository: is made, private" in said
    assert "new: data/open/train-00000-of-00001.parquet" in said
    assert said.endswith("nothing is changed; with --yes it is\n")
    assert hub.world.repositories == {}
    assert {"GET"} == {asked.method for asked in hub.log}


def test_a_release_comes_whole_private_and_tagged(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    said = push(hub, tmp_path, releases, "0.1.0", "--yes")
    assert files(releases / "0.1.0/dataset") == on_hub(hub) == on_hub(hub, "v0.1.0")
    assert hub.commits(NAME) == ["initial commit", "Release 0.1.0 of little-set"]
    assert (hub.repository(NAME).is_private, hub.repository(NAME).gated) == (True, False)
    assert "tagged v0.1.0 at" in said
    assert "of 2026-05-01" in said


def test_of_a_second_release_only_what_changed_is_sent(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    push(hub, tmp_path, releases, "0.1.0", "--yes")
    hub.log.clear()
    said = push(hub, tmp_path, releases, "0.2.0", "--yes")
    folder = releases / "0.2.0/dataset"
    new = sum(place.stat().st_size for place in folder.glob("data/noncommercial/*"))
    assert new == hub.sent() > 0
    assert files(folder) == on_hub(hub, "v0.2.0") == on_hub(hub)
    assert files(releases / "0.1.0/dataset") == on_hub(hub, "v0.1.0")
    assert "main: holds 0.1.0" in said
    assert hub.repository(NAME).gated == "manual"
    assert "the Hub gates a repository as a whole" in said


def test_a_push_that_was_done_is_done(hub: HubServer, releases: Path, tmp_path: Path) -> None:
    push(hub, tmp_path, releases, "0.1.0", "--yes")
    hub.log.clear()
    said = push(hub, tmp_path, releases, "0.1.0", "--yes")
    assert "was there already, tagged v0.1.0" in said
    assert {"GET"} == {asked.method for asked in hub.log}
