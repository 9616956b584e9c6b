from typing import Any

import numpy as np
import pytest
import torch

from manifests.contract.vocabulary import Split
from training.judgement import Judging
from training.operating import operating_points, threshold
from training.predictions import Predictions

JUDGING = Judging(bootstrap=100, confidence=0.95, sensitivity=0.9)


def side(seed: int, count: int, force: float = 1.5) -> Predictions:
    chance = np.random.default_rng(seed)
    actual = chance.integers(0, 2, count)
    ill = 1 / (1 + np.exp(-chance.normal(size=count) - force * (2 * actual - 1)))
    return Predictions(
        labels=("normal", "covid19"), actual=actual, probabilities=np.stack([1 - ill, ill], 1),
        groups=[str(n // 2) for n in range(count)],
    )  # fmt: skip


def points(said: dict[Split, Predictions], judging: Judging = JUDGING) -> dict[str, Any]:
    found: Any = operating_points(said, judging, torch.Generator().manual_seed(1))
    return dict(found["labels"])


@pytest.mark.parametrize(
    ("sensitivity", "expected"), [(1.0, 0.1), (0.8, 0.2), (0.75, 0.2), (0.2, 0.9), (0.01, 0.9)]
)
def test_a_threshold_is_the_highest_that_finds_enough(sensitivity: float, expected: float) -> None:
    chances = np.array([0.9, 0.4, 0.1, 0.3, 0.2])
    assert threshold(chances, sensitivity) == expected
    assert (chances >= expected).mean() >= sensitivity


def test_it_finds_so_many_validation_films_and_is_not_moved_by_test_films() -> None:
    val, test = side(1, 200), side(2, 200)
    found = points({Split.VAL: val, Split.TEST: test})["covid19"]
    assert found["val"]["sensitivity"] >= 0.9
    other = points({Split.VAL: val, Split.TEST: side(3, 200, force=0)})["covid19"]
    assert found["threshold"] == other["threshold"]
    called = test.probabilities[:, 1] >= found["threshold"]
    assert found["test"]["specificity"] == pytest.approx((~called)[test.actual == 0].mean())
    assert found["test"]["precision"] == pytest.approx((test.actual == 1)[called].mean(), abs=1e-6)
    low, value, high = (found["test"][f"sensitivity{end}"] for end in ("_low", "", "_high"))
    assert low < value < high


def test_without_a_validation_film_of_the_label_there_is_a_reason() -> None:
    val = side(1, 40)
    normal = Predictions(
        labels=val.labels, actual=np.zeros(40, np.int64), probabilities=val.probabilities,
        groups=val.groups,
    )  # fmt: skip
    found = points({Split.VAL: normal, Split.TEST: side(2, 40)})
    assert found["covid19"] == {
        "threshold": None, "reason": "no validation film has the label",
    }  # fmt: skip
    assert found["normal"]["threshold"] is not None


def test_a_side_without_films_has_no_figures() -> None:
    found = points({Split.VAL: side(1, 40), Split.EXTERNAL: side(2, 0)})["covid19"]["external"]
    assert found["n"] == 0
    assert found["sensitivity"] is None
    assert found["specificity_high"] is None
