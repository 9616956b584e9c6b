"""What a step is made of: weights of labels, smoothing, and which films come how often."""

from pathlib import Path

import numpy as np
import pytest
import torch
from planted import TASK, params, prepared, row

from manifests.contract.vocabulary import Split
from training.data import batch, evenly, look_at
from training.films import Films, films_of, read_task
from training.loop import Lesson, train
from training.models import build

SIZE = 65


def films(folder: Path, normal: int, covid19: int, split: str = "train") -> Films:
    given = [row(n, split=split, finding="normal") for n in range(normal)]
    given += [row(normal + n, split=split, finding="covid19") for n in range(covid19)]
    return films_of(prepared(folder, given, SIZE), read_task(TASK), Split(split))


def lesson(seen: Films, judged: Films | None = None, **given: object) -> Lesson:
    plan = params(epochs=1, size=SIZE, learning_rate=1e-9, **given)
    return Lesson(
        train=seen, val=seen if judged is None else judged, look=look_at(seen, SIZE), plan=plan,
        generator=torch.Generator().manual_seed(0),
    )  # fmt: skip


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


def test_up_sampling_draws_every_label_equally_often_and_every_film(tmp_path: Path) -> None:
    seen = films(tmp_path, 7, 3)
    given = lesson(seen, upsampling=True, batch=4)
    drawn = np.concatenate(list(given.order()))
    assert np.bincount(seen.targets[drawn]).tolist() == [7, 7]
    times = np.bincount(drawn, minlength=10)
    assert times[:7].tolist() == [1] * 7
    assert sorted(times[7:].tolist()) == [2, 2, 3]
    assert given.weights().tolist() == [1, 1]
    assert given.steps == len(list(given.order())) == 4


def test_up_sampling_leaves_out_a_label_without_films(tmp_path: Path) -> None:
    seen = films(tmp_path, 4, 0)
    given = lesson(seen, upsampling=True)
    assert given.weights().tolist() == [1, 0]
    assert given.drawn == 4


def test_up_sampling_follows_the_generator() -> None:
    targets = np.array([0] * 20 + [1] * 13)
    first, second, other = (
        evenly(targets, torch.Generator().manual_seed(seed)).tolist() for seed in (1, 1, 2)
    )
    assert first == second != other


def test_without_up_sampling_every_film_comes_once(tmp_path: Path) -> None:
    given = lesson(films(tmp_path, 7, 3), batch=4)
    assert sorted(np.concatenate(list(given.order())).tolist()) == list(range(10))
    assert given.drawn == 10
