"""What a step is made of: weights of labels, smoothing, and which films come how often."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import planted
import pytest
import torch
from planted import TASK, prepared, row

from manifests.contract.vocabulary import Split
from training.data import batch
from training.films import Films, Untrainable, films_of, read_task
from training.lesson import Lesson
from training.loop import train
from training.models import build
from training.resuming import Unfinished

SIZE = 65


def films(folder: Path, normal: int, covid19: int, split: str = "train") -> Films:
    given = [row(n, split=split, finding="normal") for n in range(normal)]
    given += [row(normal + n, split=split, finding="covid19") for n in range(covid19)]
    return films_of(prepared(folder, given, SIZE), read_task(TASK), Split(split))


def lesson(seen: Films, judged: Films | None = None, **given: object) -> Lesson:
    usual: dict[str, object] = {"epochs": 1, "size": SIZE, "learning_rate": 1e-9}
    return planted.lesson(seen, judged, **usual | given)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_loss_weighs_rare_labels_and_smooths_as_asked(tmp_path: Path, smoothing: float) -> None:
    seen, judged = films(tmp_path / "a", 6, 2), films(tmp_path / "b", 1, 7, "val")
    net = build("base_cnn", classes=2, size=SIZE, pretrained=False)
    # As one that answers COVID-19 to everything, so that each label has a loss of its own.
    torch.nn.init.constant_(net.get_parameter("head.5.bias"), 3.0)
    given = lesson(seen, judged, batch=8, label_smoothing=smoothing)
    with torch.inference_mode():
        values = net(batch(seen, np.arange(8), given.look, torch.device("cpu")))
    surprise = -torch.log_softmax(values.double(), 1).numpy()
    # 8 films over 2 labels: a normal weighs 8 / (2 x 6), one with COVID-19 8 / (2 x 2).
    weights = np.array([8 / 12, 8 / 4])
    sure = weights[seen.targets] * surprise[range(8), seen.targets]
    spread = (weights * surprise).sum(1) / 2
    total = ((1 - smoothing) * sure + smoothing * spread).sum() / weights[seen.targets].sum()
    # A machine that trains in bfloat16 is right to two digits.
    assert train(net, given).history[0].train_loss == pytest.approx(total, rel=2e-2)


def test_weights_come_from_the_training_films_alone(tmp_path: Path) -> None:
    seen, judged = films(tmp_path / "a", 6, 2), films(tmp_path / "b", 1, 9, "val")
    assert lesson(seen, judged).weights().tolist() == pytest.approx([8 / 12, 8 / 4])


def test_unbalanced_every_film_comes_once(tmp_path: Path) -> None:
    given = lesson(films(tmp_path, 7, 3), batch=4)
    steps = list(given.order())
    assert sorted(np.concatenate([step[0] for step in steps]).tolist()) == list(range(10))
    assert {len(step) for step in steps} == {1}
    assert given.drawn == 10


class Double(torch.nn.Module):
    """Without batch normalisation, and so exact that only a wrong share of a film shows."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        layers = [torch.nn.Linear(3 * SIZE * SIZE, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)]
        self.layers = torch.nn.Sequential(torch.nn.Flatten(), *layers).double()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        values: torch.Tensor = self.layers(images.double())
        return values


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
@pytest.mark.parametrize(
    ("balance", "robust", "steps"),
    [("none", "none", 2), ("labels", "none", 3), ("none", "group_dro", 2)],
)
def test_batches_that_make_a_step_together_are_as_one(
    tmp_path: Path, schedule: str, balance: str, robust: str, steps: int
) -> None:
    # 11 films of unequal weight: two steps of 6 and 5, in batches of 3, 3, 3 and 2.
    seen = films(tmp_path, 8, 3)
    once, twice = Double(), Double()
    plan: dict[str, Any] = {"label_smoothing": 0.1, "schedule": schedule, "balance": balance,
                            "robust": robust, "robust_step": 1.0}  # fmt: skip
    courses = []
    for net, batch_of, accumulate in ((once, 6, 1), (twice, 3, 2)):
        given = lesson(seen, batch=batch_of, accumulate=accumulate, learning_rate=1e-3, **plan)
        courses.append(train(net, given).history[0])
        assert given.steps == steps
    assert courses[0].train_loss == pytest.approx(courses[1].train_loss, rel=1e-5)
    before = Double().state_dict()
    for name, value in once.state_dict().items():
        moved = (value - before[name]).abs().max()
        assert (value - twice.state_dict()[name]).abs().max() < 1e-3 * moved


def test_the_batches_of_a_step_hold_what_was_asked_for(tmp_path: Path) -> None:
    given = lesson(films(tmp_path, 8, 3), batch=2, accumulate=3)
    assert [[len(batch) for batch in step] for step in given.order()] == [[2, 2, 2], [2, 2, 1]]
    assert given.steps == 2


@pytest.mark.parametrize(
    ("force", "is_judged"),
    [(math.nan, False), (math.nan, True), (1e30, True)],
    ids=["no number", "no number, judged", "too large to answer with"],
)
def test_weights_that_the_last_step_spoils_are_refused_and_not_kept(
    tmp_path: Path, force: float, *, is_judged: bool
) -> None:
    seen = films(tmp_path / "films", 4, 4)
    judged = seen if is_judged else films_of(seen.prepared, read_task(TASK), Split.VAL)
    net = build("base_cnn", classes=2, size=SIZE, pretrained=False)
    for weight in net.parameters():
        weight.register_hook(lambda gradient: gradient * force)  # type: ignore[no-untyped-call]
    # The only step of the epoch: no loss comes after it.
    given = lesson(seen, judged, batch=8, optimizer="sgd", learning_rate=1.0)
    with pytest.raises(Untrainable, match="the weights left the numbers in its last step"):
        train(net, given, Unfinished(place=tmp_path / "state", owner="0" * 64))
    assert not (tmp_path / "state").exists()
