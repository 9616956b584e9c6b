import numpy as np
import pytest
import torch
from torchmetrics.functional.classification import multiclass_calibration_error

from training.calibration import BINS, calibration, ece_by_chance, reliability
from training.metrics import Floats, Whole


def said(seed: int, count: int, sharper: float = 1.0) -> tuple[Whole, Floats]:
    """Labels drawn by true chances, and what is said: the same, or surer by a power."""
    chance = np.random.default_rng(seed)
    true = chance.dirichlet(np.ones(3), count)
    actual = np.array([chance.choice(3, p=row) for row in true], np.int64)
    told = true**sharper
    return actual, told / told.sum(1, keepdims=True)


def once(actual: Whole, chances: Floats) -> dict[str, float]:
    found = calibration(np.ones((1, len(actual))), actual, chances)
    return {name: float(value[0]) for name, value in found.items()}


@pytest.mark.parametrize("seed", range(3))
def test_the_error_is_that_of_torchmetrics_and_brier_that_of_its_formula(seed: int) -> None:
    actual, chances = said(seed, 200, 2.0)
    found = once(actual, chances)
    expected = multiclass_calibration_error(
        torch.from_numpy(chances), torch.from_numpy(actual), 3, n_bins=BINS
    )
    assert found["ece"] == pytest.approx(float(expected), abs=1e-6)
    assert found["brier"] == pytest.approx(((chances - np.eye(3)[actual]) ** 2).sum(1).mean())


def test_a_film_drawn_twice_weighs_as_two_films() -> None:
    actual, chances = said(7, 40)
    weights = np.random.default_rng(1).integers(0, 3, (4, 40)).astype(np.float64)
    found = calibration(weights, actual, chances)
    for n, weight in enumerate(weights):
        again = np.repeat(np.arange(40), weight.astype(int))
        for name, value in once(actual[again], chances[again]).items():
            assert value == pytest.approx(found[name][n])


@pytest.mark.parametrize(("sharper", "least", "most"), [(1.0, 0.85, 1.15), (4.0, 3.0, 100.0)])
def test_true_chances_have_the_error_of_chance_and_too_sure_ones_more(
    sharper: float, least: float, most: float
) -> None:
    ratios = []
    for seed in range(30):
        actual, chances = said(seed, 100, sharper)
        by_chance = ece_by_chance(chances, torch.Generator().manual_seed(seed))
        ratios.append(once(actual, chances)["ece"] / by_chance)
    assert least < np.mean(ratios) < most


def test_bins_hold_every_film_once_and_a_chance_of_one_the_last() -> None:
    chances = np.array([[1.0, 0.0], [0.55, 0.45], [0.4, 0.6], [0.41, 0.59]])
    bins = reliability(np.array([0, 0, 0, 1], np.int64), chances)
    assert [(one.low, one.high, one.films) for one in bins] == [
        (0.5, 0.6, 2), (0.6, 0.7, 1), (0.9, 1.0, 1),
    ]  # fmt: skip
    assert [one.accuracy for one in bins] == [1, 0, 1]
    assert bins[0].confidence == pytest.approx(0.57)
