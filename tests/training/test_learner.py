"""The mean of the weights: what it is, and that it is what is judged and kept."""

from pathlib import Path

import pytest
import torch
from planted import TASK, params, prepared, rows
from torch.nn.functional import cross_entropy

from manifests.contract.vocabulary import Split
from training.data import look_at
from training.films import films_of, read_task
from training.learner import Learner, optimizer_of
from training.lesson import Lesson
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
    lesson = Lesson(
        train=seen, val=val, look=look_at(seen, SIZE), generator=torch.Generator().manual_seed(0),
        plan=params(size=SIZE, epochs=3, batch=4, ema=ema, learning_rate=3e-3),
    )  # fmt: skip
    course = train(net, lesson)
    said = predict(net, val, lesson.look, torch.device("cpu"))
    loss = float(cross_entropy(said, torch.from_numpy(val.targets), lesson.weights()))
    assert loss == pytest.approx(course.history[course.best_epoch - 1].val_loss, rel=1e-6)
