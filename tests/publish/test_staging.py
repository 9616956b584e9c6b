"""`cxr release stage`: a copy that no later run changes, of one manifest for one version."""

import errno
import json
import shutil
from pathlib import Path

import pytest
from project import ROOT
from released import PARAMS, film, little_world, released
from typer.testing import CliRunner

from curation.__main__ import app
from curation.publish.inventory import INVENTORY, items, read_inventory
from curation.publish.ledger import Published, enter, published
from curation.publish.material import Material
from curation.publish.papers import SHOWN, papers, source_note
from curation.publish.staging import stage_dataset, told
from curation.sources.loading import load
from curation.withdrawal.planning import FULL
from manifests.contract.faults import told_in_sentences
from manifests.contract.params import Misspelt
from manifests.contract.table import BrokenTable

VERSION = PARAMS.version


def staged(work: Path, material: Material, version: str = VERSION) -> Path:
    return stage_dataset(
        version, material, work / "release", work / "releases", work / "releases.csv"
    )


def test_what_is_staged_is_what_was_made(tmp_path: Path) -> None:
    folder = staged(tmp_path, released(little_world(), tmp_path))
    assert folder == tmp_path / "releases/0.1.0/dataset"
    assert items(folder) == items(tmp_path / "release") == read_inventory(folder).files
    # Again is the same again.
    assert folder == staged(tmp_path, released(little_world(), tmp_path))


def test_it_says_what_goes_where_and_what_is_withheld_and_why(tmp_path: Path) -> None:
    material = released(little_world(), tmp_path)
    lines = told(staged(tmp_path, material), material).splitlines()
    assert lines[0].startswith("little-set 0.1.0, manifest ")
    assert [line.split(",")[0] for line in lines[1:4]] == [
        "  open: 4 films (train 2", "  noncommercial: 4 films (train 2",
        "  pointers: 9 films (train 4",
    ]  # fmt: skip
    assert lines[4:] == [
        "9 films without pixels, because",
        "  4: unmodified copies only, and a working copy is modified",
        "  4: no licence that lets pixels be handed on",
        "  1: the terms of radiopaedia.org narrow the licence",
    ]


def test_a_full_disk_is_told_by_the_folder_that_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    material = released(little_world(), tmp_path)

    def full(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(source), None, str(target))

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(SystemExit) as ended, told_in_sentences():
        staged(tmp_path, material)
    assert ended.value.code == 8
    assert capsys.readouterr().err == (
        f"error: {tmp_path / 'releases/0.1.0'}: no space left; free some and run again\n"
    )


@pytest.mark.parametrize("made", [[], ["data/split", "data/merge", "data/ingest"]])
def test_where_nothing_is_made_yet_it_says_what_makes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    shutil.copyfile(ROOT / "params.yaml", tmp_path / "params.yaml")
    for folder in made:
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended, told_in_sentences():
        app(["release", "stage", "0.1.0"])
    assert ended.value.code == 2
    told = "error: data/release: nothing is made yet; run `dvc repro release`\n"
    assert capsys.readouterr().err == told


def test_another_version_than_that_of_params_is_refused_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(Misspelt, match=r"release.version is 0.1.0; set it to 0.2.0, say in"):
        staged(tmp_path, released(little_world(), tmp_path), "0.2.0")


def test_a_folder_of_another_manifest_is_refused(tmp_path: Path) -> None:
    released([film("a")], tmp_path)
    other = released([film("b")], tmp_path / "other")
    with pytest.raises(BrokenTable, match="run `dvc repro release`"):
        staged(tmp_path, other)


def test_a_file_that_was_changed_since_is_refused(tmp_path: Path) -> None:
    material = released(little_world(), tmp_path)
    (tmp_path / "release/LICENSES.md").write_text("all is mine", encoding="utf-8")
    with pytest.raises(BrokenTable, match="was changed since it was made"):
        staged(tmp_path, material)
    assert not (tmp_path / "releases/0.1.0/dataset").exists()


def test_a_version_is_one_manifest_whether_staged_or_published(tmp_path: Path) -> None:
    staged(tmp_path, released([film("a")], tmp_path))
    other = released([film("b")], tmp_path)
    with pytest.raises(BrokenTable, match=r"holds version 0\.1\.0 of manifest"):
        staged(tmp_path, other)
    (tmp_path / "releases").rename(tmp_path / "elsewhere")
    line = Published(VERSION, "0" * 16, "dataset", "little-set", "org/set", "a" * 40, "2026-05-01")
    enter(tmp_path / "releases.csv", line)
    with pytest.raises(
        BrokenTable, match=r"version 0\.1\.0 was published as manifest 0000000000000000"
    ):
        staged(tmp_path, other)


def test_the_ledger_keeps_its_lines_and_holds_none_twice(tmp_path: Path) -> None:
    place = tmp_path / "releases.csv"
    first = Published(VERSION, "0" * 16, "dataset", "little-set", "org/set", "a" * 40, "2026-05-01")
    second = first._replace(version="0.2.0", manifest_id="1" * 16)
    assert [enter(place, first), enter(place, second)] == [True, True]
    assert enter(place, first._replace(pushed="2026-06-01")) is False
    assert published(place) == [first, second]


def test_a_withdrawal_is_published_without_who_asked_and_why(tmp_path: Path) -> None:
    place = tmp_path / "withdrawals.csv"
    line = 'patient_id,=cohen/7,"the patient, Anna Rossi",2026-05-01,Dr. Bianchi,,,\n'
    place.write_text(f"{','.join(FULL)}\n{line}", encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text("# Changes\n")
    made = papers(tmp_path / "CHANGELOG.md", place, tmp_path / "audit", tmp_path / "gate.json", {})
    assert made.withdrawals == f"{','.join(SHOWN)}\npatient_id,'=cohen/7,2026-05-01,,,\n"


def test_a_source_is_told_without_the_places_of_a_machine() -> None:
    mirrors = {"https://radiopaedia.org": "http://b.org"}
    entry = {"files": "/data/mine", "permission": "/home/me/p.yaml", "max_cases": 5, "cases": [],
             "queries": ["COVID"], "mirrors": mirrors}  # fmt: skip
    note = source_note(load("radiopaedia", {"radiopaedia": entry}))
    assert note["entry"] == {"listings": [], "max_cases": 5, "queries": ["COVID"], "cases": []}
    assert note["needs_permission"] is True
    assert "/home" not in json.dumps(note)


@pytest.mark.parametrize("command", ["stage", "check", "preview", "push", "verify"])
def test_every_command_says_what_it_is_for(command: str) -> None:
    said = CliRunner().invoke(app, ["release", command, "--help"])
    assert said.exit_code == 0
    assert "Exit codes" in said.stdout or command == "preview"


def test_a_version_that_is_not_staged_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Misspelt, match=f"{INVENTORY}: not there; name a folder that"):
        read_inventory(tmp_path)
