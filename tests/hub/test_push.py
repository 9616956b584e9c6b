"""`cxr release push` and `verify` against a Hub on loopback, each in a process of its own."""

import shutil
from pathlib import Path

from hub.server import HubServer
from pushing import NAME, ROOT, cxr_release, on_hub, placed, push
from staged import altered, files, staged_model

from curation.publish.inventory import read_inventory
from curation.publish.ledger import published


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
    placed(hub, releases, "0.1.0")
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
    placed(hub, releases, "0.1.0")
    hub.log.clear()
    said = push(hub, tmp_path, releases, "0.1.0", "--yes")
    assert "was there already, tagged v0.1.0" in said
    assert {"GET"} == {asked.method for asked in hub.log}


def test_a_version_with_other_content_is_refused(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    placed(hub, releases, "0.1.0")
    other = tmp_path / "other"
    shutil.copytree(releases / "0.1.0/dataset", other / "0.1.0/dataset")
    altered(other / "0.1.0/dataset", "LICENSES.md", b"other words\n")
    done = cxr_release(
        hub, tmp_path, "push", NAME, "--version", "0.1.0", "--releases", str(other), "--yes"
    )
    assert done.returncode == 4
    assert "v0.1.0 is there already, with other content (2 files differ)" in done.stderr
    assert files(releases / "0.1.0/dataset") == on_hub(hub) == on_hub(hub, "v0.1.0")


def test_a_folder_that_is_not_what_was_staged_stays_here(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    spoilt = tmp_path / "spoilt"
    shutil.copytree(releases / "0.1.0/dataset", spoilt / "0.1.0/dataset")
    (spoilt / "0.1.0/dataset/LICENSES.md").write_bytes(b"other words\n")
    done = cxr_release(
        hub, tmp_path, "push", NAME, "--version", "0.1.0", "--releases", str(spoilt), "--yes"
    )
    assert done.returncode == 4
    assert "LICENSES.md holds other bytes" in done.stderr
    assert hub.log == []


def test_a_repository_of_something_else_is_left_alone(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    there = hub.world.create("dataset", NAME, is_private=True)
    there.change("refs/heads/main", {"thesis.pdf": hub.world.keep(b"mine")}, "mine", None)
    done = cxr_release(
        hub, tmp_path, "push", NAME, "--version", "0.1.0", "--releases", str(releases), "--yes"
    )
    assert done.returncode == 4
    assert "holds files and no release.json" in done.stderr
    assert list(on_hub(hub)) == ["thesis.pdf"]


def test_a_public_push_is_public_last(hub: HubServer, releases: Path, tmp_path: Path) -> None:
    push(hub, tmp_path, releases, "0.2.0", "--yes", "--public", "--gate", "auto")
    assert (hub.repository(NAME).is_private, hub.repository(NAME).gated) == (False, "auto")
    writes = [asked.path.split("?")[0].split("/")[-2:] for asked in hub.log
              if asked.method in {"PUT", "POST"}]  # fmt: skip
    settings = [number for number, path in enumerate(writes) if path[-1] == "settings"]
    assert writes[0] == ["repos", "create"]
    assert [1, len(writes) - 1] == settings


def test_a_network_goes_to_a_model_repository(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    place = tmp_path / "releases"
    folder = staged_model(place, "0.1.0", "densenet", releases / "0.1.0/dataset")
    words = ("--version", "0.1.0", "--model", "densenet", "--releases", str(place), "--yes")
    done = cxr_release(hub, tmp_path, "push", "team/densenet", *words)
    assert (done.returncode, done.stderr) == (0, "")
    there = hub.tree("team/densenet", "v0.1.0", kind="model")
    assert files(folder) == {path: entry.sha256 for path, entry in there.items()}
    back = cxr_release(
        hub, tmp_path, "verify", "team/densenet@0.1.0", "--model", "--releases", str(place)
    )
    assert (back.returncode, back.stderr) == (0, "")
    assert "team/densenet@0.1.0: 4 comparisons agree" in back.stdout


def test_a_push_from_a_project_is_entered_into_the_ledger_once(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    shutil.copy(ROOT / "params.yaml", tmp_path)
    push(hub, tmp_path, releases, "0.1.0", "--yes")
    push(hub, tmp_path, releases, "0.1.0", "--yes")
    [line] = published(tmp_path / "manifests/releases.csv")
    tagged = hub.repository(NAME).resolve("v0.1.0")
    assert tagged is not None
    told = read_inventory(releases / "0.1.0/dataset")
    assert ("0.1.0", told.manifest_id, "dataset", "little-set", NAME, tagged.sha, "2026-05-01",
            "") == line  # fmt: skip
