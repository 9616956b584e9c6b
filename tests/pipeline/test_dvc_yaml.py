"""DVC does not follow imports, so this does: a changed file must re-run the stages that use it."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from project import ROOT, reached

STAGES: dict[str, Any] = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
PARAMS: dict[str, Any] = yaml.safe_load((ROOT / "params.yaml").read_text())


def body(name: str) -> dict[str, Any]:
    stage = STAGES[name]
    found: dict[str, Any] = stage.get("do", stage)
    return found


def code_of(name: str) -> list[Path]:
    package = "training" if "python -m training" in body(name)["cmd"] else "curation"
    start = [ROOT / package / "stages" / f"{name}.py"]
    if name == "ingest":
        start += [ROOT / "curation" / "sources" / key / "__init__.py" for key in PARAMS["sources"]]
    return start


def deps_of(name: str) -> list[Path]:
    deps = [str(dep) for dep in body(name)["deps"]]
    if name == "ingest":
        deps += [d.replace("${key}", key) for d in deps for key in PARAMS["sources"]]
    return [ROOT / dep for dep in deps if "${" not in dep]


@pytest.mark.parametrize("name", sorted(STAGES))
def test_a_stage_depends_on_every_file_it_imports(name: str) -> None:
    deps = deps_of(name)
    needed = {file for start in code_of(name) for file in reached(start)}
    missing = {f for f in needed if not any(f == dep or dep in f.parents for dep in deps)}
    assert sorted(f.relative_to(ROOT).as_posix() for f in missing) == []


@pytest.mark.parametrize("name", sorted(STAGES))
def test_every_code_dependency_exists(name: str) -> None:
    gone = [d for d in deps_of(name) if "data" not in d.parts and not d.exists()]
    made = {ROOT / "manifests" / f for f in ("dataset.parquet", "rejected.parquet", "summary.json")}
    assert [d for d in gone if d not in made] == []


@pytest.mark.parametrize("name", sorted(STAGES))
def test_only_slugs_are_pasted_into_a_shell(name: str) -> None:
    pasted = {part.split("}")[0] for part in body(name)["cmd"].split("${")[1:]}
    assert pasted <= {
        "key",
        "item.recipe",
        "item.concealed",
        "item.first",
        "item.second",
        "suspects.recipe",
        "audit.recipe",
        "audit.concealed",
        "probe.recipe",
    }


@pytest.mark.parametrize(
    "section",
    ["sources", "recipes", "tasks", "experiments", "repeats", "remedies", "rate", "combined",
     "cascades", "fused", "conceal"],
)  # fmt: skip
def test_the_keys_that_reach_a_shell_are_slugs(section: str) -> None:
    assert all(key.replace("_", "").isalnum() and key == key.lower() for key in PARAMS[section])
