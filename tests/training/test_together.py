"""Two processes that train together, started by torchrun, against one that trains alone."""

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from planted import params, prepared, rows
from project import ROOT
from stages import ALONE, ENVIRONMENT, KILLED, NAMED, STAGE, SUPPORT, TORCHRUN, project, run

pytestmark = pytest.mark.long
TOGETHER = str(SUPPORT / "together.py")
TRAIN = (*STAGE, "train", *NAMED)


def said(
    folder: Path, launcher: tuple[str, ...], model: str, optimizer: str, robust: str
) -> dict[str, Any]:
    # 43 and 37 films: no batch and no portion can be halved without a rest.
    prepared(folder / "films", rows(train=43, val=37, test=0), 65)
    done = run(folder, *launcher, TOGETHER, str(folder), model, optimizer, "-1", robust)
    assert done.returncode == 0, done.stderr
    about: dict[str, Any] = json.loads((folder / "said.json").read_text())
    return about


# Adam divides by the size of a gradient: where batch normalisation leaves none, by that of
# rounding. There only plain descent shows that two do what one does, and 120 normalisations of
# four pixels make more of rounding than ten.
@pytest.mark.parametrize(
    ("model", "optimizer", "robust", "near"),
    [
        ("base_cnn", "adam", "none", 1e-4),
        ("base_cnn", "adam", "group_dro", 1e-4),
        ("resnet10t", "sgd", "none", 1e-3),
        ("densenet121", "sgd", "none", 0.05),
    ],
)
def test_two_processes_learn_what_one_learns(
    tmp_path: Path, model: str, optimizer: str, robust: str, near: float
) -> None:
    alone = said(tmp_path / "a", ALONE, model, optimizer, robust)
    both = said(tmp_path / "b", TORCHRUN, model, optimizer, robust)
    assert (alone["processes"], both["processes"]) == (1, 2)
    one, two = np.array(alone["values"]), np.array(both["values"])
    assert len(two) == 37
    np.testing.assert_allclose(two, one, rtol=near, atol=near)
    assert two.argmax(1).tolist() == one.argmax(1).tolist()
    for first, second in zip(alone["history"], both["history"], strict=True):
        assert second == pytest.approx(first, rel=near)


def launched(folder: Path, launcher: str = "", **given: object) -> Path:
    """A folder whose params.yaml names a launcher."""
    return project(folder, params(size=65, epochs=3, **given), compute={"launcher": launcher})


def test_the_same_stage_runs_on_two_by_a_word_in_the_parameters(tmp_path: Path) -> None:
    folder = launched(tmp_path, " ".join(TORCHRUN))
    done = run(folder, *ALONE, *TRAIN)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("best epoch") == 1
    made = sorted(place.name for place in (folder / "net").iterdir())
    assert made == ["checkpoint.json", "curves", "model.safetensors"]
    assert sorted(place.name for place in folder.iterdir()) == [
        ".cache", "films", "net", "params.yaml",
    ]  # fmt: skip


def test_two_that_are_killed_go_on_to_the_same_bytes(tmp_path: Path) -> None:
    whole = launched(tmp_path / "whole", model="covid_cxnet")
    assert run(whole, *TORCHRUN, *TRAIN).returncode == 0
    broken = launched(tmp_path / "broken", model="covid_cxnet")
    state = broken / ".cache" / "training" / "net.state"
    with subprocess.Popen(
        [*TORCHRUN, *TRAIN], cwd=broken, env=ENVIRONMENT, start_new_session=True,
        stderr=subprocess.DEVNULL,
    ) as running:  # fmt: skip
        while not state.exists():
            assert running.poll() is None
        os.killpg(running.pid, signal.SIGKILL)
    assert not (broken / "net").exists()
    done = run(broken, *TORCHRUN, *TRAIN)
    assert done.returncode == 0, done.stderr
    assert "goes on after epoch" in done.stderr
    for name in ("model.safetensors", "checkpoint.json"):
        assert (broken / "net" / name).read_bytes() == (whole / "net" / name).read_bytes()


def test_a_kill_while_the_folder_of_two_is_moved_leaves_their_state(tmp_path: Path) -> None:
    folder = project(tmp_path, params(size=65, epochs=1))
    # Only process 0 moves a folder, and only there is a process killed.
    killed = run(folder, *TORCHRUN, KILLED, "moving-1", "train", *NAMED)
    assert "Signal 9 (SIGKILL)" in killed.stderr
    assert not (folder / "net").exists()
    assert (folder / ".cache" / "training" / "net.state").exists()


def test_two_processes_repeat_what_one_repeats(tmp_path: Path) -> None:
    usual = next(iter(yaml.safe_load((ROOT / "params.yaml").read_text())["repeats"].values()))
    asked = {"net": {**usual, "seeds": 2, "films": {}, "label": "covid19"}}
    alone, both = tmp_path / "a", tmp_path / "b"
    for folder, launcher in ((alone, ""), (both, " ".join(TORCHRUN))):
        given = {"compute": {"launcher": launcher}, "repeats": asked}
        project(folder, params(size=65, epochs=3), **given)
        done = run(folder, *ALONE, *STAGE, "repeat", *NAMED)
        assert done.returncode == 0, done.stderr
    told = [json.loads((folder / "net" / "metrics.json").read_text()) for folder in (alone, both)]
    for protocol in ("paper", "honest"):
        assert told[1][protocol] == pytest.approx(told[0][protocol])
    kept = sorted(file.name for file in (both / ".cache" / "training" / "repeat" / "net").iterdir())
    assert kept == ["honest-1", "honest-2", "paper-1", "paper-2"]


def test_a_loss_that_is_no_number_in_one_process_ends_both(tmp_path: Path) -> None:
    prepared(tmp_path / "films", rows(train=24, val=8, test=0), 65)
    done = run(tmp_path, *TORCHRUN, TOGETHER, str(tmp_path), "base_cnn", "sgd", "1")
    assert done.returncode != 0
    told = [line for line in done.stderr.splitlines() if "Untrainable: epoch 1: the loss" in line]
    assert len(told) == 2
    assert told[0].split("of this batch: ")[1].count("cohen/") == 6
    assert not (tmp_path / "said.json").exists()


@pytest.mark.parametrize(
    ("launcher", "told"),
    [
        ("no_such_launcher --nodes 2", "asks for no_such_launcher, which cannot be run"),
        (*ALONE, "it started one process only"),
        ("'torchrun", "No closing quotation"),
        ("torchrun --rdzv-endpoint $NOWHERE:1", "has $NOWHERE:1, which is not set here"),
    ],
)
def test_a_launcher_that_does_not_start_two_is_a_sentence(
    tmp_path: Path, launcher: str, told: str
) -> None:
    done = run(launched(tmp_path, launcher), *ALONE, *TRAIN)
    assert done.returncode == 2
    assert "error: params.yaml: 'compute.launcher'" in done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_batch_too_small_to_share_is_a_sentence(tmp_path: Path) -> None:
    folder = launched(tmp_path, "torchrun --standalone --nproc-per-node 3", batch=2)
    done = run(folder, *ALONE, *TRAIN)
    assert done.returncode != 0
    assert "the smallest batch has 2, which cannot be shared by 3 processes" in done.stderr


def test_torchrun_by_hand_starts_no_launcher_and_one_speaks(tmp_path: Path) -> None:
    folder = launched(tmp_path, " ".join(TORCHRUN))
    done = run(folder, *TORCHRUN, *TRAIN)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("best epoch") == 1
