"""params.yaml and its profiles: complete, understood by every stage, and switched by DVC itself."""

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from dvc.utils.hydra import compose_and_dump
from project import ROOT

from curation.sources.loading import load
from manifests.contract import params as params_module
from manifests.contract.params import Misspelt, section
from training.combined.routes import routes_of
from training.films import read_task
from training.remedies import Tried
from training.stages import remedy, train

SECTIONS = {
    "fetch": "curation.network.fetch",
    "phantom": "curation.stages.phantom",
    "compute": "curation.work.bench",
    "ingest": "curation.stages.ingest",
    "merge": "curation.stages.merge",
    "dedup": "curation.stages.dedup",
    "masked": "curation.stages.masked",
    "segment": "training.stages.segment",
    "lungs": "training.stages.lungs",
    "text": "curation.stages.text",
    "filter": "curation.stages.filter",
    "split": "curation.stages.split",
    "shift": "training.stages.shift",
    "suspects": "training.stages.suspects",
    "audit": "training.stages.audit",
    "evaluate": "training.stages.evaluate",
    "explain": "training.stages.explain",
    "probe": "training.stages.probe",
    "release": "curation.stages.release",
    "report": "curation.stages.report",
}
KEYED = {
    "recipes": "curation.stages.prepare",
    "experiments": "training.stages.train",
    "repeats": "training.stages.repeat",
    "remedies": "training.stages.remedy",
    "rate": "training.stages.rate",
    "cascades": "training.stages.cascade",
    "combined": "training.stages.combine",
    "fused": "training.stages.fuse",
    "conceal": "training.stages.conceal",
}
FREE = {"profile", "sources", "tasks"}


def composed(profile: str, folder: Path) -> dict[str, Any]:
    if profile == "demo":
        found: dict[str, Any] = yaml.safe_load((ROOT / "params.yaml").read_text())
        return found
    out = folder / "params.yaml"
    compose_and_dump(str(out), str(ROOT), None, "params", str(folder), [f"+profiles={profile}"])
    made: dict[str, Any] = yaml.safe_load(out.read_text())
    return made


def profiles() -> list[str]:
    return ["demo", *sorted(place.stem for place in (ROOT / "profiles").glob("*.yaml"))]


@pytest.mark.parametrize("profile", profiles())
def test_every_section_is_what_its_stage_understands(profile: str, tmp_path: Path) -> None:
    params = composed(profile, tmp_path)
    assert set(params) == set(SECTIONS) | set(KEYED) | FREE == set(params_module.SECTIONS)
    assert params["profile"]["name"] == profile
    for name, module in SECTIONS.items():
        section(params, name, importlib.import_module(module).Params)
    for name, module in KEYED.items():
        for key in params[name]:
            section(params, f"{name}.{key}", importlib.import_module(module).Params)
    for key in params["sources"]:
        assert load(key, params["sources"]).files


@pytest.mark.parametrize("profile", profiles())
def test_experiments_name_recipes_and_tasks_that_exist(profile: str, tmp_path: Path) -> None:
    params = composed(profile, tmp_path)
    for name in ("suspects", "audit"):
        assert params[name]["recipe"] in params["recipes"]
    assert params["audit"]["concealed"] in params["recipes"]
    assert params["probe"]["recipe"] in params["recipes"]
    assert set(params["shift"]["recipes"]) <= set(params["recipes"])
    for experiment in params["experiments"].values():
        assert experiment["recipe"] in params["recipes"]
        assert experiment["task"] in params["tasks"]
    for combination in params["combined"].values():
        members = [params["experiments"][name] for name in combination["members"]]
        assert len({(member["task"], member["protocol"]) for member in members}) == 1
    for pair in params["cascades"].values():
        first, second = (params["experiments"][pair[step]] for step in ("first", "second"))
        assert first["recipe"] == second["recipe"] == pair["recipe"]
        assert first["protocol"] == second["protocol"]
        tasks = (params["tasks"][one["task"]] for one in (pair, first, second))
        assert list(routes_of(*map(read_task, tasks))) == list(params["tasks"][pair["task"]])
    for section_of in ("conceal", "fused", "rate", "repeats"):
        for name, entry in params[section_of].items():
            assert params["experiments"][name]["recipe"] == entry["recipe"]
    for name, entry in params["repeats"].items():
        task = params["tasks"][params["experiments"][name]["task"]]
        assert {entry["label"], *entry["films"]} <= set(task)


@pytest.mark.parametrize("profile", profiles())
def test_remedies_go_with_their_experiments_and_hold_out_sources_that_are_there(
    profile: str, tmp_path: Path
) -> None:
    params = composed(profile, tmp_path)
    for name in params["remedies"]:
        own = section(params, f"experiments.{name}", train.Params)
        asked = section(params, f"remedies.{name}", remedy.Params)
        task = params["tasks"][own.task]
        remedy.check(asked, Tried(own, task, asked.held_out, asked.seeds, tmp_path), name)
        assert {one.recipe for one in asked.remedies.values()} <= set(params["recipes"])
        assert set(asked.held_out) <= set(params["sources"])


def test_the_sample_profile_leaves_the_drawn_sources_out(tmp_path: Path) -> None:
    sources = composed("sample", tmp_path)["sources"]
    assert set(sources) == {
        "actualmed", "cohen", "covid_cxnet", "figure1", "hannover", "kermany", "nih_cxr14",
        "nlm_tb",
    }  # fmt: skip
    assert not [entry for entry in sources.values() if "phantom" in entry["files"]]


def test_a_misspelt_source_parameter_is_named() -> None:
    with pytest.raises(Misspelt, match=r"sources\.cohen\.fiels"):
        load("cohen", {"cohen": {"fiels": "x", "files": "x", "commit": "c"}})
    with pytest.raises(Misspelt, match="kohen"):
        load("kohen", {"kohen": {"files": "x"}})
