import hashlib
import json
from pathlib import Path

import donors
import numpy as np
import pytest
import torch
from planted import prepared, row
from typer.testing import CliRunner

from manifests.contract.params import Misspelt
from manifests.contract.prepared import Prepared
from training.__main__ import app
from training.stages import probe as stage
from training.starts.donor import WrongDonor
from training.starts.layouts import NIH
from training.starts.probe import lines_of, probe

SIDE = 64


@pytest.fixture(scope="module")
def donor() -> donors.Donor:
    return donors.arnoweng()


@pytest.fixture(scope="module")
def checkpoint(donor: donors.Donor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return donors.saved(donor, tmp_path_factory.mktemp("donor") / "model.pth.tar")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


@pytest.fixture(scope="module")
def films(folder: Path) -> Prepared:
    told = [("train", "covid19"), ("test", "pneumonia"), ("test", "normal"), ("test", "covid19"),
            ("test", "covid19"), ("val", "normal")]  # fmt: skip
    given = [row(n, split=split, finding=finding) for n, (split, finding) in enumerate(told)]
    given[2] |= {"source": "nih_cxr14"}
    return prepared(folder, given, side=SIDE)


def test_the_chances_are_the_donors_own_sigmoids(
    donor: donors.Donor, checkpoint: Path, films: Prepared
) -> None:
    found = probe(checkpoint, films, ["cohen/004", "cohen/000"], SIDE)
    grey = np.stack([films.stack(n)[:, :, 0] for n in (4, 0)])
    with torch.inference_mode():
        # Arnoweng's network ends in its own sigmoid.
        expected = donor.net(donor.scaled(torch.from_numpy(grey)[:, None].float() / 255))
    assert found.chances.shape == (2, 14)
    assert found.labels == NIH
    assert found.chances == pytest.approx(expected.double().numpy(), abs=1e-5)
    # A softmax would make one of each film's chances.
    assert (np.abs(found.chances.sum(1) - 1) > 0.1).all()


def test_without_films_a_sick_and_a_normal_one_of_test_are_asked_about(
    checkpoint: Path, films: Prepared
) -> None:
    found = probe(checkpoint, films, [], SIDE)
    assert found.rows["record_id"].tolist() == ["cohen/003", "cohen/002"]
    assert found.maybe_seen == ("cohen/002",)
    lines = lines_of(found)
    assert lines[0].split() == ["film", "cohen/003", "cohen/002"]
    assert lines[1].split() == ["finding", "covid19", "normal"]
    assert [line.split()[0] for line in lines[2:16]] == list(NIH)
    assert [float(cell) for cell in lines[2].split()[1:]] == pytest.approx(
        found.chances[:, 0].tolist(), abs=5e-4
    )
    assert lines[-1].endswith("learnt from: cohen/002")


def test_an_unknown_film_and_a_checkpoint_without_its_last_layer_are_named(
    donor: donors.Donor, checkpoint: Path, films: Prepared, tmp_path: Path
) -> None:
    with pytest.raises(Misspelt, match="'cohen/x' is not prepared"):
        probe(checkpoint, films, ["cohen/x"], SIDE)
    body = {key: value for key, value in donor.state.items() if "classifier" not in key}
    headless = donors.saved(donor._replace(state=body), tmp_path / "body.pth.tar")
    with pytest.raises(WrongDonor, match="no last layer"):
        probe(headless, films, [], SIDE)
    lacking = {key: v for key, v in donor.state.items() if "denseblock4.denselayer16" not in key}
    cut = donors.saved(donor._replace(state=lacking), tmp_path / "cut.pth.tar")
    with pytest.raises(WrongDonor, match=r"cut\.pth\.tar: .*only 9"):
        probe(cut, films, [], SIDE)


@pytest.mark.usefixtures("films")
def test_the_command_prints_the_table(checkpoint: Path, folder: Path) -> None:
    words = ["probe", str(checkpoint), str(folder), "--size", str(SIDE)]
    done = CliRunner().invoke(app, [*words, "--films", "cohen/001", "--films", "cohen/005"])
    assert done.exit_code == 0
    assert done.output.splitlines()[0].split() == ["film", "cohen/001", "cohen/005"]
    assert len(done.output.splitlines()) == 2 + 14 + 1


def asked(checkpoint: str, *names: str) -> stage.Params:
    return stage.Params(checkpoint=checkpoint, recipe="plain", size=SIDE, films=names)


def test_the_stage_writes_every_chance_and_the_hash_of_who_was_asked(
    checkpoint: Path, films: Prepared, tmp_path: Path
) -> None:
    stage.main(films, tmp_path, asked(str(checkpoint)))
    told = json.loads((tmp_path / "probe.json").read_text())
    found = probe(checkpoint, films, [], SIDE)
    assert hashlib.sha256(checkpoint.read_bytes()).hexdigest() == told["checkpoint_sha256"]
    assert list(NIH) == told["labels"]
    assert [film["record_id"] for film in told["films"]] == ["cohen/003", "cohen/002"]
    assert [film["maybe_seen"] for film in told["films"]] == [False, True]
    for film, chances in zip(told["films"], found.chances, strict=True):
        assert chances == pytest.approx(film["chances"], abs=1e-6)


def test_where_nobody_is_named_the_stage_says_so(films: Prepared, tmp_path: Path) -> None:
    stage.main(films, tmp_path, asked(""))
    assert json.loads((tmp_path / "probe.json").read_text()) == {"asked": False}


def test_a_checkpoint_that_is_not_there_is_named(films: Prepared, tmp_path: Path) -> None:
    with pytest.raises(Misspelt, match=r"probe\.checkpoint.*no such file"):
        stage.main(films, tmp_path, asked(str(tmp_path / "gone.pth.tar")))
