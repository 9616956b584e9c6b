"""In which numbers, by which optimizer and with which kernels a network learns."""

from pathlib import Path

import pytest
import torch
from planted import TASK, params, prepared, rows, trained
from safetensors.torch import load_file

from manifests.contract.params import Misspelt
from training.hardware import Precision, chosen
from training.learner import optimizer_of
from training.models import build
from training.stages import train


def weights(folder: Path, **given: object) -> dict[str, torch.Tensor]:
    films = prepared(folder / "films", rows(train=12, val=4, test=0), 65)
    made = trained(films, folder / "net", size=65, epochs=2, learning_rate=3e-3, **given)
    return load_file(made / "model.safetensors")


def apart(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> float:
    return max(float((first[name] - second[name]).abs().max()) for name in first)


def test_bfloat16_computes_otherwise_and_keeps_float32_weights(tmp_path: Path) -> None:
    exact = weights(tmp_path / "a", precision="float32")
    rough = weights(tmp_path / "b", precision="bfloat16")
    # One process computed in both, one after the other.
    again = weights(tmp_path / "c", precision="float32")
    assert {value.dtype for value in rough.values()} == {torch.float32}
    assert 0 < apart(exact, rough) < 0.05
    assert apart(exact, again) == 0


def test_auto_is_what_the_hardware_is_fast_in() -> None:
    place = torch.device("cpu")
    assert chosen(Precision.AUTO, place) in {Precision.FLOAT32, Precision.BFLOAT16}
    assert chosen(Precision.FLOAT16, place) is Precision.FLOAT16


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU computes in float16")
def test_float16_without_a_gpu_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Misspelt, match="`precision: float16` needs a GPU, and there is none"):
        weights(tmp_path, precision="float16")


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd", "lamb"])
def test_any_optimizer_of_timms_learns(tmp_path: Path, name: str) -> None:
    before = weights(tmp_path / "a", optimizer=name, weight_decay=0.01)
    after = weights(tmp_path / "b", optimizer=name, weight_decay=0.5)
    assert apart(before, after) > 0


def test_the_papers_adam_is_torchs_in_one_kernel_for_all_weights() -> None:
    net = build("base_cnn", classes=2, size=65, pretrained=False)
    adam = optimizer_of(net, params(learning_rate=0.02))
    assert type(adam) is torch.optim.Adam
    assert adam.defaults["fused"]
    assert [group["lr"] for group in adam.param_groups] == [0.02]
    assert {group["weight_decay"] for group in adam.param_groups} == {0.0}


def test_weights_decay_and_biases_do_not() -> None:
    net = build("base_cnn", classes=2, size=65, pretrained=False)
    groups = optimizer_of(net, params(weight_decay=0.1)).param_groups
    decay = {
        weight.ndim > 1: group["weight_decay"] for group in groups for weight in group["params"]
    }
    assert decay == {True: 0.1, False: 0.0}


def test_an_unknown_optimizer_is_a_sentence_that_names_near_ones(tmp_path: Path) -> None:
    with pytest.raises(Misspelt, match=r"no optimizer is called 'adamx'; near it: .*adam"):
        train.main(
            prepared(tmp_path / "films", rows(train=8, val=0, test=0), 65), tmp_path,
            params(size=65, optimizer="adamx"), TASK, tmp_path / "state",
        )  # fmt: skip
