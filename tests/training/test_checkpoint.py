import json
from pathlib import Path

import pytest
import torch
from planted import prepared, rows, trained

from training.checkpoint import SEAL, WrongCheckpoint, load, load_for, sealed

ROWS = rows(train=8, val=4, test=4)


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoint")
    return trained(prepared(folder / "films", ROWS), folder / "net", epochs=1)


def copy(net: Path, folder: Path) -> Path:
    for file in filter(Path.is_file, net.iterdir()):
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def test_a_network_comes_back_as_it_was_written(net: Path, tmp_path: Path) -> None:
    films = prepared(tmp_path / "films", ROWS)
    first, about = load_for(films, net)
    second, _ = load_for(films, net)
    assert about.labels == ("normal", "covid19")
    assert not first.training
    for one, two in zip(first.state_dict().values(), second.state_dict().values(), strict=True):
        assert torch.equal(one, two)


@pytest.mark.parametrize(
    ("meta", "sentence"),
    [
        ({"manifest_id": "m2"}, "trained on manifest m1, but the films are of manifest m2"),
        ({"recipe_id": "lungs"}, "trained on recipe plain, but the films are of recipe lungs"),
        ({"channels": "image,image,image"}, "trained on channels image,beasf,clahe"),
    ],
)
def test_films_of_another_making_are_refused(
    net: Path, tmp_path: Path, meta: dict[str, str], sentence: str
) -> None:
    with pytest.raises(WrongCheckpoint, match=sentence):
        load_for(prepared(tmp_path, ROWS, 96, **meta), net)


def test_a_flipped_byte_in_the_weights_is_refused(net: Path, tmp_path: Path) -> None:
    weights = copy(net, tmp_path) / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    with pytest.raises(WrongCheckpoint, match=r"its SHA-256 is .*the file was changed"):
        load_for(prepared(tmp_path / "films", ROWS), tmp_path)


@pytest.mark.parametrize("name", ["model.safetensors", "checkpoint.json"])
def test_a_missing_file_is_a_sentence(net: Path, tmp_path: Path, name: str) -> None:
    (copy(net, tmp_path) / name).unlink()
    with pytest.raises(WrongCheckpoint, match=f"{name}: not there"):
        load_for(prepared(tmp_path / "films", ROWS), tmp_path)


def test_a_key_that_is_missing_is_named(net: Path, tmp_path: Path) -> None:
    about = copy(net, tmp_path) / "checkpoint.json"
    facts = json.loads(about.read_text())
    del facts["labels"]
    about.write_text(json.dumps(facts))
    with pytest.raises(WrongCheckpoint, match=r"checkpoint.json: labels: Field required"):
        load_for(prepared(tmp_path / "films", ROWS), tmp_path)


def test_weights_of_another_network_than_is_built_are_a_sentence(net: Path, tmp_path: Path) -> None:
    folder = copy(net, tmp_path)
    place = folder / "checkpoint.json"
    about = {name: value for name, value in json.loads(place.read_text()).items() if name != SEAL}
    place.write_text(json.dumps(sealed(about | {"model": "resnet10t"})))
    with pytest.raises(WrongCheckpoint, match="is of another resnet10t than this version of timm"):
        load(folder)


def test_labels_that_changed_places_are_noticed(net: Path, tmp_path: Path) -> None:
    about = copy(net, tmp_path) / "checkpoint.json"
    facts = json.loads(about.read_text())
    facts["labels"].reverse()
    about.write_text(json.dumps(facts))
    with pytest.raises(WrongCheckpoint, match=r"checkpoint.json: was changed since it was written"):
        load_for(prepared(tmp_path / "films", ROWS), tmp_path)
