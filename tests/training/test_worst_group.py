"""Group DRO: who weighs more after a step, and what leaves all as it was."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from planted import TASK, lesson, prepared, row
from torch import nn

from manifests.contract.vocabulary import Split
from training.films import Films, films_of, read_task
from training.lecture import lecture
from training.loop import train
from training.machine import Machine
from training.models import build
from training.resuming import Unfinished
from training.worst_group import Emphasis, emphasis_of

SIZE = 65
GIVEN: dict[str, Any] = {"size": SIZE, "batch": 6, "epochs": 2, "robust": "group_dro"}


@pytest.fixture
def films(tmp_path: Path) -> Films:
    """Eight normal films of a, four of b, and four with COVID-19 of b."""
    pairs = [("normal", "a")] * 8 + [("normal", "b")] * 4 + [("covid19", "b")] * 4
    rows = [
        row(n, split="train", finding=finding, source=source)
        for n, (finding, source) in enumerate(pairs)
    ]
    return films_of(prepared(tmp_path / "films", rows, SIZE), read_task(TASK), Split.TRAIN)


def emphasis(films: Films, **given: object) -> Emphasis:
    made = emphasis_of(lesson(films, **{**GIVEN, "robust_step": 0.5, **given}))
    assert made is not None
    return made


def told(own: Emphasis, losses: dict[str, float], count: int = 2) -> None:
    """A step with `count` films of each group named, and their mean losses."""
    counts = [count if name in losses else 0 for name in own.names]
    sums = [losses.get(name, 0.0) * count for name in own.names]
    own.turn(torch.tensor([sums, counts]))


def test_it_begins_with_the_shares_of_plain_training(films: Films) -> None:
    own = emphasis(films)
    assert own.names == ["normal of a", "normal of b", "covid19 of b"]
    # Both labels weigh the same in all, and two thirds of the normal films are of a.
    assert own.usual.tolist() == pytest.approx([1 / 3, 1 / 6, 1 / 2])
    assert own.of(np.arange(len(films))).tolist() == [1.0] * 16
    even = emphasis(films, balance="sources")
    assert even.usual.tolist() == pytest.approx([1 / 4, 1 / 4, 1 / 2])


def test_the_group_that_errs_most_comes_to_weigh_most(films: Films) -> None:
    own = emphasis(films)
    told(own, {"normal of a": 0.1, "normal of b": 2.0, "covid19 of b": 0.5})
    ratios = own.shares / own.usual
    assert ratios[1] > 1 > ratios[2] > ratios[0]
    assert ratios[1] / ratios[0] == pytest.approx(np.exp(0.5 * 1.9))
    assert own.shares.sum() == pytest.approx(1)
    for _ in range(20):
        told(own, {"normal of a": 0.1, "normal of b": 2.0, "covid19 of b": 0.5})
    assert own.shares[1] > 0.99


def test_equal_losses_change_nothing_and_neither_does_a_step_of_nought(films: Films) -> None:
    for own, losses in (
        (emphasis(films), (0.7, 0.7, 0.7)),
        (emphasis(films, robust_step=0.0), (0.1, 2.0, 0.5)),
    ):
        for _ in range(5):
            told(own, dict(zip(own.names, losses, strict=True)))
        assert own.of(np.arange(16)).tolist() == [1.0] * 16


def test_a_group_that_a_step_had_no_film_of_counts_as_it_did_before(films: Films) -> None:
    whole, rare = emphasis(films), emphasis(films)
    every = {"normal of a": 0.1, "normal of b": 2.0, "covid19 of b": 0.5}
    told(whole, every)
    told(whole, every)
    told(rare, every)
    told(rare, {name: loss for name, loss in every.items() if name != "normal of b"})
    assert rare.shares.tolist() == pytest.approx(whole.shares.tolist())


def test_a_group_that_was_never_seen_keeps_its_share(films: Films) -> None:
    own = emphasis(films)
    told(own, {"normal of a": 0.6, "normal of b": 0.6})
    assert own.shares.tolist() == pytest.approx(own.usual.tolist())


def network() -> nn.Module:
    torch.manual_seed(1)
    return build("base_cnn", classes=2, size=SIZE, pretrained=False)


def weights(films: Films, **given: object) -> torch.Tensor:
    net = network()
    train(net, lesson(films, **{**GIVEN, **given}))
    return torch.cat([weight.detach().flatten() for weight in net.parameters()])


def test_with_a_step_of_nought_it_trains_as_without(films: Films) -> None:
    usual = {"optimizer": "sgd", "label_smoothing": 0.1, "precision": "float32"}
    plain = weights(films, robust="none", **usual)
    torch.testing.assert_close(weights(films, robust_step=0.0, **usual), plain)
    assert not torch.allclose(weights(films, robust_step=1.0, **usual), plain)


def test_what_a_step_weighs_is_told_by_the_films_of_all_its_batches(films: Films) -> None:
    shares, gradients = [], []
    for batch, accumulate in ((12, 1), (4, 3)):
        net = network().eval()
        given = lecture(
            net,
            lesson(films, **{**GIVEN, "batch": batch, "accumulate": accumulate, "robust_step": 1}),
            Machine(),
        )
        assert given.emphasis is not None
        # As after a hundred steps: the groups weigh differently.
        given.emphasis.shares = np.array([0.1, 0.6, 0.3])
        given.gather(next(given.steps(given.lesson.order())))
        shares.append(given.emphasis.shares)
        gradients.append([weight.grad for weight in net.parameters()])
    assert shares[0].tolist() == pytest.approx(shares[1].tolist(), rel=1e-5)
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_training_that_was_interrupted_goes_on_to_the_same_weights(
    films: Films, tmp_path: Path, precision: str
) -> None:
    given = {"epochs": 4, "robust_step": 1.0, "balance": "sources", "precision": precision}
    whole = weights(films, **given)
    broken, steps = network(), 0
    place = Unfinished(place=tmp_path / "net.state", owner="0" * 64)

    def interrupt(module: nn.Module, _: object) -> None:
        nonlocal steps
        steps += module.training
        if steps == 8:
            raise KeyboardInterrupt

    broken.register_forward_pre_hook(interrupt)
    with pytest.raises(KeyboardInterrupt):
        train(broken, lesson(films, **{**GIVEN, **given}), place)
    again = network()
    train(again, lesson(films, **{**GIVEN, **given}), place)
    assert torch.equal(
        torch.cat([weight.detach().flatten() for weight in again.parameters()]), whole
    )
