import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from planted import SIDE, TASK, lesson, params, prepared, rows
from pydantic import ValidationError
from torch import nn

from manifests.contract.vocabulary import Split
from training.films import films_of, read_task
from training.lesson import Lesson
from training.lr_finder import Ramp, around, ramped, steepest
from training.metrics import Floats
from training.models import build
from training.stages import rate

RAMP = Ramp(lowest=1e-6, highest=1.0, steps=60)


def taught(folder: Path, seed: int = 0) -> Lesson:
    films = films_of(prepared(folder, rows(train=24)), read_task(TASK), Split.TRAIN)
    return lesson(films, seed=seed)


def net() -> nn.Module:
    torch.manual_seed(1)
    return build("base_cnn", classes=2, size=SIDE, pretrained=False)


def test_the_rate_lies_where_learning_is_fast_and_before_it_breaks(tmp_path: Path) -> None:
    found = ramped(net(), taught(tmp_path), RAMP)
    assert found.chosen is not None
    assert 1e-5 < found.chosen < found.rates[int(np.argmin(found.losses))]
    assert found.losses.min() < 0.9 * found.losses[0]
    assert len(found.rates) == len(found.losses) <= RAMP.steps


def test_the_same_seed_finds_the_same(tmp_path: Path) -> None:
    one, two = (ramped(net(), taught(tmp_path / name), RAMP) for name in "ab")
    assert (one.losses == two.losses).all()
    assert one.chosen == two.chosen
    other = ramped(net(), taught(tmp_path / "c", seed=9), RAMP)
    assert (one.losses[:5] != other.losses[:5]).any()


def test_a_loss_that_runs_away_ends_the_ramp(tmp_path: Path) -> None:
    wild = Ramp(lowest=0.5, highest=10, steps=400)
    found = ramped(net(), taught(tmp_path), wild)
    assert len(found.losses) < 400
    assert np.isfinite(found.losses).all()
    assert (found.chosen, "ran away" in found.reason) == (None, True)


def test_a_loss_that_is_no_number_at_once_chooses_nothing(tmp_path: Path) -> None:
    broken = net()
    next(broken.parameters()).data.fill_(torch.inf)
    found = ramped(broken, taught(tmp_path), RAMP)
    assert (len(found.losses), found.chosen) == (0, None)


def test_the_steepest_descent_is_read_from_a_noisy_curve() -> None:
    rates = np.geomspace(1e-6, 1, 241)
    at = np.log10(rates)
    losses = 1 / (1 + np.exp(4 * (at + 3))) + np.where(at > -1, 5 * (at + 1), 0)
    chance = np.random.default_rng(4)
    for _ in range(5):
        noisy = around(losses + chance.normal(0, 0.02, len(losses)))
        found, reason = steepest(rates, noisy)
        assert found is not None
        # A third of a power of ten.
        assert abs(np.log10(found) + 3) < 0.34
        assert not reason


@pytest.mark.parametrize(
    ("means", "words"),
    [(np.linspace(1, 0, 8), "ran away within 8 steps"), (np.ones(60), "hardly falls"),
     (np.linspace(1, 9, 60), "hardly falls"),
     (np.r_[np.ones(10), np.linspace(0.1, 2, 50)], "least at the start")],
)  # fmt: skip
def test_why_no_rate_is_chosen_is_told(means: Floats, words: str) -> None:
    found, reason = steepest(np.geomspace(1e-6, 1, len(means)), means)
    assert found is None
    assert words in reason


def test_a_ramp_goes_up() -> None:
    with pytest.raises(ValidationError, match="a ramp goes up"):
        Ramp(lowest=0.1, highest=0.01, steps=50)


def test_the_stage_writes_the_curve_and_the_rate_and_no_network(tmp_path: Path) -> None:
    films = prepared(tmp_path / "films", rows(train=24))
    asked = rate.Params(recipe="plain", **RAMP.model_dump())
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        rate.main(films, tmp_path / name, asked, params(seed=4), TASK)
    found, again = (
        {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    )
    assert found == again
    assert sorted(found) == ["metrics.json", "rates.csv"]
    facts = json.loads(found["metrics.json"])
    curve = list(csv.DictReader(found["rates.csv"].decode().splitlines()))
    assert facts["steps"] == len(curve)
    assert facts["reason"] is None
    assert facts["chosen"] in [
        pytest.approx(float(row["learning_rate"]), rel=1e-2) for row in curve
    ]
    assert float(curve[0]["log10_rate"]) == -6
    assert "not for diagnosis" in facts["disclaimer"].lower()


def test_a_loss_that_never_falls_is_told(tmp_path: Path) -> None:
    films = prepared(tmp_path / "films", rows(train=24))
    flat = rate.Params(recipe="plain", lowest=1e-12, highest=1e-11, steps=30)
    (tmp_path / "out").mkdir()
    rate.main(films, tmp_path / "out", flat, params(batch=24), TASK)
    facts = json.loads((tmp_path / "out/metrics.json").read_text())
    assert facts["chosen"] is None
    assert "hardly falls" in facts["reason"]
