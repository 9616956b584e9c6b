import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import timm
import torch
from lung_films import masked_films
from lung_films import params as lung_params
from onnxruntime import InferenceSession
from planted import params, prepared, rows, trained

from manifests.contract.params import Misspelt
from manifests.contract.prepared import Prepared
from manifests.contract.vocabulary import DISCLAIMER
from training.answering import all_films, answer
from training.checkpoint import WrongCheckpoint, load
from training.data import batch
from training.export import checks
from training.export.checks import Unequal, check
from training.export.writing import export
from training.films import read_task
from training.stages import segment, train

THREE = {"normal": ["normal"], "covid19": ["covid19"], "other": ["sars"]}
NOWHERE = Path("absent/segment")
FILES = {"README.md", "checkpoint.json", "config.json", "model.onnx", "model.safetensors"}


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Of three findings, so that two classes and three may be asked for."""
    given = rows(train=9, val=3, test=3)
    for row in given[::3]:
        row["finding"] = "sars"
    return prepared(tmp_path_factory.mktemp("films"), given, 64)


def exported(films: Prepared, folder: Path, **given: object) -> tuple[Path, Path]:
    """A trained network and its export."""
    net = trained(films, folder / "net", **({"epochs": 1, "size": 65} | given))
    export(net, folder / "out", NOWHERE)
    return net, folder / "out"


@pytest.fixture(scope="module")
def base(films: Prepared, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The paper's base model and its export."""
    return exported(films, tmp_path_factory.mktemp("base"))


@pytest.mark.parametrize(
    ("model", "size"),
    [
        ("base_cnn", 65),
        ("base_cnn_printed", 65),
        ("covid_cxnet", 64),
        ("resnet10t", 64),
        ("test_vit", 64),
    ],
)
def test_timm_and_onnx_answer_as_the_trained_network(
    films: Prepared, tmp_path: Path, model: str, size: int
) -> None:
    net, out = exported(films, tmp_path, model=model, size=size)
    ours, about = load(net)
    again = timm.create_model(f"local-dir:{out}", pretrained=True).eval()
    session = InferenceSession(out / "model.onnx", providers=["CPUExecutionProvider"])
    for count in (1, 3):
        place = torch.device("cpu")
        seen = batch(all_films(films, about), np.arange(count), about.look, place)
        with torch.inference_mode():
            expected, by_timm = ours.cpu()(seen), again(seen)
        by_onnx = session.run(["values"], {"images": seen.numpy()})[0]
        assert by_timm.shape == by_onnx.shape == (count, 2)
        assert torch.allclose(by_timm, expected, atol=1e-5)
        assert np.abs(by_onnx - expected.numpy()).max() < 1e-4
    assert {place.name for place in out.iterdir()} == FILES
    assert again.num_classes == 2


def test_three_classes_have_three_outputs_and_their_names_in_order(
    films: Prepared, tmp_path: Path
) -> None:
    (tmp_path / "net").mkdir()
    settings = params(epochs=1, size=65)
    train.main(films, tmp_path / "net", settings, THREE, tmp_path / "state")
    export(tmp_path / "net", tmp_path / "out", NOWHERE)
    config = json.loads((tmp_path / "out" / "config.json").read_text())
    assert config["label_names"] == list(read_task(THREE))
    assert (config["num_classes"], config["architecture"]) == (3, "base_cnn")
    again = timm.create_model(f"local-dir:{tmp_path / 'out'}", pretrained=True)
    assert again(torch.zeros(2, 3, 65, 65)).shape == (2, 3)
    about = json.loads((tmp_path / "net" / "checkpoint.json").read_text())
    data: Any = again.pretrained_cfg
    assert data["input_size"] == [3, 65, 65]
    assert (data["mean"], data["std"]) == (about["mean"], about["deviation"])


def test_the_files_say_what_they_are_and_nothing_of_this_machine(base: tuple[Path, Path]) -> None:
    out = base[1]
    told = InferenceSession(out / "model.onnx").get_modelmeta().custom_metadata_map
    about = json.loads((out / "checkpoint.json").read_text())
    assert told["disclaimer"] == DISCLAIMER
    assert json.loads(told["labels"]) == about["labels"]
    assert json.loads(told["mean"]) == about["mean"]
    assert told["manifest_id"] == "m1"
    assert "drawn by a computer" in told["warnings"]
    page = (out / "README.md").read_text()
    for words in (DISCLAIMER, "normal, covid19", "`m1`", "`honest`", "import training.models"):
        assert words in page
    here = str(Path(checks.__file__).parents[2]).encode()
    for file in out.iterdir():
        assert here not in file.read_bytes()
        assert str(out).encode() not in file.read_bytes()


def test_the_same_network_gives_the_same_bytes(base: tuple[Path, Path], tmp_path: Path) -> None:
    net, first = base
    second = tmp_path / "again"
    export(net, second, NOWHERE)
    for name in FILES:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_an_export_is_asked_like_the_network_itself(
    films: Prepared, base: tuple[Path, Path], tmp_path: Path
) -> None:
    net, out = base
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert answer(films, net, tmp_path / "a") == answer(films, out, tmp_path / "b")


def test_a_protocol_that_leaks_is_told_wherever_the_network_goes(
    films: Prepared, tmp_path: Path
) -> None:
    _, out = exported(films, tmp_path, protocol="paper")
    assert "figures are too good" in (out / "README.md").read_text()
    told = InferenceSession(out / "model.onnx").get_modelmeta().custom_metadata_map
    assert "figures are too good" in told["warnings"]


def test_a_file_that_answers_otherwise_is_refused(base: tuple[Path, Path]) -> None:
    net, out = base
    ours, about = load(net)
    ours = ours.cpu()
    assert max(check(ours, about, out).values()) < 1e-4
    last = [weight for weight in ours.parameters() if weight.ndim == 1][-1]
    with torch.no_grad():
        last.add_(0.01)
    with pytest.raises(Unequal, match=r"by timm its values differ by 0\.00\d+, more than 0\.0001"):
        check(ours, about, out)


def test_a_changed_network_is_not_exported_and_nothing_else_is_replaced(
    films: Prepared, tmp_path: Path
) -> None:
    net = trained(films, tmp_path / "net", epochs=1, size=65)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    with pytest.raises(Misspelt, match="mine: holds other things than an export"):
        export(net, tmp_path / "mine", NOWHERE)
    (net / "model.safetensors").write_bytes(b"other")
    with pytest.raises(WrongCheckpoint, match="the file was changed"):
        export(net, tmp_path / "out", NOWHERE)
    assert not (tmp_path / "out").exists()


def test_who_sees_lungs_alone_takes_its_segmenter_along(tmp_path: Path) -> None:
    meta = {"recipe": '{"lungs": "box"}', "lungs_by": "0123456789abcdef"}
    films = prepared(tmp_path / "films", rows(train=8, val=4, test=0), 64, **meta)
    net = trained(films, tmp_path / "net", epochs=1, size=65)
    with pytest.raises(Misspelt, match="sees lungs alone, and absent/segment is no folder"):
        export(net, tmp_path / "out", NOWHERE)
    assert not (tmp_path / "out").exists()
    finder = tmp_path / "segment"
    finder.mkdir()
    segment.main(masked_films(tmp_path / "masked", 8), finder, lung_params(), 0.01)
    told = export(net, tmp_path / "out", finder)
    assert "in training it was 0123456789abcdef" in told[0]
    kept = {file.name for file in (tmp_path / "out" / "segmenter").iterdir()}
    assert kept == {"model.safetensors", "segmenter.json"}


def test_without_the_extra_a_person_is_told_what_to_install(
    base: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(Misspelt, match=r"needs onnxruntime: `pip install -e '\.\[export\]'`"):
        export(base[0], tmp_path / "out", NOWHERE)


def test_a_person_is_told_how_well_it_went(base: tuple[Path, Path], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "training", "export", str(base[0]), "--out", "out"]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    first, *warnings = done.stdout.splitlines()
    assert first.startswith(
        "out: base_cnn for normal, covid19; values differ from torch's, timm by"
    )
    assert warnings[0] == DISCLAIMER
    assert "onnxscript" not in done.stderr
