"""Optimizers, and the mean of the weights: what it is, and that it is what is judged and kept."""

from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from planted import TASK, lesson, params, prepared, rows
from timm.optim._optim_factory import list_optimizers
from torch.nn.functional import cross_entropy

from manifests.contract.params import Misspelt
from manifests.contract.vocabulary import Split
from training.films import films_of, read_task
from training.learner import Learner, optimizer_of
from training.loop import train
from training.machine import Machine
from training.models import build
from training.prediction import predict

SIZE = 65


def test_the_mean_follows_the_weights_faster_at_first() -> None:
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(5, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 1))
    plan = params(learning_rate=0.1)
    learn = Learner(net, optimizer_of(net, plan), plan, 30, Machine(), ema=0.8)
    mean = {name: value.double() for name, value in net.state_dict().items()}
    for step in range(30):
        torch.autograd.backward(net(torch.randn(8, 5)).square().mean())
        learn.step()
        decay = min(0.8, 1 - (1 + step) ** (-2 / 3))
        for name, value in net.state_dict().items():
            mean[name] = decay * mean[name] + (1 - decay) * value.double()
    kept = learn.learnt.state_dict()
    for name, value in net.state_dict().items():
        if name == "1.num_batches_tracked":
            assert kept[name] == value == 30
        else:
            torch.testing.assert_close(kept[name].double(), mean[name], rtol=1e-4, atol=1e-5)
            assert not torch.equal(kept[name], value)


@pytest.mark.parametrize("ema", [0.0, 0.9])
def test_what_is_kept_is_what_was_judged(tmp_path: Path, ema: float) -> None:
    films = prepared(tmp_path, rows(train=16, val=8, test=0), SIZE)
    seen, val = (films_of(films, read_task(TASK), side) for side in (Split.TRAIN, Split.VAL))
    torch.manual_seed(2)
    net = build("base_cnn", classes=2, size=SIZE, pretrained=False)
    given = lesson(seen, val, size=SIZE, epochs=3, batch=4, ema=ema, learning_rate=3e-3)
    course = train(net, given)
    said = predict(net, val, given.look, torch.device("cpu"))
    loss = float(cross_entropy(said, torch.from_numpy(val.targets), given.weights()))
    assert loss == pytest.approx(course.history[course.best_epoch - 1].val_loss, rel=1e-6)


ELSEWHERE = {"adahessian", *list_optimizers("bnb*"), *list_optimizers("fused*")}
"""Which need second derivatives, or a package and a GPU."""
COMPILED = set(list_optimizers("kron*"))
HERE = [
    pytest.param(name, marks=[pytest.mark.long] if name in COMPILED else [])
    for name in list_optimizers() if name not in ELSEWHERE
]  # fmt: skip


def tiny() -> torch.nn.Sequential:
    torch.manual_seed(0)
    layers = [torch.nn.Conv2d(3, 4, 3), torch.nn.Flatten(), torch.nn.Linear(16, 2)]
    return torch.nn.Sequential(*layers)


class Begun(NamedTuple):
    net: torch.nn.Module
    learn: Learner


def begun(name: str) -> Begun:
    net, plan = tiny(), params(optimizer=name, learning_rate=0.01)
    return Begun(net, Learner(net, optimizer_of(net, plan), plan, 4, Machine()))


def shown(net: torch.nn.Module, learn: Learner, films: range) -> None:
    for number in films:
        # Some optimizers draw from torch's own generator as well.
        torch.manual_seed(number)
        torch.autograd.backward(net(torch.randn(8, 3, 4, 4)).square().mean())
        learn.step()


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_an_optimizer_that_cannot_run_here_is_a_sentence(name: str) -> None:
    if torch.cuda.is_available() and find_spec("bitsandbytes" if "bnb" in name else "apex"):
        pytest.skip("it can run here")
    told = rf"`optimizer: {name}` cannot be had here \(.+\); take another"
    with pytest.raises(Misspelt, match=told):
        optimizer_of(tiny(), params(optimizer=name))


@pytest.mark.parametrize("name", HERE)
def test_every_other_optimizer_steps_and_goes_on_from_its_state(name: str) -> None:
    whole, broken = (begun(name) for _ in range(2))
    shown(*whole, films=range(4))
    shown(*broken, films=range(2))
    later = begun(name)
    later.net.load_state_dict(broken.net.state_dict())
    later.learn.load(broken.learn.state())
    shown(*later, films=range(2, 4))
    for key, value in whole.net.state_dict().items():
        assert torch.isfinite(value).all()
        assert not torch.equal(tiny().state_dict()[key], value)
        assert torch.equal(later.net.state_dict()[key], value)
