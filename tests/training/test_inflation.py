"""What a leaking protocol scores more than a fair one, of runs that are invented."""

import numpy as np
import pytest

from manifests.contract.vocabulary import Split
from training.inflation import inflation
from training.judgement import Judging
from training.repeating import Run, Said
from training.runs import Judged, judged

JUDGING = Judging(bootstrap=400, confidence=0.95, sensitivity=0.9)


def runs(protocol: str, force: float, seeds: int = 3, count: int = 60) -> list[Judged]:
    """Runs over the same films, whose answers lean towards the truth with `force`."""
    actual = tuple(n % 2 for n in range(count))
    made = []
    for seed in range(1, seeds + 1):
        noise = np.random.default_rng(seed).normal(size=count)
        ill = 1 / (1 + np.exp(-noise - force * (2 * np.array(actual) - 1)))
        said = Said(
            record_ids=tuple(f"cohen/{n}" for n in range(count)), sources=("cohen",) * count,
            groups=tuple(str(n // 2) for n in range(count)), actual=actual,
            probabilities=tuple((float(1 - one), float(one)) for one in ill),
        )  # fmt: skip
        none = Said(record_ids=(), sources=(), groups=(), actual=(), probabilities=())
        run = Run(
            protocol=protocol, seed=seed, labels=("normal", "covid19"), best_epoch=1, history=(),
            films={}, said={Split.TEST: said, Split.EXTERNAL: none},
        )  # fmt: skip
        made.append(judged(run, JUDGING))
    return made


def test_it_is_the_difference_of_the_means_inside_its_interval() -> None:
    leaky, fair = runs("paper", 2.0), runs("honest", 0.5)
    found = inflation(leaky, fair, JUDGING, seed=1)
    for name in ("accuracy", "macro_f1", "auc"):
        expected = np.mean([one.test[name] for one in leaky]) - np.mean(
            [one.test[name] for one in fair]
        )
        assert found[name]["value"] == pytest.approx(expected, abs=1e-6)
        low, value, high = (found[name][end] for end in ("low", "value", "high"))
        assert low is not None
        assert value is not None
        assert high is not None
        assert 0 < low < value < high


def test_the_same_twice_is_no_inflation_and_more_films_say_so_surer() -> None:
    spans = []
    for count in (40, 400):
        found = inflation(
            runs("paper", 1.0, count=count), runs("honest", 1.0, count=count), JUDGING, seed=1
        )
        own = found["accuracy"]
        assert own["value"] == 0
        assert own["low"] is not None
        assert own["high"] is not None
        assert own["low"] < 0 < own["high"]
        spans.append(own["high"] - own["low"])
    assert spans[1] < spans[0] / 2


def test_a_score_that_does_not_exist_has_no_inflation() -> None:
    nobody = runs("honest", 1.0, count=0)
    found = inflation(runs("paper", 1.0), nobody, JUDGING, seed=1)
    assert found["auc"] == {"value": None, "low": None, "high": None}
