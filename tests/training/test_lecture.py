"""A loss that is no number: whose films it was, and what it leaves behind."""

from pathlib import Path

import pytest
import torch
from planted import TASK, lesson, prepared, rows
from torch import Tensor, nn

from manifests.contract.vocabulary import Split
from training.films import Films, Untrainable, films_of, read_task
from training.learner import copy_of
from training.lecture import NoNumber, lecture
from training.loop import train
from training.machine import Machine
from training.models import build

SIZE = 65


class Sick(nn.Module):
    """Answers with what is no number the `time`-th time that it is shown films to learn from."""

    def __init__(self, time: int) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.inside = build("base_cnn", classes=2, size=SIZE, pretrained=False)
        self.left = time
        self.before: dict[str, Tensor] = {}

    def forward(self, images: Tensor) -> Tensor:
        values: Tensor = self.inside(images)
        self.left -= 1
        if self.left == 0:
            self.before = copy_of(self)
        return values * float("nan") if self.left == 0 else values


@pytest.fixture
def films(tmp_path: Path) -> Films:
    return films_of(prepared(tmp_path, rows(train=24), SIZE), read_task(TASK), Split.TRAIN)


@pytest.mark.parametrize("time", [1, 2, 3])
def test_a_loss_that_is_no_number_names_the_films_of_its_batch_alone(
    films: Films, time: int
) -> None:
    given = lecture(Sick(time), lesson(films, size=SIZE, batch=4, accumulate=3), Machine())
    step = next(given.steps(given.lesson.order()))
    with pytest.raises(NoNumber) as named:
        given.gather(step)
    assert str(named.value).split(", ") == list(films.rows["record_id"].iloc[step[0][time - 1]])


def test_a_step_whose_loss_is_no_number_is_not_taken(films: Films) -> None:
    # Two steps of three batches: the fifth is in the middle of the second.
    net, learning = Sick(5), lesson(films, size=SIZE, batch=4, accumulate=3)
    start = copy_of(net)
    with pytest.raises(Untrainable, match="epoch 1: the loss is not a number"):
        train(net, learning)
    for name, weight in net.named_parameters():
        assert torch.equal(net.before[name], weight), name
        assert not torch.equal(start[name], weight), name


def test_a_step_of_small_batches_is_the_step_of_a_large_one(films: Films) -> None:
    gradients = []
    for batch, accumulate in ((12, 1), (4, 3)):
        own = lesson(
            films, size=SIZE, batch=batch, accumulate=accumulate, augmentation="anatomical",
            label_smoothing=0.1,
        )  # fmt: skip
        torch.manual_seed(1)
        net = build("base_cnn", classes=2, size=SIZE, pretrained=False).eval()
        given = lecture(net, own, Machine())
        given.gather(next(given.steps(given.lesson.order())))
        gradients.append([weight.grad for weight in net.parameters()])
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-4)
