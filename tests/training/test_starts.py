"""Training from a converted start, and with a body that stays as it is."""

import json
import logging
from pathlib import Path

import donors
import pytest
import torch
from planted import TASK, lesson, params, prepared, row, rows, trained
from safetensors.torch import load_file
from torch import Tensor, nn

from manifests.contract.params import Misspelt
from manifests.contract.prepared import Prepared
from manifests.contract.vocabulary import Split
from training.checkpoint import load_for, read_about
from training.experiment import ready
from training.films import films_of, read_task
from training.lesson import Lesson
from training.loop import train as fit
from training.models import build
from training.stages import train
from training.starts.beginning import begin, freeze, head_of
from training.starts.folder import WrongStart, name_of, read_start
from training.starts.writing import convert_checkpoint

SIZE = 64


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("starts")
    donor = donors.saved(donors.arnoweng(), place / "model.pth.tar")
    convert_checkpoint(donor, place / "chexnet", 0.99)
    return place / "chexnet"


@pytest.fixture(scope="module")
def name(folder: Path) -> str:
    return name_of(folder)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(tmp_path_factory.mktemp("films"), rows(train=8, val=4, test=4))


def body(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {key: value for key, value in state.items() if key.startswith("features.")}


def copied(folder: Path, place: Path) -> Path:
    place.mkdir()
    for file in folder.iterdir():
        (place / file.name).write_bytes(file.read_bytes())
    return place


@pytest.mark.parametrize("model", ["densenet121", "covid_cxnet"])
def test_a_network_begins_with_the_body_of_its_start(
    folder: Path, name: str, caplog: pytest.LogCaptureFixture, model: str
) -> None:
    net = build(model, classes=2, size=SIZE, pretrained=False)
    drawn = {key: value.clone() for key, value in head_of(net).state_dict().items()}
    with caplog.at_level(logging.INFO):
        begin(net, read_start(name))
    given = body(load_file(folder / "model.safetensors"))
    assert len(given) == 604
    assert all(torch.equal(net.state_dict()[key], value) for key, value in given.items())
    assert all(torch.equal(head_of(net).state_dict()[key], value) for key, value in drawn.items())
    assert "(laid out as arnoweng): 604 of 604 tensors of the body taken" in caplog.text
    assert "dropped: classifier.bias, classifier.weight; the head is new" in caplog.text


@pytest.mark.parametrize("model", ["densenet121", "covid_cxnet"])
def test_training_from_a_frozen_start_leaves_its_body_byte_for_byte(
    films: Prepared, folder: Path, name: str, tmp_path: Path, model: str
) -> None:
    given = {"model": model, "size": SIZE, "weights": name, "frozen": True}
    net = trained(films, tmp_path / "net", epochs=1, **given)
    start, end = body(load_file(folder / "model.safetensors")), load_file(net / "model.safetensors")
    for key, value in start.items():
        assert value.numpy().tobytes() == end[key].numpy().tobytes(), key
    about = read_about(net)
    assert about.start is not None
    assert (about.start["layout"], about.params["weights"]) == ("arnoweng", name)
    # On another scale than its own the start would say nothing.
    assert about.look.mean == (0.485, 0.456, 0.406)
    assert load_for(films, net)[1].start == about.start


def taught(films: Prepared) -> Lesson:
    return lesson(films_of(films, read_task(TASK), Split.TRAIN), size=SIZE, epochs=1)


def snapshot(net: nn.Module) -> dict[str, bytes]:
    return {key: value.numpy().tobytes() for key, value in net.state_dict().items()}


@pytest.mark.parametrize("model", ["resnet10t", "covid_cxnet"])
def test_only_the_head_of_a_frozen_network_learns(films: Prepared, model: str) -> None:
    net = build(model, classes=2, size=SIZE, pretrained=False)
    freeze(net)
    before = snapshot(net)
    fit(net, taught(films))
    head = {id(value) for value in head_of(net).state_dict(keep_vars=True).values()}
    own = net.state_dict(keep_vars=True)
    changed = {key for key, value in snapshot(net).items() if value != before[key]}
    assert changed
    assert changed <= {key for key, value in own.items() if id(value) in head}


def test_a_network_that_is_not_frozen_learns_throughout(films: Prepared) -> None:
    net = build("resnet10t", classes=2, size=SIZE, pretrained=False)
    before = snapshot(net)
    fit(net, taught(films))
    changed = {key for key, value in snapshot(net).items() if value != before[key]}
    assert {"conv1.0.weight", "bn1.running_mean", "fc.weight"} <= changed


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"pretrained": True, "weights": "x@1"}, "`pretrained` and `weights` both name a start"),
        ({"frozen": True}, "`frozen` keeps the weights of a start, and none is named"),
        ({"frozen": True, "pretrained": True}, "base_cnn has no pretrained weights"),
    ],
)
def test_what_cannot_be_meant_is_a_sentence(
    films: Prepared, tmp_path: Path, given: dict[str, object], sentence: str
) -> None:
    with pytest.raises(Misspelt, match=sentence):
        train.main(films, tmp_path, params(**given), TASK, tmp_path / "state")


def test_a_network_without_a_head_of_its_own_takes_no_start(films: Prepared, name: str) -> None:
    with pytest.raises(Misspelt, match="BaseCnn shows no head of its own"):
        ready(films, params(weights=name), read_task(TASK))


def test_a_start_is_named_with_its_content(folder: Path, name: str) -> None:
    for words in (str(folder), f"{folder}@", f"{folder}@chexnet"):
        with pytest.raises(Misspelt, match="does not say which content it expects") as told:
            read_start(words)
        assert str(told.value).endswith(f'weights: "{name}"')


def test_another_start_behind_the_same_path_is_noticed(folder: Path) -> None:
    with pytest.raises(WrongStart, match=r"holds another start than params.yaml names \(0{12}…\)"):
        read_start(f"{folder}@{'0' * 12}")


def test_a_flipped_byte_in_a_start_is_noticed(folder: Path, name: str, tmp_path: Path) -> None:
    place = copied(folder, tmp_path / "chexnet")
    data = bytearray((place / "model.safetensors").read_bytes())
    data[-1] ^= 1
    (place / "model.safetensors").write_bytes(data)
    with pytest.raises(WrongStart, match=r"its SHA-256 is .*the file was changed"):
        read_start(f"{place}@{name.split('@')[1]}")


def changed(place: Path, key: str, value: object) -> None:
    about = json.loads((place / "start.json").read_text())
    assert about[key] != value
    (place / "start.json").write_text(json.dumps(about | {key: value}))


@pytest.mark.parametrize(("key", "value"), [("mean", [0.1, 0.1, 0.1]), ("seen", [])])
def test_a_start_that_is_told_of_otherwise_is_another_one(
    folder: Path, name: str, tmp_path: Path, key: str, value: object
) -> None:
    place = copied(folder, tmp_path / "chexnet")
    pin = name.split("@")[1]
    assert read_start(f"{place}@{pin}").about.seen == ("nih_cxr14",)
    changed(place, key, value)
    with pytest.raises(WrongStart, match=r"holds another start .* or its start.json was changed"):
        read_start(f"{place}@{pin}")
    assert json.loads(read_start(name_of(place)).about.model_dump_json())[key] == value


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("mean", [0.5], "mean: Tuple should have at least 3 items"),
        ("mean", [0.5] * 4, "mean: Tuple should have at most 3 items"),
        ("deviation", [], "deviation: Tuple should have at least 3 items"),
        ("mean", [0.5, float("inf"), 0.5], "mean.1: Input should be a finite number"),
        ("deviation", [0.2, 0.2, float("nan")], "deviation.2: Input should be a finite number"),
        ("deviation", [0, 0.2, 0.2], "deviation.0: Input should be greater than 0"),
        ("deviation", [0.2, -0.2, 0.2], "deviation.1: Input should be greater than 0"),
    ],
)
def test_a_scale_that_is_none_is_a_sentence(
    folder: Path, tmp_path: Path, key: str, value: object, sentence: str
) -> None:
    place = copied(folder, tmp_path / "chexnet")
    changed(place, key, value)
    with pytest.raises(WrongStart, match=rf"start.json: {sentence}.*; convert it again"):
        read_start(name_of(place))


@pytest.mark.parametrize("gone", ["start.json", "model.safetensors"])
def test_a_missing_file_of_a_start_is_a_sentence(
    folder: Path, name: str, tmp_path: Path, gone: str
) -> None:
    place = copied(folder, tmp_path / "chexnet")
    (place / gone).unlink()
    with pytest.raises(WrongStart, match=f"{gone}: not there"):
        read_start(f"{place}@{name.split('@')[1]}")


def test_a_start_that_fits_another_network_is_refused(name: str) -> None:
    net = build("resnet10t", classes=2, size=SIZE, pretrained=False)
    with pytest.raises(WrongStart, match="fits densenet121 and covid_cxnet; 604 of its 604"):
        begin(net, read_start(name))


def begun(name: str, films: Prepared, **given: object) -> None:
    """What is told when training begins, without the training."""
    usual: dict[str, object] = {"model": "covid_cxnet", "size": SIZE, "weights": name}
    ready(films, params(**usual | given), read_task(TASK))


def both(first: int, split: str, **given: object) -> list[dict[str, object]]:
    """One film of each label."""
    findings = ("normal", "covid19")
    return [row(first + n, split=split, finding=findings[n], **given) for n in range(2)]


NIH_COPY = {"source": "covid_cxnet", "group_sources": ["covid_cxnet", "nih_cxr14"]}


@pytest.mark.parametrize("split", ["val", "test", "external"])
@pytest.mark.parametrize("given", [{"source": "nih_cxr14"}, NIH_COPY], ids=["own", "copy"])
def test_seen_films_that_are_judged_on_are_warned_of(
    name: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    split: str,
    given: dict[str, object],
) -> None:
    films = prepared(tmp_path / "films", [*both(0, "train"), *both(20, split, **given)])
    begun(name, films)
    (told,) = [m for m in map(logging.LogRecord.getMessage, caplog.records) if "laid out as" in m]
    assert "arnoweng's public checkpoint, which may have learnt from nih_cxr14;" in told
    assert f"are here: 2 of {split}; what is measured on them may be too good" in told


def test_seen_films_that_are_only_trained_on_are_no_warning(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    given = [*both(0, "train", source="nih_cxr14"), *both(20, "val"), *both(30, "test")]
    films = prepared(tmp_path / "films", given)
    with caplog.at_level(logging.INFO):
        begun(name, films)
    assert "learnt from nih_cxr14; here such films are only trained on" in caplog.text
    assert "too good" not in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_nothing_is_told_of_films_the_start_has_not_seen(
    films: Prepared, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        begun(name, films)
    assert "604 of 604 tensors" in caplog.text
    assert "learnt from" not in caplog.text


def test_nothing_is_told_of_seen_films_that_the_protocol_leaves_out(
    name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    given = [
        *both(0, "train"), *both(10, "val"), *both(20, "test", source="nih_cxr14"),
        *both(30, "test", source="sirm", group_sources=["sirm"]),
    ]  # fmt: skip
    with caplog.at_level(logging.INFO):
        begun(name, prepared(tmp_path / "films", given), protocol="loso:sirm")
    assert "604 of 604 tensors" in caplog.text
    assert "learnt from" not in caplog.text
