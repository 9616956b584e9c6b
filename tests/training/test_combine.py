import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from members import TASK, answers, leaning, member
from planted import prepared, rows, trained
from scipy.optimize import minimize

from manifests.contract.params import Misspelt
from manifests.contract.table import BrokenTable, read_arrow
from manifests.contract.vocabulary import Split
from training.combined.spread import entropy, spread
from training.combined.weighing import best_weights, mixed
from training.judgement import Judging
from training.stage_commands import known_experiments
from training.stages import combine, evaluate

JUDGING = Judging(bootstrap=100, confidence=0.95, sensitivity=0.9)
SIDES = {Split.TEST: 60, Split.VAL: 48, Split.EXTERNAL: 12}


def params(kind: str, *members: str, **given: object) -> combine.Params:
    usual = {"kind": kind, "members": members, "least_groups": 3, "strength": 1.0, "seed": 1}
    return combine.Params.model_validate(usual | given)


def ensemble(folder: Path, **force: float) -> Path:
    """A member for each name; what it says leans towards the truth with its force."""
    for seed, (name, strength) in enumerate(force.items()):
        said = {}
        for side, count in SIDES.items():
            actual = [n // 2 % 3 for n in range(count)]
            said[side] = answers(side, actual, leaning(seed * 10 + count, actual, strength))
        member(folder / name, said)
    return folder


def run(evaluated: Path, out: Path, settings: combine.Params) -> tuple[Any, list[dict[str, Any]]]:
    out.mkdir(parents=True)
    combine.main(evaluated, out, settings, JUDGING)
    metrics = json.loads((out / "metrics.json").read_text())
    return metrics, read_arrow(out / "predictions.parquet").to_pylist()


def test_the_weights_are_those_that_a_general_minimiser_finds() -> None:
    actual = np.array([n % 3 for n in range(90)])
    chances = np.stack([leaning(n, actual.tolist(), force) for n, force in enumerate((2, 1, 0))])

    def loss(free: np.ndarray) -> float:
        weights = np.exp(free) / np.exp(free).sum()
        mixture = sum(w * c for w, c in zip(weights, chances, strict=True))
        return float(-np.log(mixture[np.arange(90), actual]).mean())

    found = best_weights(chances, actual)
    assert found.sum() == pytest.approx(1)
    assert (found >= 0).all()
    assert loss(np.log(np.maximum(found, 1e-12))) <= minimize(loss, np.zeros(3)).fun + 1e-6
    assert loss(np.log(np.maximum(found, 1e-12))) < loss(np.zeros(3))


def test_a_mixture_is_the_weighted_mean() -> None:
    chances = np.array([[[0.8, 0.2]], [[0.4, 0.6]]])
    assert mixed(np.array([0.75, 0.25]), chances)[0] == pytest.approx([0.7, 0.3])


def test_spread_is_variance_entropy_and_disagreement() -> None:
    members = np.array([[[1.0, 0.0], [0.5, 0.5]], [[0.0, 1.0], [0.5, 0.5]]])
    found = spread(members, members.mean(0))
    # One says yes and the other no; or both know nothing, and agree in it.
    assert found["variance"].tolist() == [0.25, 0.0]
    assert found["entropy"].tolist() == [0.693147, 0.693147]
    assert found["disagreement"].tolist() == [0.693147, 0.0]
    assert entropy(np.array([1.0, 0.0])) == 0


def test_equal_members_are_averaged_film_by_film(tmp_path: Path) -> None:
    evaluated = ensemble(tmp_path / "e", one=1.0, other=1.5)
    metrics, said = run(evaluated, tmp_path / "out", params("equal", "one", "other"))
    assert metrics["weights"] == {"one": 0.5, "other": 0.5}
    own = [read_arrow(evaluated / name / "predictions.parquet").to_pylist()
           for name in ("one", "other")]  # fmt: skip
    for row, *members in zip(said, *own, strict=True):
        expected = np.mean([line["probabilities"] for line in members], axis=0)
        assert row["probabilities"] == pytest.approx(expected, abs=1e-6)
        assert row["variance"] == pytest.approx(
            np.var([line["probabilities"] for line in members], axis=0).mean(), abs=1e-6
        )
    assert (metrics["test"]["n"], metrics["test"]["groups"], metrics["external"]["n"]) == (
        60,
        30,
        12,
    )


def test_a_member_that_knows_nothing_hardly_counts_and_is_shown_beside(tmp_path: Path) -> None:
    evaluated = ensemble(tmp_path / "e", good=3.0, noise=0.0)
    metrics, _ = run(evaluated, tmp_path / "out", params("weighted", "noise", "good"))
    assert metrics["weights"]["good"] > 0.9
    test = {name: sides["test"] for name, sides in metrics["members"].items()}
    assert test["good"]["auc"] > 0.9 > test["noise"]["auc_high"]
    # The best member on the validation films, and the same films and resamples for both.
    assert metrics["gain"]["over"] == "good"
    expected = metrics["test"]["auc"] - test["good"]["auc"]
    assert metrics["gain"]["auc"] == pytest.approx(expected, abs=2e-6)


def test_of_members_of_one_auc_the_best_is_the_surest_of_the_truth(tmp_path: Path) -> None:
    # Both are right about every film; the first hardly dares to say so.
    evaluated = ensemble(tmp_path / "e", timid=8.0, sure=30.0)
    metrics, _ = run(evaluated, tmp_path / "out", params("equal", "timid", "sure"))
    assert [sides["val"]["auc"] for sides in metrics["members"].values()] == [1, 1]
    assert metrics["gain"]["over"] == "sure"


def test_a_stack_learns_that_a_member_has_its_labels_turned_round(tmp_path: Path) -> None:
    evaluated = ensemble(tmp_path / "e", noise=0.0)
    said = {}
    for side, count in SIDES.items():
        actual = [n // 2 % 3 for n in range(count)]
        turned = leaning(count, [(label + 1) % 3 for label in actual], 4.0)
        said[side] = answers(side, actual, turned)
    member(evaluated / "turned", said)
    stack, _ = run(evaluated, tmp_path / "stack", params("stacked", "noise", "turned"))
    mean, _ = run(evaluated, tmp_path / "mean", params("weighted", "noise", "turned"))
    assert stack["test"]["accuracy"] > 0.9
    assert mean["test"]["accuracy"] < 0.4
    about = json.loads((tmp_path / "stack" / "figures.json").read_text())["about"]
    assert np.shape(about["coefficients"]) == (3, 6)
    assert about["fitted_on"] == "val"


@pytest.mark.parametrize("kind", ["weighted", "stacked"])
def test_nothing_is_learnt_from_test_films(tmp_path: Path, kind: str) -> None:
    plain = ensemble(tmp_path / "plain", one=1.0, other=2.0)
    other = tmp_path / "other"
    for name in ("one", "other"):
        said = {}
        for side, count in SIDES.items():
            actual = [n // 2 % 3 for n in range(count)]
            chances = leaning({"one": 0, "other": 1}[name] * 10 + count, actual,
                              {"one": 1.0, "other": 2.0}[name])  # fmt: skip
            # Every test film is called something else; the chances stay.
            told = [(label + 1) % 3 for label in actual] if side is Split.TEST else actual
            said[side] = answers(side, told, chances)
        member(other / name, said)
    settings = params(kind, "one", "other")
    _, before = run(plain, tmp_path / "a", settings)
    _, after = run(other, tmp_path / "b", settings)
    assert [row["probabilities"] for row in before] == [row["probabilities"] for row in after]


@pytest.mark.parametrize("kind", ["weighted", "stacked"])
def test_too_few_validation_groups_are_refused_with_a_reason(tmp_path: Path, kind: str) -> None:
    evaluated = ensemble(tmp_path / "e", one=1.0, other=2.0)
    settings = params(kind, "one", "other", least_groups=9)
    metrics, said = run(evaluated, tmp_path / "out", settings)
    # 48 films of 3 labels, 2 to a group.
    assert "8 of normal, 8 of cap, 8 of covid19; 9 of each" in metrics["reason"]
    assert metrics["test"]["auc"] is None
    assert metrics["weights"] is None
    assert metrics["gain"] == {"over": None, "auc": None, "low": None, "high": None}
    assert metrics["members"]["one"]["test"]["auc"] > 0.5
    assert said == []
    run(evaluated, tmp_path / "equal", params("equal", "one", "other", least_groups=9))


@pytest.mark.parametrize("gone", list(SIDES))
def test_a_side_without_films_has_no_figures_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: Split
) -> None:
    monkeypatch.setitem(SIDES, gone, 0)
    evaluated = ensemble(tmp_path / "e", one=1.0, other=2.0)
    metrics, said = run(evaluated, tmp_path / "out", params("equal", "one", "other"))
    assert (metrics[gone]["n"], metrics[gone]["auc"]) == (0, None)
    assert len(said) == sum(SIDES.values())
    # Without validation films nobody knows which member is best.
    assert (metrics["gain"]["auc"] is None) == (gone is not Split.EXTERNAL)


@pytest.mark.parametrize(
    ("change", "fault", "told"),
    [
        ({"task": {**TASK, "cap": ["sars"]}}, Misspelt, "not the same task"),
        ({"protocol": "paper"}, Misspelt, "not the same protocol"),
        ({"manifest_id": "m2"}, BrokenTable, "other films"),
    ],
)
def test_members_that_were_asked_something_else_are_refused(
    tmp_path: Path, change: dict[str, object], fault: type[Exception], told: str
) -> None:
    evaluated = ensemble(tmp_path / "e", one=1.0)
    actual = [n // 2 % 3 for n in range(60)]
    said = {side: answers(side, actual[:n], leaning(3, actual[:n], 1)) for side, n in SIDES.items()}
    member(evaluated / "other", said, **change)
    with pytest.raises(fault, match=f"one and other .*{told}"):
        run(evaluated, tmp_path / "out", params("equal", "one", "other"))
    with pytest.raises(BrokenTable, match=r"gone.*dvc repro evaluate"):
        run(evaluated, tmp_path / "out2", params("equal", "one", "gone"))


def test_networks_that_were_trained_are_combined_to_the_byte_twice(tmp_path: Path) -> None:
    films = prepared(tmp_path / "films", rows(train=24, val=24, test=24))
    for seed in (1, 2):
        net = trained(films, tmp_path / "train" / f"s{seed}", seed=seed)
        out = tmp_path / "evaluate" / f"s{seed}"
        out.mkdir(parents=True)
        evaluate.main(
            films, net, out, evaluate.Params(bootstrap=100, confidence=0.95, sensitivity=0.9)
        )
    settings = params("stacked", "s1", "s2")
    for name in ("a", "b"):
        metrics, said = run(tmp_path / "evaluate", tmp_path / name, settings)
        assert (metrics["test"]["n"], len(said)) == (24, 48)
    for file in ("figures.json", "metrics.json", "predictions.parquet", "confusion.csv"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_a_member_that_is_no_experiment_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Path("params.yaml").resolve().read_text()
    (tmp_path / "params.yaml").write_text(known)
    monkeypatch.chdir(tmp_path)
    names = list(yaml.safe_load(known)["experiments"])
    known_experiments("combined.mean.members", names)
    with pytest.raises(
        Misspelt, match=r"combined\.mean\.members' has 'densnet'; known: .*base_cnn"
    ):
        known_experiments("combined.mean.members", [*names, "densnet"])
    with pytest.raises(Misspelt, match="twice"):
        known_experiments("combined.mean.members", ["base_cnn", "base_cnn"])
