import json
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from curation.__main__ import app
from curation.versions.changelog import draft
from curation.versions.diff import diff
from curation.versions.locate import located
from curation.versions.version import load
from manifests.contract.params import Misspelt
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection
from manifests.contract.table import frame, manifest_id_of, write

from records import record, records  # isort: skip

USUAL: dict[str, object] = {"patient_ill": False, "copies": (), "pediatric_evidence": "age"}


def film(name: str, split: str = "train", **given: object) -> Record:
    source = str(given.get("source", "cohen"))
    return record(name, **{**USUAL, "group": f"{source}/{name}", "split": split, **given})


def put(folder: Path, films: list[Record], withdrawn: str = "", release: str = "0.1.0") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = records(films)
    stamp = {"manifest_id": manifest_id_of(rows), "version": release}
    gone = [
        Rejection(record_id=withdrawn, source="cohen", stage="merge", reason="withdrawn",
                  detail="asked")
    ] if withdrawn else []  # fmt: skip
    write(folder / "dataset.parquet", rows, Record, stamp)
    write(folder / "rejected.parquet", frame(gone, Rejection), Rejection, stamp)


def git(*words: str) -> None:
    name = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(["git", *name, *words], check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    git("init", "-q")
    return tmp_path


def test_equal_manifests_end_with_0_and_different_ones_with_1(project: Path) -> None:
    put(project / "manifests", [film("1")])
    put(project / "other", [film("2")])
    same = CliRunner().invoke(app, ["diff", "manifests", "manifests/dataset.parquet"])
    assert (same.exit_code, "No difference." in same.output) == (0, True)
    told = CliRunner().invoke(app, ["diff", "other", "--json"])
    assert told.exit_code == 1
    assert json.loads(told.output)["by_source"]["cohen"]["added"] == 1


def test_a_tag_of_git_is_a_version(project: Path) -> None:
    put(project / "manifests", [film("1"), film("2")])
    git("add", "-A")
    git("commit", "-qm", "one")
    git("tag", "v0.1.0")
    put(project / "manifests", [film("1")], withdrawn="cohen/2")
    told = CliRunner().invoke(app, ["diff", "v0.1.0"])
    assert "- cohen/2 (withdrawn, at merge): asked" in told.output


def test_a_manifest_that_git_tracks_through_dvc_comes_from_the_cache(project: Path) -> None:
    put(project / "made", [film("1")])
    md5 = "ab" + "c" * 30
    outs = [{"path": "manifests/dataset.parquet", "md5": md5}]
    lock = {"stages": {"release": {"outs": outs}}}
    (project / "dvc.lock").write_text(yaml.safe_dump(lock))
    git("add", "dvc.lock")
    git("commit", "-qm", "one")
    with pytest.raises(Misspelt, match=r"HEAD: there the manifest is tracked by DVC.*dvc get"):
        located("HEAD").__enter__()
    cached = project / ".dvc/cache/files/md5" / md5[:2] / md5[2:]
    cached.parent.mkdir(parents=True)
    (project / "made/dataset.parquet").rename(cached)
    with located("HEAD") as place:
        assert list(load(place, "HEAD", []).rows) == ["cohen/1"]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("v9", "v9: is no file, no folder and no revision of git here"),
        ("--all", "--all: is no file, no folder and no revision"),
        (".", "holds no dataset.parquet; run `dvc repro release`"),
        ("HEAD", "HEAD: there is no manifests/dataset.parquet at that revision"),
    ],
)
def test_a_word_that_names_no_manifest_is_told(project: Path, word: str, found: str) -> None:
    (project / "a.txt").write_text("a")
    git("add", "a.txt")
    git("commit", "-qm", "one")
    with pytest.raises(Misspelt, match=found):
        located(word).__enter__()


def test_the_changelog_entry_counts_what_came_left_and_was_mended(project: Path) -> None:
    put(project / "a", [film("1"), film("2"), film("3", "test")])
    fresh = [film(n, source="sirm", patient_id="sirm/7", license="CC0-1.0") for n in "89"]
    films = [film("1", finding="normal"), film("3", "test"), *fresh]
    put(project / "b", films, withdrawn="cohen/2", release="0.2.0")
    a, b = (load(project / name / "dataset.parquet", name, []) for name in "ab")
    assert draft(a, b, diff(a, b), "demo") == (
        "## 0.2.0\n\n"
        "- Added `sirm`: 2 films, 1 patient, CC0-1.0.\n"
        "- Corrected: a finding of 1 film (`cohen` 1): `finding`, `findings`.\n"
        "- Withdrawn: 1 film of `cohen`.\n"
        "- `test` unchanged: 1 film.\n"
        "- Profile `demo`: 5 came in, 4 kept, 1 rejected; "
        f"`manifest_id` {b.stamped} (before: 3 came in, 3 kept, 0 rejected; {a.stamped}).\n"
    )


def test_the_profile_comes_from_the_summary_beside_b(project: Path) -> None:
    put(project / "manifests", [film("1")])
    (project / "manifests/summary.json").write_text('{"profile": "sample"}')
    told = CliRunner().invoke(app, ["changelog", "manifests"])
    assert "- Profile `sample`: 1 came in" in told.output
