"""What the doctor says of a source: ready, needs a permission record, needs files, or blocked."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from grants import GRANT
from project import ROOT

from curation.doctor_sources import State, standings
from curation.network.entry import Evidence
from curation.network.store import Store
from curation.sources.base import Page
from curation.sources.loading import keys

FIXTURES = ROOT / "tests/sources/fixtures"
SIRM: dict[str, Any] = {"permission": None, "max_cases": 9}


def state(key: str, **entry: object) -> tuple[State, str]:
    found = standings({key: entry})[0]
    assert found.key == key
    assert found.is_well == (found.state is State.READY)
    assert found.is_well or found.cure
    return found.state, f"{found.found} {found.cure}"


def test_a_folder_with_files_is_ready() -> None:
    assert state("cohen", files=FIXTURES / "cohen", commit="drawn")[0] is State.READY
    assert state("sirm", files=FIXTURES / "sirm", **SIRM)[0] is State.READY


def test_what_will_be_drawn_is_ready() -> None:
    assert state("cohen", files="data/phantom/cohen", commit="drawn")[0] is State.READY


def test_an_empty_folder_needs_files_and_says_how_to_get_them(tmp_path: Path) -> None:
    found, said = state("cohen", files=tmp_path, commit="a" * 40)
    assert found is State.NEEDS_FILES
    assert "cxr fetch cohen" in said
    assert "sources.cohen.files" in said


def test_what_a_fetch_would_lack_is_said_before_it(tmp_path: Path) -> None:
    assert "40 digits of a commit" in state("cohen", files=tmp_path, commit="main")[1]


def test_a_site_that_forbids_copying_needs_a_permission_record_first(tmp_path: Path) -> None:
    found, said = state("sirm", files=tmp_path / "none", **SIRM)
    assert found is State.NEEDS_PERMISSION
    assert "sources.sirm.permission" in said
    (tmp_path / "grant.yaml").write_text(GRANT.format(key="sirm"))
    granted = {**SIRM, "permission": tmp_path / "grant.yaml"}
    assert state("sirm", files=tmp_path / "none", **granted)[0] is State.NEEDS_FILES


def record(folder: Path, *kinds: str) -> None:
    """A page for each kind, after the site's robots.txt, which is there for none of them."""
    store = Store(folder)
    for number, kind in enumerate(("gone", *kinds)):
        url = f"https://www.sirm.org/{number}/" if number else "https://www.sirm.org/robots.txt"
        page = Page(url=url, final_url=url, status=404 if kind == "gone" else 200,
                    content_type="text/html", data=BODIES[kind])  # fmt: skip
        store.put(page, Evidence(reserved="is reserved" if kind == "reserved" else ""))


BODIES = {"gate": b"<html><title>Just a moment</title>", "reserved": b"", "gone": b"<html>",
          "open": b"<html><h1>caso</h1>"}  # fmt: skip


@pytest.mark.parametrize("kinds", [("gate",) * 2, ("reserved",) * 2, ("gate", "reserved", "gone")])
def test_a_site_that_gave_no_page_to_read_is_blocked(
    kinds: tuple[str, ...], tmp_path: Path
) -> None:
    record(tmp_path, *kinds)
    found, said = state("sirm", files=tmp_path, **SIRM)
    assert found is State.BLOCKED
    assert "ask the keepers" in said


@pytest.mark.parametrize("kind", ["gate", "reserved", "gone"])
def test_a_page_that_was_not_given_hides_no_other(kind: str, tmp_path: Path) -> None:
    record(tmp_path, *["open"] * 5, kind)
    found, said = state("sirm", files=tmp_path, **SIRM)
    assert found is State.READY
    assert "5 pages" in said


def test_a_site_of_which_only_the_rules_came_is_not_ready(tmp_path: Path) -> None:
    record(tmp_path)
    assert state("sirm", files=tmp_path, **SIRM)[0] is State.NEEDS_PERMISSION
    (tmp_path / "grant.yaml").write_text(GRANT.format(key="sirm"))
    granted = {**SIRM, "permission": tmp_path / "grant.yaml"}
    found, said = state("sirm", files=tmp_path, **granted)
    assert found is State.NEEDS_FILES
    assert "no page that can be read" in said


@pytest.mark.parametrize(
    "names",
    [("github_tree.json",), (".DS_Store",), ("images/a.png.part", "images/a.png.version.part"),
     ("github_tree.json", "metadata.csv", "images/a.png.part")],
)  # fmt: skip
def test_what_a_kill_left_of_a_fetch_needs_files(names: tuple[str, ...], tmp_path: Path) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"{}")
    found, said = state("cohen", files=tmp_path, commit="a" * 40)
    assert found is State.NEEDS_FILES
    assert "`cxr fetch cohen`" in said
    for name in names:
        (tmp_path / name).unlink()
    shutil.copytree(FIXTURES / "cohen", tmp_path, dirs_exist_ok=True)
    assert state("cohen", files=tmp_path, commit="a" * 40)[0] is State.READY


@pytest.mark.parametrize("damage", ["index", "body"])
def test_a_damaged_folder_is_fetched_again(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "sirm"
    shutil.copytree(FIXTURES / "sirm", folder)
    if damage == "index":
        (folder / "responses.jsonl").write_text("{}\n")
    else:
        for body in (folder / "objects").iterdir():
            body.write_bytes(b"bit rot")
    assert state("sirm", files=folder, **SIRM)[0] is State.NEEDS_FILES


def test_every_source_of_the_project_is_named(tmp_path: Path) -> None:
    found = standings({"cohen": {"files": tmp_path, "commit": "drawn"}})
    assert [one.key for one in found] == ["cohen", *(key for key in keys() if key != "cohen")]
    assert {one.state for one in found[1:]} == {State.UNUSED}


def test_a_folder_of_something_else_is_not_ready(tmp_path: Path) -> None:
    (tmp_path / "readme.md").write_text("docs")
    entries: dict[str, dict[str, object]] = {
        "cohen": {"commit": "drawn"}, "listed": {"permission": None}, "kermany": {},
    }  # fmt: skip
    for key, entry in entries.items():
        found, _ = state(key, files=tmp_path, **entry)
        assert found in {State.NEEDS_FILES, State.NEEDS_PERMISSION}, key


def test_only_its_own_folder_will_be_drawn() -> None:
    assert state("cohen", files="data/phantom/cohne", commit="drawn")[0] is State.NEEDS_FILES


def test_a_slip_in_its_entry_is_not_a_lack_of_files(tmp_path: Path) -> None:
    found, said = state("sirm", files=tmp_path, permission=None, max_cases="many")
    assert found is State.MISSPELT
    assert "max_cases" in said
