"""Follows "Add a source in five steps" of CONTRIBUTING.md to the letter, in a copy."""

import json
import re
import textwrap
from pathlib import Path

import pytest
from project import ROOT
from road import copy_project, succeed

from manifests.contract.table import read_stage

TEXT = (ROOT / "CONTRIBUTING.md").read_text()
BLOCK = re.compile(r"^```\w+ title=(\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
STEPS = {match[1]: match[2] for match in BLOCK.finditer(TEXT)}
KEY = "example_hospital"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copy_project(tmp_path_factory.mktemp("copy"), phantom={"patients": 12})
    succeed(folder, "dvc", "repro", "split")
    before, _ = read_stage(folder / "data" / "split")
    sides = dict(zip(before["record_id"], before["split"], strict=True))
    (folder / "before.part").write_text(json.dumps(sides))
    place = f"curation/sources/{KEY}/__init__.py"
    (folder / place).parent.mkdir()
    (folder / place).write_text(STEPS[place])
    params = (folder / "params.yaml").read_text()
    entry = textwrap.indent(STEPS["params.yaml"], "  ")
    (folder / "params.yaml").write_text(params.replace("sources:\n", f"sources:\n{entry}", 1))
    fixture = folder / f"tests/sources/fixtures/{KEY}"
    fixture.mkdir(parents=True)
    (fixture / "films.csv").write_text(STEPS[f"tests/sources/fixtures/{KEY}/films.csv"])
    succeed(folder, "python", "-c", STEPS["draw.py"])
    return folder


def test_the_five_steps_add_a_source(copy: Path) -> None:
    said = [succeed(copy, *line.split()) for line in STEPS["check"].splitlines()]
    assert " passed" in said[0]
    kept, _ = read_stage(copy / "data" / "merge")
    assert kept[kept["source"] == KEY]["record_id"].tolist() == [f"{KEY}/one.png", f"{KEY}/two.png"]
    ran = re.findall(r"Running stage '([^']+)'", said[1])
    assert ran == [f"ingest@{KEY}", "merge", "dedup", "filter", "split"]


def test_the_child_among_its_films_is_out(copy: Path) -> None:
    rejected = read_stage(copy / "data" / "filter")[1].set_index("record_id")
    assert rejected.loc[f"{KEY}/two.png", "reason"] == "pediatric"
    assert "1.5 years" in str(rejected.loc[f"{KEY}/two.png", "detail"])


def test_the_new_source_moved_no_old_film(copy: Path) -> None:
    kept, _ = read_stage(copy / "data" / "split")
    after = dict(zip(kept["record_id"], kept["split"], strict=True))
    before = json.loads((copy / "before.part").read_text())
    assert {name: after[name] for name in before} == before
