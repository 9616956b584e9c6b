import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from planted import params as trained_by
from planted import prepared, row
from project import ROOT
from typer.testing import CliRunner

from manifests.contract.params import Misspelt
from manifests.contract.prepared import Prepared
from manifests.contract.table import read_arrow
from training.__main__ import app
from training.checkpoint import WrongCheckpoint
from training.combined.routes import Route, joint_chances, routes_of, step_by_step
from training.films import read_task
from training.judgement import Judging
from training.stages import cascade, evaluate, train

JOINT = {"normal": ["normal"], "cap": ["pneumonia", "sars"], "covid19": ["covid19"]}
ILL = {"ill": ["pneumonia", "sars", "covid19"], "healthy": ["normal"]}
KIND = {"covid": ["covid19"], "other": ["pneumonia", "sars"]}
FINDINGS = ("normal", "normal", "pneumonia", "covid19")
JUDGING = Judging(bootstrap=100, confidence=0.95, sensitivity=0.9)
PARAMS = cascade.Params(recipe="plain", first="ill", second="kind", task="joint", seed=1)
CHANCES = (
    np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]]),
    np.array([[0.3, 0.7], [0.5, 0.5], [1.0, 0.0]]),
)


def routes(joint: Any = None, first: Any = None, second: Any = None) -> dict[str, Route]:
    given = (joint or JOINT, first or ILL, second or KIND)
    return routes_of(*(read_task(task) for task in given))


def test_the_way_to_each_label_follows_from_the_findings() -> None:
    assert routes() == {"normal": (1, None), "cap": (0, 1), "covid19": (0, 0)}


def test_joint_chances_are_products_and_sum_to_one() -> None:
    found = joint_chances(routes(), *CHANCES)
    # normal 1 - p, cap p(1 - q), covid19 pq.
    expected = [[0.1, 0.63, 0.27], [0.4, 0.3, 0.3], [0.8, 0.0, 0.2]]
    assert found == pytest.approx(np.array(expected))


def test_word_by_word_an_ill_film_is_not_normal_though_that_be_likeliest() -> None:
    second = CHANCES[1].copy()
    second[1] = 0.51, 0.49
    assert joint_chances(routes(), CHANCES[0], second).argmax(1).tolist() == [1, 0, 0]
    assert step_by_step(routes(), CHANCES[0], second).argmax(1).tolist() == [1, 2, 0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"joint": {**JOINT, "cap": ["pneumonia", "mers"]}},
            "all findings of 'cap'; mers is in none",
        ),
        ({"first": KIND}, "first network.*all findings of 'normal'"),
        ({"second": ILL}, "must part one label from two"),
        ({"joint": ILL}, "given are 2, 2 and 2"),
    ],
)
def test_networks_that_are_no_pair_are_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(Misspelt, match=told):
        routes(**change)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


@pytest.fixture(scope="module")
def films(folder: Path) -> Prepared:
    sides = ["train"] * 24 + ["val"] * 8 + ["test"] * 16 + ["external"] * 8
    given = [row(n, split=side, finding=FINDINGS[n % 4]) for n, side in enumerate(sides)]
    return prepared(folder, given)


def learnt(films: Prepared, folder: Path, task: dict[str, list[str]], **given: object) -> Path:
    folder.mkdir(parents=True)
    settings = trained_by(**{"epochs": 1, **given})
    train.main(films, folder, settings, task, folder.with_suffix(".state"))
    return folder


@pytest.fixture(scope="module")
def nets(films: Prepared, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("train")
    return learnt(films, folder / "ill", ILL), learnt(films, folder / "kind", KIND)


def test_both_are_asked_about_all_films_and_judged_on_them(
    films: Prepared, nets: tuple[Path, Path], tmp_path: Path
) -> None:
    cascade.main(films, nets, tmp_path, PARAMS, JOINT, JUDGING)
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    said = read_arrow(tmp_path / "predictions.parquet").to_pylist()
    assert [metrics[side]["n"] for side in ("test", "val", "external")] == [16, 8, 8]
    assert metrics["steps"]["ill"]["n"] == 16
    # No normal film has a label in the second task.
    assert metrics["steps"]["kind"]["n"] == 8
    assert metrics["leaked_share"] == 0
    test = [line for line in said if line["split"] == "test"]
    with (tmp_path / "confusion.csv").open() as source:
        drawn = Counter((line["actual"], line["predicted"]) for line in csv.DictReader(source))
    assert drawn == Counter((line["label"], line["predicted"]) for line in test)
    assert all(sum(line["probabilities"]) == pytest.approx(1, abs=2e-6) for line in said)


def test_the_first_step_is_what_evaluate_says_of_the_first_network(
    films: Prepared, nets: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "pair").mkdir()
    cascade.main(films, nets, tmp_path / "pair", PARAMS, JOINT, JUDGING)
    (tmp_path / "alone").mkdir()
    evaluate.main(films, nets[0], tmp_path / "alone", evaluate.Params(**JUDGING.model_dump()))
    both, alone = (
        {line["record_id"]: line["probabilities"]
         for line in read_arrow(tmp_path / name / "predictions.parquet").to_pylist()}
        for name in ("pair", "alone")
    )  # fmt: skip
    assert both.keys() == alone.keys()
    for film, (ill, healthy) in alone.items():
        normal, *rest = both[film]
        assert normal == pytest.approx(healthy, abs=2e-6)
        assert sum(rest) == pytest.approx(ill, abs=2e-6)


def test_films_that_either_network_learnt_from_are_never_judged(
    films: Prepared, nets: tuple[Path, Path], tmp_path: Path
) -> None:
    other = learnt(films, tmp_path / "kind", KIND, protocol="paper")
    with pytest.raises(Misspelt, match=r"protocol honest, kind by paper; .*learnt from"):
        cascade.main(films, (nets[0], other), tmp_path, PARAMS, JOINT, JUDGING)


def test_a_network_of_other_films_is_refused(nets: tuple[Path, Path], tmp_path: Path) -> None:
    given = [row(n, split="test", finding=FINDINGS[n % 4]) for n in range(8)]
    others = prepared(tmp_path / "films", given, manifest_id="m2")
    with pytest.raises(WrongCheckpoint, match="manifest m1"):
        cascade.main(others, nets, tmp_path, PARAMS, JOINT, JUDGING)


@pytest.mark.usefixtures("films")
def test_the_command_takes_its_pair_from_params(
    folder: Path, nets: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = yaml.safe_load((ROOT / "params.yaml").read_text())
    known["cascades"] = {"pair": PARAMS.model_dump() | {"task": "three"}}
    known["tasks"]["three"] = JOINT
    known["evaluate"]["bootstrap"] = 100
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(known, sort_keys=False))
    monkeypatch.chdir(tmp_path)
    words = ["cascade", "pair", str(folder), *map(str, nets), str(tmp_path / "out")]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert json.loads((tmp_path / "out" / "metrics.json").read_text())["test"]["n"] == 16
    known["cascades"]["pair"]["task"] = "four"
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(known, sort_keys=False))
    with pytest.raises(Misspelt, match=r"cascades\.pair\.task' is 'four'; known: .*three"):
        CliRunner().invoke(app, words, catch_exceptions=False)
