"""A killed training goes on to the bytes of one that nobody disturbed."""

import logging
import signal
from pathlib import Path

import pytest
import torch
from planted import TASK, lesson, params, prepared, rows
from stages import ALONE, KILLED, NAMED, STAGE, project, run
from torch import nn

from manifests.contract.prepared import Prepared
from manifests.contract.vocabulary import Split
from training.films import Untrainable, films_of, read_task
from training.loop import train as fit
from training.resuming import Unfinished
from training.stages import train

CURVES = "curves/plots/metrics/val_loss.tsv"
TRAIN = ("train", *NAMED)
MADE = ("model.safetensors", "checkpoint.json", CURVES, "curves/metrics.json")
STATE = Path(".cache/training/net.state")
GIVEN: dict[str, object] = {
    "epochs": 4, "batch": 4, "accumulate": 2, "ema": 0.9, "size": 65, "schedule": "cosine",
    "augmentation": "anatomical",
}  # fmt: skip


def bytes_of(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in MADE]


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = project(tmp_path_factory.mktemp("unbroken"), params(**GIVEN))
    done = run(folder, *ALONE, *STAGE, *TRAIN)
    assert done.returncode == 0, done.stderr
    assert "goes on" not in done.stderr
    return bytes_of(folder / "net")


# An epoch has three steps of two batches: the 16th batch is the second of a step.
@pytest.mark.parametrize(
    ("moment", "after"),
    [("step-2", 0), ("step-16", 2), ("writing-3", 2), ("between-2", 2), ("moving-1", 4)],
)
def test_a_killed_training_goes_on_to_the_same_bytes(
    unbroken: list[bytes], tmp_path: Path, moment: str, after: int
) -> None:
    folder = project(tmp_path, params(**GIVEN))
    killed = run(folder, *ALONE, KILLED, moment, *TRAIN)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (folder / STATE).exists() == (after > 0)
    assert not (folder / "net").exists()
    done = run(folder, *ALONE, *STAGE, *TRAIN)
    assert done.returncode == 0, done.stderr
    assert (f"{STATE}: goes on after epoch {after}" in done.stderr) == (after > 0)
    assert bytes_of(folder / "net") == unbroken
    assert not list((folder / STATE).parent.glob("*"))


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(tmp_path_factory.mktemp("films"), rows(train=8, val=4, test=0), 65)


def finished(films: Prepared, folder: Path, state: Path, **given: object) -> Path:
    """`folder` with a network; `state` stays, as if the run had been killed at its very end."""
    folder.mkdir()
    settings = params(**{"size": 65, "epochs": 1, **given})
    train.main(films, folder, settings, TASK, state)
    return folder


def test_a_run_killed_after_its_last_epoch_has_only_to_write(
    films: Prepared, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    state = tmp_path / "net.state"
    given = {"epochs": 30, "patience": 1, "learning_rate": 1e-9}
    with caplog.at_level(logging.INFO):
        first = finished(films, tmp_path / "a", state, **given)
        left = state.read_bytes()
        again = finished(films, tmp_path / "b", state, **given)
    assert "goes on after epoch 2" in caplog.text
    assert state.read_bytes() == left
    assert (first / MADE[0]).read_bytes() == (again / MADE[0]).read_bytes()
    assert (first / MADE[2]).read_bytes() == (again / MADE[2]).read_bytes()


def dropping() -> nn.Module:
    """A network that draws from torch's own generator whenever it is trained."""
    torch.manual_seed(1)
    return nn.Sequential(
        nn.AdaptiveAvgPool2d(8), nn.Flatten(), nn.BatchNorm1d(192), nn.Dropout(0.5),
        nn.Linear(192, 2),
    )  # fmt: skip


def fitted(films: Prepared, unfinished: Unfinished, stop: int) -> nn.Module:
    """A network trained for three epochs of one step, or until its step `stop` is interrupted."""
    seen = films_of(films, read_task(TASK), Split.TRAIN)
    net, steps = dropping(), 0

    def interrupt(module: nn.Module, _: object) -> None:
        nonlocal steps
        steps += module.training
        if steps == stop:
            raise KeyboardInterrupt

    net.register_forward_pre_hook(interrupt)
    fit(net, lesson(seen, size=65, epochs=3, schedule="cosine"), unfinished)
    return net


def test_dropout_goes_on_as_well(films: Prepared, tmp_path: Path) -> None:
    whole = fitted(films, Unfinished(place=tmp_path / "a", owner="0" * 64), stop=9)
    broken = Unfinished(place=tmp_path / "b", owner="0" * 64)
    with pytest.raises(KeyboardInterrupt):
        fitted(films, broken, stop=3)
    again = fitted(films, broken, stop=2)
    for name, value in whole.state_dict().items():
        assert torch.equal(value, again.state_dict()[name]), name


@pytest.mark.parametrize("change", ["params", "manifest", "task"])
def test_a_state_of_anything_else_is_not_gone_on_with(
    films: Prepared, tmp_path: Path, caplog: pytest.LogCaptureFixture, change: str
) -> None:
    state = tmp_path / "net.state"
    finished(films, tmp_path / "a", state)
    other = prepared(tmp_path / "films", rows(train=8, val=4, test=0), 65, manifest_id="m2")
    (tmp_path / "b").mkdir()
    with caplog.at_level(logging.INFO):
        train.main(
            other if change == "manifest" else films, tmp_path / "b",
            params(size=65, epochs=1, seed=2 if change == "params" else 1),
            dict(reversed(TASK.items())) if change == "task" else TASK, state,
        )  # fmt: skip
    assert "other films, parameters, code or versions; trained anew" in caplog.text
    assert "goes on" not in caplog.text


@pytest.mark.parametrize("place", [64, 5000, -1])
def test_a_damaged_state_is_told_and_begun_anew(
    films: Prepared, tmp_path: Path, caplog: pytest.LogCaptureFixture, place: int
) -> None:
    state = tmp_path / "net.state"
    first = finished(films, tmp_path / "a", state)
    data = bytearray(state.read_bytes())
    data[place] ^= 1
    state.write_bytes(data)
    with caplog.at_level(logging.INFO):
        again = finished(films, tmp_path / "b", state)
    assert "damaged; trained anew" in caplog.text
    assert (first / MADE[0]).read_bytes() == (again / MADE[0]).read_bytes()


@pytest.mark.parametrize("length", [0, 64, 3000])
def test_half_a_state_is_damaged(
    films: Prepared, tmp_path: Path, caplog: pytest.LogCaptureFixture, length: int
) -> None:
    state = tmp_path / "net.state"
    finished(films, tmp_path / "a", state)
    state.write_bytes(state.read_bytes()[:length])
    finished(films, tmp_path / "b", state)
    assert "damaged; trained anew" in caplog.text


def test_a_state_holds_no_objects(films: Prepared, tmp_path: Path) -> None:
    state = tmp_path / "net.state"
    finished(films, tmp_path / "a", state)
    with state.open("rb") as source:
        source.seek(64)
        held = torch.load(source, weights_only=True)
    assert sorted(held) == [
        "best", "best_epoch", "chance", "emphasis", "history", "learner", "net", "of_torch",
        "weights",
    ]  # fmt: skip


def test_nothing_is_kept_of_a_training_that_never_began(films: Prepared, tmp_path: Path) -> None:
    state = tmp_path / "net.state"
    with pytest.raises(Untrainable):
        train.main(films, tmp_path, params(size=65), {**TASK, "sars": ["sars"]}, state)
    assert not state.exists()
