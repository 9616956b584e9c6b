"""Public CheXNet checkpoints become starts for timm's densenet121, or are refused in a sentence."""

import csv
import json
import os
import pickle
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import donors
import pytest
import timm
import torch
import yaml
from donors import Donor, saved
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file
from typer.testing import CliRunner

from manifests.contract.params import Misspelt
from training.__main__ import app
from training.starts.conversion import convert
from training.starts.donor import WrongDonor, read_donor
from training.starts.folder import Start, name_of, read_start
from training.starts.writing import convert_checkpoint

MAKERS = {
    "arnoweng": donors.arnoweng, "jrzech": donors.jrzech, "torchxrayvision": donors.torchxrayvision,
}  # fmt: skip
TORCH_BIN = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="module")
def made() -> dict[str, Donor]:
    return {name: make() for name, make in MAKERS.items()}


def keys(folder: Path) -> list[dict[str, str]]:
    with (folder / "keys.csv").open() as source:
        return list(csv.DictReader(source))


@pytest.mark.parametrize("name", list(MAKERS))
def test_the_converted_network_answers_as_the_donor_does(
    made: dict[str, Donor], tmp_path: Path, name: str
) -> None:
    donor, out = made[name], tmp_path / "start"
    convert_checkpoint(saved(donor, tmp_path / "model.pth.tar"), out, 0.99)
    about = Start.model_validate_json((out / "start.json").read_bytes())
    net: Any = timm.create_model("densenet121", num_classes=len(about.labels)).eval()
    lacking = net.load_state_dict(load_file(out / "model.safetensors"), strict=False)
    assert not lacking.unexpected_keys
    assert all(key.endswith("num_batches_tracked") for key in lacking.missing_keys)
    grey = donors.grey(3)
    mean, deviation = (torch.tensor(v).reshape(1, 3, 1, 1) for v in (about.mean, about.deviation))
    images = (grey.expand(-1, 3, -1, -1) - mean) / deviation
    with torch.inference_mode():
        features = net.forward_head(net.forward_features(images), pre_logits=True)
        assert features.std() > 0.01
        torch.testing.assert_close(features, donor.features(grey), atol=1e-4, rtol=0)
        values, expected = net(images), donor.logits(grey)
        assert expected.std() > 0.01
        torch.testing.assert_close(values, expected, atol=1e-4, rtol=0)
        answers = values if name == "torchxrayvision" else torch.sigmoid(values)
        torch.testing.assert_close(answers, donor.net(donor.scaled(grey)), atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # 121 counters of batches that torch 0.3 did not keep.
        ("arnoweng", {"renamed": 606}),
        ("jrzech", {"taken": 725, "renamed": 2}),
        ("torchxrayvision", {"taken": 726, "widened": 1, "left_out": 1}),
    ],
)
def test_every_key_has_its_fate_in_the_report(
    made: dict[str, Donor], tmp_path: Path, name: str, expected: dict[str, int]
) -> None:
    out = tmp_path / "start"
    told = convert_checkpoint(saved(made[name], tmp_path / "donor"), out, 0.99)
    rows = keys(out)
    assert Counter(row["fate"] for row in rows) == expected
    assert {row["source"] for row in rows} - {""} == set(made[name].state)
    assert f"laid out as {name}: 100.00% of the body's tensors" in told
    assert (
        f"laid out as {name}'s public checkpoint, which is no proof of who trained it"
        in "".join(told)
    )
    about = json.loads((out / "start.json").read_text())
    assert (about["layout"], about["coverage"], about["donor"]) == (name, 1, "donor")
    assert "not for diagnosis" in about["disclaimer"]
    assert about["note"] in told
    assert about["note"].endswith(
        "citation and homepage are of the public checkpoint of this layout"
    )
    assert told[-1] == f'in an experiment of params.yaml, weights: "{name_of(out)}"'


NIH = (
    "Atelectasis Cardiomegaly Effusion Infiltration Mass Nodule Pneumonia Pneumothorax "
    "Consolidation Edema Emphysema Fibrosis Pleural_Thickening Hernia"
)
"""The order in arnoweng's `model.py` and in jrzech's `cxr_dataset.py`."""


@pytest.mark.parametrize("name", ["arnoweng", "jrzech"])
def test_the_labels_are_in_the_order_of_the_outputs(
    made: dict[str, Donor], tmp_path: Path, name: str
) -> None:
    out = tmp_path / "start"
    told = convert_checkpoint(saved(made[name], tmp_path / "donor"), out, 0.99)
    assert json.loads((out / "start.json").read_text())["labels"] == NIH.split()
    assert f"labels: {', '.join(NIH.split())}" in told


@pytest.mark.parametrize("gone", [("weight", "bias"), ("weight",), ("bias",)])
def test_without_a_last_layer_there_are_no_labels(
    made: dict[str, Donor], tmp_path: Path, gone: tuple[str, ...]
) -> None:
    lost = {f"classifier.0.{part}" for part in gone}
    state = {key: value for key, value in made["jrzech"].state.items() if key not in lost}
    # Without it jrzech's layout cannot be told from torchvision's own.
    state = {f"module.densenet121.{key}": value for key, value in state.items()}
    torch.save(state, tmp_path / "donor")
    told = convert_checkpoint(tmp_path / "donor", tmp_path / "start", 0.99)
    assert Start.model_validate_json((tmp_path / "start/start.json").read_bytes()).labels == ()
    assert "labels: none, for there is no last layer of their number" in told


def test_a_key_of_2017_is_told_with_its_name_of_today(
    made: dict[str, Donor], tmp_path: Path
) -> None:
    convert_checkpoint(saved(made["arnoweng"], tmp_path / "donor"), tmp_path / "start", 0.99)
    old = "module.densenet121.features.denseblock3.denselayer24.norm.2.running_var"
    assert {
        "source": old, "target": "features.denseblock3.denselayer24.norm2.running_var",
        "shape": "128", "fate": "renamed",
    } in keys(tmp_path / "start")  # fmt: skip


def lost(donor: Donor, count: int) -> dict[str, torch.Tensor]:
    body = [key for key in donor.state if "norm2.running_mean" in key]
    return {key: value for key, value in donor.state.items() if key not in body[:count]}


def test_a_body_with_too_few_tensors_is_refused_unless_told(made: dict[str, Donor]) -> None:
    with pytest.raises(WrongDonor, match=r"only 98.8% of the body's tensors are there, and 99%"):
        convert(lost(made["jrzech"], 7))
    converted = convert(lost(made["jrzech"], 7), 0.98)
    assert converted.coverage == pytest.approx(597 / 604)
    gone = [key.target for key in converted.keys if key.fate == "missing"]
    assert len(gone) == 7
    assert all(key.endswith("norm2.running_mean") for key in gone)


def test_a_tensor_of_another_shape_counts_as_missing(made: dict[str, Donor]) -> None:
    state = dict(made["jrzech"].state)
    state["features.norm5.weight"] = torch.ones(7)
    converted = convert(state)
    assert converted.coverage == pytest.approx(603 / 604)
    fates = {(key.source or key.target, key.shape): key.fate for key in converted.keys}
    assert fates["features.norm5.weight", "7"] == "left_out"
    assert fates["features.norm5.weight", "1024"] == "missing"


def resnet(state: dict[str, torch.Tensor]) -> None:
    state.clear()
    state["conv1.weight"] = torch.ones((64, 3, 7, 7))


def plain_torchvision(state: dict[str, torch.Tensor]) -> None:
    for key in ("weight", "bias"):
        state[f"classifier.{key}"] = state.pop(f"classifier.0.{key}")


def two_outputs(state: dict[str, torch.Tensor]) -> None:
    state |= {"classifier.0.weight": torch.ones((2, 1024)), "classifier.0.bias": torch.ones(2)}


def no_number(state: dict[str, torch.Tensor]) -> None:
    state["features.norm0.bias"] = torch.full((64,), torch.inf)


def no_outputs(state: dict[str, torch.Tensor]) -> None:
    state["classifier.0.weight"] = torch.tensor(1.0)


def twice(state: dict[str, torch.Tensor]) -> None:
    state["module.features.norm0.bias"] = torch.zeros(64)


def too_large(state: dict[str, torch.Tensor]) -> None:
    state["features.norm0.bias"] = torch.full((64,), 1e300, dtype=torch.float64)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (resnet, "laid out as none of .* first keys: conv1.weight"),
        (plain_torchvision, "laid out as none of"),
        (two_outputs, "with 2 outputs in place of 14"),
        (no_outputs, "with 0 outputs in place of 14"),
        (no_number, r"features.norm0.bias holds values that are no numbers"),
        (too_large, r"features.norm0.bias holds values that are no numbers"),
        (twice, "^features.norm0.bias and module.features.norm0.bias are one tensor by two names"),
    ],
)
def test_what_is_no_known_checkpoint_is_refused(
    made: dict[str, Donor], spoil: Callable[[dict[str, torch.Tensor]], None], sentence: str
) -> None:
    state = dict(made["jrzech"].state)
    spoil(state)
    with pytest.raises(WrongDonor, match=sentence):
        convert(state)


@pytest.mark.parametrize(
    ("odd", "sentence"),
    [
        (torch.Tensor.to_sparse, "is a sparse tensor"),
        (lambda v: torch.quantize_per_tensor(v, 0.1, 0, torch.qint8), "is a quantised tensor"),
        (lambda v: v.to("meta"), "is a meta tensor"),
        (lambda v: v.to(torch.complex64), "is a complex tensor"),
        (lambda v: v.bool(), "is of torch.bool, and torch.float32 is needed"),
        (lambda v: v.to(torch.int8), "is of torch.int8, and torch.float32 is needed"),
    ],
    ids=["sparse", "quantised", "meta", "complex", "bool", "int8"],
)
@pytest.mark.filterwarnings("ignore")
def test_tensors_that_are_no_plain_numbers_are_a_sentence(
    made: dict[str, Donor],
    tmp_path: Path,
    odd: Callable[[torch.Tensor], torch.Tensor],
    sentence: str,
) -> None:
    state = dict(made["jrzech"].state)
    state["features.conv0.weight"] = odd(state["features.conv0.weight"])
    torch.save(state, tmp_path / "donor")
    with pytest.raises(WrongDonor, match=f"donor: features.conv0.weight {sentence}"):
        convert_checkpoint(tmp_path / "donor", tmp_path / "start", 0.99)
    assert not (tmp_path / "start").exists()


@pytest.mark.parametrize(
    "half", [torch.float16, torch.bfloat16, torch.float64, torch.float8_e4m3fn]
)
def test_other_floats_become_float32(made: dict[str, Donor], half: torch.dtype) -> None:
    state = dict(made["jrzech"].state)
    given = state["features.conv0.weight"] = state["features.conv0.weight"].to(half)
    value = convert(state).state["features.conv0.weight"]
    assert value.dtype == torch.float32
    assert torch.equal(value, given.float())


def test_the_sentence_stands_alone(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    # Protocol 4 is one that torch advises its developers of.
    (tmp_path / "file").write_bytes(pickle.dumps({"a": print}, protocol=4))
    with pytest.raises(WrongDonor, match="it was not loaded"):
        read_donor(tmp_path / "file")
    assert not recwarn.list


@pytest.mark.parametrize("paths", [("\udcff.pt", "start"), ("donor", "\udcff")])
def test_a_path_that_is_no_unicode_is_a_sentence(
    made: dict[str, Donor], tmp_path: Path, paths: tuple[str, str]
) -> None:
    place, out = (tmp_path / path for path in paths)
    saved(made["jrzech"], tmp_path / "donor").rename(place)
    command = [sys.executable, "-m", "training", "convert", str(place), "--out", str(out)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert told.stdout == ""
    assert told.stderr.count("\n") == 1
    assert told.stderr.startswith("error: ")
    assert "\\udcff" in told.stderr
    assert told.stderr.endswith("this path is no Unicode; rename it\n")
    assert not out.exists()


def test_a_pickled_network_is_not_loaded_and_the_sentence_says_how(
    made: dict[str, Donor], tmp_path: Path
) -> None:
    place = tmp_path / "checkpoint"
    torch.save({"model": made["jrzech"].net, "best_loss": 0.2, "epoch": 9, "LR": 0.01}, place)
    with pytest.raises(WrongDonor, match="it was not loaded") as refused:
        read_donor(place)
    command = str(refused.value).split("convert tensors.pt: ")[1]
    subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, check=True, env=os.environ | {"PATH": TORCH_BIN}
    )
    state = read_donor(tmp_path / "tensors.pt")
    assert state.keys() == made["jrzech"].state.keys()
    assert convert(state).layout.name == "jrzech"


class Payload:
    """Touches a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.mark),)


def test_nothing_in_a_checkpoint_is_run(tmp_path: Path) -> None:
    torch.save({"state_dict": Payload(tmp_path / "mark")}, tmp_path / "zip")
    (tmp_path / "pickle").write_bytes(pickle.dumps(Payload(tmp_path / "mark")))
    for name in ("zip", "pickle"):
        with pytest.raises(WrongDonor, match="it was not loaded"):
            read_donor(tmp_path / name)
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize("share", [0, 0.3, 0.9, 0.999])
def test_a_truncated_checkpoint_is_a_sentence(tmp_path: Path, share: float) -> None:
    torch.save({"features.conv0.weight": torch.ones((64, 3, 7, 7))}, tmp_path / "whole")
    data = (tmp_path / "whole").read_bytes()
    (tmp_path / "cut").write_bytes(data[: int(len(data) * share)])
    with pytest.raises(WrongDonor, match=r"cut: .*(cannot be read|is damaged)"):
        read_donor(tmp_path / "cut")


@settings(max_examples=150, deadline=None)
@given(
    is_zip=st.booleans(),
    flips=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=4),
    kept=st.floats(0.2, 1),
)
def test_damaged_bytes_are_tensors_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory,
    *,
    is_zip: bool,
    flips: list[tuple[int, int]],
    kept: float,
) -> None:
    place = tmp_path_factory.mktemp("damaged") / "file"
    state = {"module.a.weight": torch.ones((5, 3)), "b": torch.zeros(2)}
    torch.save({"state_dict": state}, place, _use_new_zipfile_serialization=is_zip)
    data = bytearray(place.read_bytes())
    for number, value in flips:
        data[number % len(data)] = value
    place.write_bytes(data[: int(len(data) * kept)])
    with suppress(WrongDonor):
        assert all(isinstance(value, torch.Tensor) for value in read_donor(place).values())


@pytest.mark.parametrize("found", [{"a": 1}, [1, 2], {}, {"state_dict": [torch.ones(1)]}])
def test_what_holds_no_state_dict_is_a_sentence(tmp_path: Path, found: object) -> None:
    torch.save(found, tmp_path / "file")
    with pytest.raises(WrongDonor, match=r"file: .*state dict"):
        read_donor(tmp_path / "file")


def test_a_folder_with_other_things_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(Misspelt, match="holds other things than a start"):
        convert_checkpoint(tmp_path / "donor", tmp_path, 0.99)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


@pytest.mark.parametrize("name", ["a #b: c", "- 'x\"", "@é\x7f\u2028", "two\nlines ", "\t{", "\\x"])
def test_the_line_for_params_is_yaml_whatever_the_folder_is_called(
    made: dict[str, Donor], tmp_path: Path, name: str
) -> None:
    out = tmp_path / name
    told = convert_checkpoint(saved(made["arnoweng"], tmp_path / "donor"), out, 0.99)[-1]
    line = told.removeprefix("in an experiment of params.yaml, ")
    assert yaml.safe_load(line) == {"weights": name_of(out)}
    assert read_start(yaml.safe_load(line)["weights"]).about.donor == "donor"


def test_the_command_tells_a_person_what_it_did(made: dict[str, Donor], tmp_path: Path) -> None:
    place, out = saved(made["torchxrayvision"], tmp_path / "donor"), tmp_path / "start"
    for _ in range(2):
        done = CliRunner().invoke(app, ["convert", str(place), "--out", str(out)])
        assert done.exit_code == 0
    assert "left_out: op_threshs; all in keys.csv" in done.output
    assert "in an experiment of params.yaml, weights: " in done.output
    assert {place.name for place in out.iterdir()} == {
        "keys.csv", "model.safetensors", "start.json",
    }  # fmt: skip
