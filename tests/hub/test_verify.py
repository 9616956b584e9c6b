"""What comes back from the Hub is compared with what it should be."""

import json
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from hub.repositories import MAIN
from hub.server import HubServer
from pushing import NAME, ROOT, TOKEN, cxr_release, environment, placed

from curation.network.hub.fetching import downloaded
from curation.network.hub.repository import repository
from curation.publish.inventory import items, read_inventory

WARN = """
import sys, warnings

class Warn:
    def find_spec(self, name, path=None, target=None):
        if name in {"datasets", "datasets.load"}:
            warnings.warn("a doubt of a library")
        return None

sys.meta_path.insert(0, Warn())
"""
"""Warns when the library is imported, in its process."""
NO_SPACE = shutil._ntuple_diskusage(1, 1, 0)


def test_a_release_that_came_whole_agrees(hub: HubServer, releases: Path, tmp_path: Path) -> None:
    placed(hub, releases, "0.2.0")
    manifest = releases / "0.2.0/manifests/dataset.parquet"
    done = cxr_release(
        hub, tmp_path, "verify", f"{NAME}@0.2.0", "--releases", str(releases),
        "--manifest", str(manifest),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f"{NAME}@0.2.0: 13 comparisons agree\n")
    assert f"manifest: {read_inventory(releases / '0.2.0/dataset').manifest_id}\n" in done.stdout
    for what in ("files, by SHA-256", "open, train: films", "noncommercial: content", "manifest"):
        assert what in done.stdout


def test_a_release_that_is_compared_with_itself_alone_says_so(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    placed(hub, releases, "0.1.0")
    known = read_inventory(releases / "0.1.0/dataset").manifest_id
    done = cxr_release(hub, tmp_path, "verify", f"{NAME}@0.1.0")
    assert done.returncode == 0
    assert done.stderr == (
        f"manifest: {known}, and nothing here to compare it with; give --manifest-id\n"
    )
    assert done.stdout.endswith(
        f"{NAME}@0.1.0: 6 comparisons agree, of the release with itself alone: its manifest with "
        "nothing\n"
    )


@pytest.mark.parametrize("is_it", [True, False])
def test_a_manifest_id_from_a_paper_is_compared(
    hub: HubServer, releases: Path, tmp_path: Path, *, is_it: bool
) -> None:
    placed(hub, releases, "0.1.0")
    known = read_inventory(releases / "0.1.0/dataset").manifest_id
    given = known if is_it else "0" * 16
    done = cxr_release(hub, tmp_path, "verify", f"{NAME}@0.1.0", "--manifest-id", given)
    assert (done.returncode, done.stderr) == (0 if is_it else 4, "")
    assert f"manifest: {known}\n" in done.stdout
    assert done.stdout.endswith(
        "7 comparisons agree\n" if is_it else "1 of 7 comparisons differ: do not use it\n"
    )


def test_a_word_that_is_no_manifest_id_is_refused_before_anything_is_fetched(
    hub: HubServer, tmp_path: Path
) -> None:
    done = cxr_release(hub, tmp_path, "verify", f"{NAME}@0.1.0", "--manifest-id", "v0.1.0")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'v0.1.0' is no manifest id" in done.stderr
    assert hub.log == []


def test_a_file_that_is_another_is_found(hub: HubServer, releases: Path, tmp_path: Path) -> None:
    placed(hub, releases, "0.1.0")
    there = hub.repository(NAME)
    other = there.change(MAIN, {"LICENSES.md": hub.world.keep(b"all is yours\n")}, "!", None)
    there.refs["refs/tags/v0.1.0"] = other.sha
    done = cxr_release(hub, tmp_path, "verify", f"{NAME}@0.1.0", "--releases", str(releases))
    assert done.returncode == 4
    assert "LICENSES.md holds other bytes" in done.stdout
    assert "1 of 8 comparisons differ: do not use it" in done.stdout


def test_what_the_library_warns_of_is_not_a_persons_business(
    hub: HubServer, releases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed(hub, releases, "0.1.0")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: NO_SPACE)
    there = repository(NAME, "dataset", endpoint=hub.url, token=TOKEN)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        folder = downloaded(NAME, "0.1.0", tmp_path / "release", hub=there)
    assert items(folder) == read_inventory(folder).files


def test_a_library_that_loads_it_warns_nobody(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(WARN)
    done = subprocess.run(
        [sys.executable, "-m", "curation", "load-alone", str(releases / "0.1.0/dataset"), "open"],
        capture_output=True, text=True, check=False, timeout=120,
        env={**environment(hub, tmp_path), "PYTHONPATH": f"{tmp_path}:{ROOT}",
             "HF_DATASETS_OFFLINE": "1"},
    )  # fmt: skip
    assert done.returncode == 0
    assert "warn" not in done.stderr.lower()
    assert "a doubt" not in done.stderr
    assert json.loads(done.stdout)["splits"]


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
