import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from asked import Road, road
from PIL import Image
from typer.testing import CliRunner

from curation.__main__ import app
from curation.predicting.asking import ask
from manifests.contract.images import Pixels
from manifests.contract.packing import unpng
from manifests.contract.prepared import read_prepared
from training.checkpoint import SEAL, WrongCheckpoint, load_to_ask, sealed

LATERAL, SLICE = "radiopaedia/p002-day1-l", "sirm/p003-day7-ct"
BASE = "nih_cxr14/p000-day0-ap"
OURS = "from curation.__main__ import main; main()"


class Run(NamedTuple):
    """Where `cxr predict` ran, and what it said."""

    here: Path
    out: str
    err: str
    code: int

    def answers(self, folder: str = "predictions") -> dict[str, dict[str, object]]:
        told = json.loads((self.here / folder / "predictions.json").read_text())
        return {row["path"]: row for row in told["answers"]}


def predict(here: Path, *words: object) -> Run:
    """`cxr predict` in the folder `here`, as a person calls it."""
    command = [sys.executable, "-P", "-c", OURS, "predict", *map(str, words)]
    done = subprocess.run(command, cwd=here, check=False, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    return Run(here, done.stdout, done.stderr, done.returncode)


def refused(*words: object) -> None:
    """The same in this process, for what ends before any network is asked."""
    CliRunner().invoke(app, ["predict", *map(str, words)], catch_exceptions=False)


def earlier(folder: Path) -> Path:
    """`folder` with answers of an earlier call."""
    (folder / "heat").mkdir(parents=True)
    for name in ("predictions.json", "predictions.csv", "heat/0009-old.png"):
        (folder / name).write_text("old")
    return folder


def held(folder: Path) -> dict[str, bytes]:
    """All files below `folder`."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*") if file.is_file()
    }  # fmt: skip


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Road:
    return road(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def asked(plain: Road, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """All films of the road, asked about in an empty folder that has another `training`."""
    here = tmp_path_factory.mktemp("here")
    (here / "training").mkdir()
    (here / "training" / "__init__.py").write_text("raise SystemExit('not ours')")
    return predict(here, *plain.files.values(), "--model", plain.network)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Road:
    """Words concealed, cropped to the lungs, matched to a base film."""
    folder = tmp_path_factory.mktemp("everything")
    return road(folder, base=BASE, lungs="masked", conceal_text=True)


def changed(network: Path, folder: Path, **facts: object) -> Path:
    """A copy of `network` whose checkpoint.json says other things; of None it says nothing."""
    shutil.copytree(network, folder)
    place = folder / "checkpoint.json"
    about = {name: v for name, v in json.loads(place.read_text()).items() if name != SEAL} | facts
    place.write_text(json.dumps(sealed({name: v for name, v in about.items() if v is not None})))
    return folder


def assert_same(given: Road, run: Run) -> None:
    """Evaluate's probabilities, to the last of their six digits."""
    assert len(given.said) == 12
    found = run.answers()
    for name, chances in given.said.items():
        said = found[str(given.files[name])]["probabilities"]
        assert isinstance(said, dict)
        assert list(said.values()) == pytest.approx(chances, abs=1.01e-6)


def test_a_film_gets_the_probabilities_that_evaluate_gave_it(plain: Road, asked: Run) -> None:
    assert asked.code == 0, asked.err
    assert_same(plain, asked)


def test_a_person_reads_a_line_for_each_picture_and_what_it_is_not(plain: Road, asked: Run) -> None:
    *lines, counted, drawn, disclaimer = asked.out.splitlines()
    assert [line.split(": ")[0] for line in lines] == [str(file) for file in plain.files.values()]
    assert counted == "24 pictures came in: 24 have an answer, 0 refused"
    assert "drawn by a computer" in drawn
    assert disclaimer.endswith("not for diagnosis or clinical use.")
    first = asked.answers()[str(next(iter(plain.files.values())))]
    told = f"{first['label']} {first['probability']:.3f}, heat map predictions/{first['heat']}"
    assert lines[0].endswith(told)


def test_what_a_network_was_not_made_for_is_said_beside_its_answer(plain: Road, asked: Run) -> None:
    lateral, slice_, frontal = (plain.files[name] for name in (LATERAL, SLICE, BASE))
    assert f"{lateral}: warning: looks like a lateral film" in asked.err
    assert f"{slice_}: warning: does not look like a chest film" in asked.err
    assert f"{frontal}: warning" not in asked.err
    with (asked.here / "predictions" / "predictions.csv").open() as source:
        cautions = {row["path"]: row["cautions"] for row in csv.DictReader(source)}
    assert "lateral" in cautions[str(lateral)]
    assert not cautions[str(frontal)]


def test_each_heat_map_shows_the_film_grey_and_beside_it_the_heat(asked: Run) -> None:
    pictures = [
        unpng((asked.here / "predictions" / str(one["heat"])).read_bytes())
        for one in asked.answers().values()
    ]
    assert len(pictures) == 24
    assert {picture.shape[1] for picture in pictures} == {808}
    assert all((spread(picture[:400, :400]) == 0).all() for picture in pictures)
    assert any((spread(picture[:400, 408:]) > 40).any() for picture in pictures)


def spread(picture: Pixels) -> npt.NDArray[np.int64]:
    """How coloured each place is: 0 where it is grey."""
    return np.asarray(np.ptp(picture.astype(np.int64), axis=2), np.int64)


def test_every_step_of_a_recipe_is_that_of_the_road(everything: Road, tmp_path: Path) -> None:
    crops = read_prepared(everything.stacks).rows["crop"].tolist()
    assert 3 < crops.count("lungs") < len(crops)
    told = json.loads((everything.stacks / "crops.json").read_text())
    assert told["concealed"] > 3
    shutil.copytree(everything.network, tmp_path / "net")
    shutil.copytree(everything.segmenter, tmp_path / "net" / "segmenter")
    run = predict(tmp_path, *everything.files.values(), "--model", "net")
    assert run.code == 0, run.err
    assert_same(everything, run)
    shown = {name: run.answers()[str(file)]["shown"] for name, file in everything.files.items()}
    assert [shown[name] for name in sorted(shown)] == crops
    assert "segmenter" not in run.err


def test_another_segmenter_than_in_training_is_told(
    everything: Road, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = changed(everything.network, tmp_path / "net", lungs_by="other")
    ask(other, [everything.files[BASE]], tmp_path / "out", everything.segmenter)
    assert "and in training by other" in caplog.text


def test_who_sees_lungs_alone_needs_a_segmenter_and_a_base_its_levels(
    everything: Road, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    film = everything.files[BASE]
    with pytest.raises(Exception, match="data/segment is no folder of a segmenter; name one with"):
        refused(film, "--model", everything.network)
    without = changed(everything.network, tmp_path / "net", base_levels=None)
    with pytest.raises(Exception, match=r"base film, which its checkpoint\.json does not hold"):
        refused(film, "--model", without, "--segmenter", everything.segmenter)


def test_a_bad_picture_is_a_sentence_and_all_others_have_answers(
    plain: Road, tmp_path: Path
) -> None:
    (tmp_path / "films").mkdir()
    shutil.copy(plain.files[BASE], tmp_path / "films" / "a.png")
    (tmp_path / "films" / "b.png").write_bytes(plain.files[BASE].read_bytes()[:2000])
    (tmp_path / "films" / "notes.txt").write_text("of no film")
    Image.new("L", (400, 400), 90).save(tmp_path / "films" / "c\x1b[2J.png")
    with Image.open(plain.files[BASE]) as film:
        film.resize((64, 64)).save(tmp_path / "films" / "d.png")
    # Earlier answers make room.
    earlier(tmp_path / "said")
    run = predict(tmp_path, "films", "--model", plain.network, "--out", "said", "--json")
    assert run.code == 1
    assert "films/b.png: the file ends early" in run.err
    assert "films/c\\x1b[2J.png: is nearly blank, so there is nothing to answer" in run.err
    assert "films/d.png: has too few pixels to be a film" in run.err
    assert "4 pictures came in: 1 have an answer, 3 refused" in run.err
    assert "not for diagnosis" in run.err
    told = json.loads(run.out)
    assert told["path"] == "films/a.png"
    assert sum(told["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert told["probability"] == max(told["probabilities"].values())
    assert [file.name for file in (tmp_path / "said" / "heat").iterdir()] == ["0001-a.png"]
    assert told["heat"] == "said/heat/0001-a.png"


def test_the_only_network_of_a_project_is_asked_and_of_several_one_is_named(
    plain: Road, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("films").mkdir()
    Path("films/b.png").write_bytes(b"no picture")
    with pytest.raises(Exception, match="no network in data/train here"):
        refused("films")
    shutil.copytree(plain.network, "data/train/a")
    # Answers about other pictures would be taken for those about these.
    earlier(tmp_path / "predictions")
    done = CliRunner().invoke(app, ["predict", "films"])
    assert done.exit_code == 1
    assert "1 pictures came in: 0 have an answer, 1 refused" in done.stdout
    assert not Path("predictions").exists()
    shutil.copytree(plain.network, "data/train/b")
    with pytest.raises(Exception, match="name one with --model: data/train/a, data/train/b"):
        refused("films")


@pytest.mark.parametrize("other", ["letter.txt", "heat/letter.txt"])
def test_nothing_but_earlier_answers_is_replaced(plain: Road, tmp_path: Path, other: str) -> None:
    (earlier(tmp_path / "mine") / other).write_text("mine")
    before = held(tmp_path)
    with pytest.raises(Exception, match="holds other things than answers"):
        refused(plain.files[BASE], "--model", plain.network, "--out", tmp_path / "mine")
    assert held(tmp_path) == before


@pytest.mark.parametrize("out", [".", "heat/.."])
def test_nobody_loses_the_folder_under_their_feet(
    plain: Road, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    before = held(earlier(tmp_path / "here"))
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(Exception, match="is the folder you work in; name a folder of its own"):
        refused(plain.files[BASE], "--model", plain.network, "--out", out)
    assert held(Path.cwd()) == before


@pytest.mark.parametrize(
    ("facts", "named"),
    [({"recipe_id": "0" * 12}, "gives other pixels here"),
     ({"recipe": None}, "does not say how films were made"),
     ({"recipe": {"size": 64}}, "its recipe is of another version"),
     ({"labels": 3}, r"checkpoint\.json: labels")],
)  # fmt: skip
def test_a_network_whose_recipe_is_not_ours_is_refused(
    plain: Road, tmp_path: Path, facts: dict[str, object], named: str
) -> None:
    other = changed(plain.network, tmp_path / "net", **facts)
    with pytest.raises(Exception, match=named):
        refused(plain.files[BASE], "--model", other, "--out", earlier(tmp_path / "out"))
    # Nothing was asked, so that what was answered before stays.
    assert len(held(tmp_path / "out")) == 3


def test_a_fault_on_the_other_side_is_its_sentence_and_its_code(
    plain: Road, tmp_path: Path
) -> None:
    changed(plain.network, tmp_path / "net", weights_sha256="0" * 64)
    earlier(tmp_path / "predictions")
    run = predict(tmp_path, plain.files[BASE], "--model", "net")
    assert run.code == 4
    assert "the file was changed" in run.err
    assert not (tmp_path / "predictions").exists()


def test_only_stacks_of_the_road_are_answered(
    plain: Road, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    recipe = json.loads((plain.network / "checkpoint.json").read_text())["recipe"]
    for side in (256, 255):
        sections = {"recipes": {"plain": recipe}, "ingest": {"max_side": side}}
        Path("params.yaml").write_text(json.dumps(sections))
        stack = ["stack", str(plain.files[BASE]), "--exact", "--out", f"exact{side}"]
        assert CliRunner().invoke(app, stack).exit_code == 0
    fast = ["stack", str(plain.files[BASE]), "--out", "fast"]
    assert CliRunner().invoke(app, fast).exit_code == 0
    load_to_ask(read_prepared(Path("exact256")), plain.network)
    for name, told in (("exact255", "are of 255;"), ("fast", "are of another decoding;")):
        with pytest.raises(WrongCheckpoint, match=told):
            load_to_ask(read_prepared(Path(name)), plain.network)
