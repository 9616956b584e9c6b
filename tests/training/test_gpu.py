"""What only a GPU can show: every precision learns there, and a training goes on there."""

from pathlib import Path

import pandas as pd
import pytest
import torch
from planted import TASK, params, prepared, rows, trained
from safetensors.torch import load_file

from training.hardware import device
from training.stages import train

pytestmark = pytest.mark.gpu


@pytest.mark.parametrize("is_compiled", [False, True])
@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
def test_a_gpu_learns_in_every_precision(
    tmp_path: Path, precision: str, *, is_compiled: bool
) -> None:
    assert device().type == "cuda"
    films = prepared(tmp_path / "films", rows(train=48, val=16, test=0))
    folder = trained(
        films, tmp_path / "net", model="densenet121", epochs=6, batch=16, precision=precision,
        compiled=is_compiled,
    )  # fmt: skip
    curve = folder / "curves" / "plots" / "metrics"
    losses = pd.read_csv(curve / "train_loss.tsv", sep="\t")["train_loss"]
    assert losses.iloc[-1] < 0.7 * losses.iloc[0]
    kept = load_file(folder / "model.safetensors")
    assert all(torch.isfinite(value).all() for value in kept.values())


def test_a_training_on_a_gpu_goes_on_where_it_was(tmp_path: Path) -> None:
    films = prepared(tmp_path / "films", rows(train=16, val=8, test=0))
    given = params(model="covid_cxnet", epochs=2, precision="float16")
    for name in "ab":
        (tmp_path / name).mkdir()
        # The second finds the state that the first left after its last epoch.
        train.main(films, tmp_path / name, given, TASK, tmp_path / "state")
    first, second = (load_file(tmp_path / name / "model.safetensors") for name in "ab")
    assert all(torch.equal(first[name], second[name]) for name in first)
