import json

import numpy as np
import numpy.typing as npt
import pytest
import torch
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)

from manifests.contract.association import wilson
from training.judgement import judge
from training.metrics import Floats, Whole, auc, bootstrapped, interval, roc, scores
from training.predictions import Predictions

LABELS = ("normal", "cap", "covid19")


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(18)


def said(seed: int, count: int, digits: int = 1) -> tuple[Whole, Floats]:
    """Random labels, and probabilities rounded so that many are tied."""
    chance = np.random.default_rng(seed)
    actual = chance.integers(0, 3, count)
    raw = chance.random((count, 3)) + np.eye(3)[actual] * 0.4
    return actual, np.round(raw / raw.sum(1, keepdims=True), digits)


def predictions(actual: list[int], chances: list[list[float]], groups: list[str]) -> Predictions:
    return Predictions(
        labels=LABELS, actual=np.array(actual, np.int64),
        probabilities=np.array(chances, np.float64).reshape(-1, 3), groups=groups,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_every_figure_is_that_of_scikit_learn(seed: int) -> None:
    actual, chances = said(seed, 80)
    predicted = chances.argmax(1)
    found = {name: value[0] for name, value in scores(np.ones((1, 80)), actual, chances).items()}
    assert accuracy_score(actual, predicted) == pytest.approx(found["accuracy"])
    assert f1_score(actual, predicted, average="macro") == pytest.approx(found["macro_f1"])
    for name, judged in (("precision", precision_score), ("recall", recall_score)):
        expected = judged(actual, predicted, average=None)
        np.testing.assert_allclose(found[f"label_{name}"], expected)
    expected = [roc_auc_score(actual == n, chances[:, n]) for n in range(3)]
    np.testing.assert_allclose(found["label_auc"], expected)
    assert np.mean(expected) == pytest.approx(found["auc"])


def test_a_film_drawn_twice_weighs_as_two_films() -> None:
    actual, chances = said(7, 40)
    weights = np.random.default_rng(1).integers(0, 3, (4, 40)).astype(np.float64)
    found = scores(weights, actual, chances)
    for n, weight in enumerate(weights):
        again = np.repeat(np.arange(40), weight.astype(int))
        alone = scores(np.ones((1, len(again))), actual[again], chances[again])
        for name, value in alone.items():
            np.testing.assert_allclose(value[0], found[name][n], err_msg=name)


def test_the_curve_is_that_of_scikit_learn() -> None:
    actual, chances = said(3, 60)
    false, true, _ = roc_curve(actual == 1, chances[:, 1], drop_intermediate=False)
    points = np.array([point[:2] for point in roc(actual == 1, chances[:, 1])])
    np.testing.assert_allclose(points, np.stack([false, true], 1))


def test_the_curve_of_a_label_without_films_is_empty() -> None:
    assert roc(np.zeros(3, bool), np.array([0.1, 0.2, 0.3])) == []


@pytest.mark.parametrize(
    ("score", "expected"),
    [([0.1, 0.2, 0.8, 0.9], 1.0), ([0.9, 0.8, 0.2, 0.1], 0.0), ([0.5] * 4, 0.5)],
)
def test_auc_of_a_perfect_a_reversed_and_a_flat_score(score: list[float], expected: float) -> None:
    member = np.array([False, False, True, True])
    assert expected == float(auc(np.ones((1, 4)), member, np.array(score))[0])


def test_resampling_groups_is_wider_than_resampling_films() -> None:
    # Twelve patients, each right or wrong in all ten films: twelve facts, not 120.
    actual = np.repeat(np.arange(12) % 3, 10)
    is_right = np.repeat(np.arange(12) % 4 != 0, 10)
    chances = np.eye(3)[np.where(is_right, actual, (actual + 1) % 3)] * 0.8 + 0.05
    by_group = width(actual, chances, [f"p{n // 10}" for n in range(120)])
    by_film = width(actual, chances, [f"f{n}" for n in range(120)])
    assert by_group > 2 * by_film


def width(actual: Whole, chances: Floats, groups: list[str]) -> float:
    drawn = bootstrapped(actual, chances, groups, 500, generator())
    span = interval(drawn["accuracy"], 0.95)
    assert span is not None
    return span[1] - span[0]


def test_the_same_generator_gives_the_same_intervals() -> None:
    actual, chances = said(1, 30)
    given = Predictions(
        labels=LABELS, actual=actual, probabilities=chances, groups=[str(n) for n in range(30)]
    )
    assert judge(given, 200, 0.95, generator()) == judge(given, 200, 0.95, generator())


def test_an_interval_holds_its_value_and_narrows_with_confidence() -> None:
    actual, chances = said(2, 60)
    given = Predictions(
        labels=LABELS, actual=actual, probabilities=chances, groups=[str(n) for n in range(60)]
    )
    wide, narrow = judge(given, 400, 0.95, generator()), judge(given, 400, 0.6, generator())
    for name in ("accuracy", "macro_f1", "auc"):
        low, value, high = (wide[f"{name}{end}"] for end in ("_low", "", "_high"))
        assert isinstance(low, float)
        assert isinstance(value, float)
        assert isinstance(high, float)
        assert low < value < high
        assert high - low > span(narrow, name)


def test_every_figure_of_a_label_has_an_interval_over_groups() -> None:
    actual, chances = said(2, 60)
    alone, pairs = (
        judge(
            Predictions(labels=LABELS, actual=actual, probabilities=chances, groups=groups),
            400, 0.95, generator(),
        )
        for groups in ([str(n) for n in range(60)], [str(n // 20) for n in range(60)])
    )  # fmt: skip
    for label in LABELS:
        own = alone[label]
        assert isinstance(own, dict)
        for name in ("precision", "recall", "f1", "auc"):
            assert own[f"{name}_low"] < own[name] < own[f"{name}_high"]
    assert alone["normal"] != pairs["normal"]


def span(figures: dict[str, object], name: str) -> float:
    return float(str(figures[f"{name}_high"])) - float(str(figures[f"{name}_low"]))


def test_wilson_agrees_with_a_worked_example() -> None:
    # 8 of 10, as in Newcombe 1998.
    assert wilson(0.8, 10, 0.95) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_a_perfect_score_on_few_groups_is_not_called_certain() -> None:
    chances = [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]] * 4
    figures = judge(
        predictions([0, 1, 2] * 4, chances, [str(n) for n in range(12)]), 200, 0.95, generator()
    )
    assert figures["accuracy"] == 1.0
    assert isinstance(figures["accuracy_low"], float)
    assert figures["accuracy_low"] < 0.8
    assert figures["auc_low"] is None
    assert "auc hardly varies" in str(figures["reason"])


def test_an_absent_label_has_no_figures_and_a_reason() -> None:
    chances = [[0.7, 0.2, 0.1], [0.3, 0.6, 0.1], [0.2, 0.7, 0.1], [0.6, 0.3, 0.1]]
    figures = judge(predictions([0, 1, 1, 0], chances, list("abcd")), 200, 0.95, generator())
    assert figures["accuracy"] == 1.0
    assert figures["macro_f1"] is None
    assert figures["auc"] is None
    assert "no film of covid19" in str(figures["reason"])
    covid19 = figures["covid19"]
    assert isinstance(covid19, dict)
    assert covid19.pop("n") == 0
    assert set(covid19.values()) == {None}
    assert is_json(figures)


def test_one_group_gives_values_without_intervals() -> None:
    chances = [[0.7, 0.2, 0.1], [0.3, 0.6, 0.1], [0.2, 0.2, 0.6]]
    figures = judge(predictions([0, 1, 2], chances, ["a", "a", "a"]), 200, 0.95, generator())
    assert (figures["accuracy"], figures["accuracy_low"]) == (1.0, None)
    assert figures["reason"] == "one group only, so there are no intervals"


def test_an_empty_split_gives_a_reason() -> None:
    figures = judge(predictions([], [], []), 200, 0.95, generator())
    assert (figures["n"], figures["accuracy"]) == (0, None)
    assert figures["reason"] == "the split has no film with a label of the task"
    assert is_json(figures)


def is_json(figures: dict[str, object]) -> bool:
    return bool(json.dumps(figures, allow_nan=False))


def test_figures_that_rarely_exist_have_no_interval() -> None:
    values: npt.NDArray[np.float64] = np.array([0.5, 0.6, np.nan, np.nan, np.nan])
    assert interval(values, 0.95) is None
