"""Follows "Add a source in five steps" of CONTRIBUTING.md to the letter, in a copy."""

import difflib
import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from project import ROOT
from road import copy_project, succeed

from manifests.contract.table import read_stage

TEXT = (ROOT / "CONTRIBUTING.md").read_text()
BLOCK = re.compile(r"^```\w+ title=(\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
STEPS = {match[1]: match[2] for match in BLOCK.finditer(TEXT)}
KEY = "example_hospital"
pytestmark = pytest.mark.long


CODE = f"curation/sources/{KEY}/__init__.py"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # The first cards of the drawn world are of these four sources.
    only = ("radiopaedia", "sirm", "cohen", "nih_cxr14")
    folder = copy_project(tmp_path_factory.mktemp("copy"), only=only, phantom={"patients": 12})
    succeed(folder, "dvc", "repro", "split")
    before, _ = read_stage(folder / "data" / "split")
    sides = dict(zip(before["record_id"], before["split"], strict=True))
    (folder / "before.part").write_text(json.dumps(sides))
    succeed(folder, "python", "-m", "curation", *STEPS["new"].split()[1:])
    (folder / "scaffold.part").write_text((folder / CODE).read_text())
    for place in (CODE, f"tests/sources/fixtures/{KEY}/films.csv"):
        (folder / place).write_text(STEPS[place])
    return folder


class Added(NamedTuple):
    """The copy with the new source in it, and what the three commands of the last step said."""

    folder: Path
    checked: str
    tested: str
    made: str


@pytest.fixture(scope="module")
def added(copy: Path) -> Added:
    check, pytest_, repro = (line.split() for line in STEPS["check"].splitlines())
    checked = succeed(copy, "python", "-m", "curation", *check[1:])
    return Added(copy, checked, succeed(copy, *pytest_), succeed(copy, *repro))


def test_the_five_steps_add_a_source(added: Added) -> None:
    assert "BAD" not in added.checked
    assert " passed" in added.tested
    kept, _ = read_stage(added.folder / "data" / "merge")
    assert kept[kept["source"] == KEY]["record_id"].tolist() == [f"{KEY}/1.png", f"{KEY}/2.png"]
    ran = re.findall(r"Running stage '([^']+)'", added.made)
    # The segmenter learns from what did not change, and is not trained anew.
    joins = ["merge", "dedup", "masked", "lungs", "text", "filter", "split"]
    assert (ran[0], sorted(ran[1:])) == (f"ingest@{KEY}", sorted(joins))
    # Lungs and words do not need each other, so that DVC may take either first.
    for other in ({"text"}, {"masked", "lungs"}):
        after = [stage for stage in ran[1:] if stage not in other]
        assert after == [stage for stage in joins if stage not in other]


def test_less_than_sixty_lines_are_filled_in(copy: Path) -> None:
    before = (copy / "scaffold.part").read_text().splitlines()
    after = (copy / CODE).read_text().splitlines()
    filled = [line for line in difflib.ndiff(before, after) if line.startswith("+ ")]
    assert 0 < len(filled) < 60


def test_the_preview_says_what_it_brings(added: Added) -> None:
    command = ("python", "-m", "curation", "source", "preview", KEY, "--json")
    said = json.loads(succeed(added.folder, *command).splitlines()[0])
    assert (said["came_in"], said["films"], said["under_age"]) == (2, 2, 1)
    assert said["licenses"] == {"CC-BY-4.0": 2}
    assert said["compared_with"] > 10


def test_the_child_among_its_films_is_out(added: Added) -> None:
    rejected = read_stage(added.folder / "data" / "filter")[1].set_index("record_id")
    assert rejected.loc[f"{KEY}/2.png", "reason"] == "pediatric"
    assert "1.5 years" in str(rejected.loc[f"{KEY}/2.png", "detail"])


def test_the_new_source_moved_no_old_film(added: Added) -> None:
    kept, _ = read_stage(added.folder / "data" / "split")
    after = dict(zip(kept["record_id"], kept["split"], strict=True))
    before = json.loads((added.folder / "before.part").read_text())
    assert {name: after[name] for name in before} == before
