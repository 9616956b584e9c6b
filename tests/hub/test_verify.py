"""What comes back from the Hub is compared with what it should be."""

from pathlib import Path

from hub.repositories import MAIN
from hub.server import HubServer
from pushing import NAME, cxr_release, placed


def test_a_release_that_came_whole_agrees(hub: HubServer, releases: Path, tmp_path: Path) -> None:
    placed(hub, releases, "0.2.0")
    manifest = releases / "0.2.0/manifests/dataset.parquet"
    done = cxr_release(
        hub, tmp_path, "verify", f"{NAME}@0.2.0", "--releases", str(releases),
        "--manifest", str(manifest),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f"{NAME}@0.2.0: 13 comparisons agree\n")
    for what in ("files, by SHA-256", "open, train: films", "noncommercial: content", "manifest"):
        assert what in done.stdout


def test_a_file_that_is_another_is_found(hub: HubServer, releases: Path, tmp_path: Path) -> None:
    placed(hub, releases, "0.1.0")
    there = hub.repository(NAME)
    other = there.change(MAIN, {"LICENSES.md": hub.world.keep(b"all is yours\n")}, "!", None)
    there.refs["refs/tags/v0.1.0"] = other.sha
    done = cxr_release(hub, tmp_path, "verify", f"{NAME}@0.1.0", "--releases", str(releases))
    assert done.returncode == 4
    assert "LICENSES.md holds other bytes" in done.stdout
    assert "1 of 8 comparisons differ: do not use it" in done.stdout


def test_a_version_that_is_not_there_is_told_in_a_sentence(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    placed(hub, releases, "0.1.0")
    done = cxr_release(hub, tmp_path, "verify", f"{NAME}@0.9.0")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {NAME}@0.9.0: no such dataset or version")
    assert len(done.stderr.splitlines()) == 1


def test_a_name_without_a_version_is_told_how_it_is_written(hub: HubServer, tmp_path: Path) -> None:
    done = cxr_release(hub, tmp_path, "verify", NAME)
    assert (done.returncode, done.stdout) == (2, "")
    assert "write org/name@VERSION" in done.stderr
