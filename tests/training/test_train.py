import json
import math
from pathlib import Path

import pandas as pd
import pytest
from planted import TASK, lesson, params, prepared, row, rows, trained

from manifests.contract.network import read_network
from manifests.contract.vocabulary import Split
from training.checkpoint import read_about
from training.films import Untrainable, films_of, read_task
from training.loop import train as fit
from training.models import build
from training.stages import train


def curve(folder: Path, name: str) -> list[float]:
    table = pd.read_csv(folder / "curves" / "plots" / "metrics" / f"{name}.tsv", sep="\t")
    assert table["step"].tolist() == list(range(1, len(table) + 1))
    return [float(value) for value in table[name]]


def test_a_few_epochs_on_planted_squares_lower_the_loss(tmp_path: Path) -> None:
    films = prepared(tmp_path / "films", rows())
    folder = trained(films, tmp_path / "net", epochs=6, learning_rate=3e-3)
    losses = curve(folder, "train_loss")
    assert losses[-1] < 0.8 * losses[0]
    assert curve(folder, "val_accuracy")[-1] > 0.8
    assert len(curve(folder, "train_accuracy")) == 6


@pytest.mark.parametrize("model", ["base_cnn", "densenet121"])
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, model: str) -> None:
    films = prepared(tmp_path / "films", rows(train=8, val=4, test=0))
    given = {"model": model, "size": 65, "augmentation": "anatomical", "schedule": "cosine"}
    first, second, other = (
        trained(films, tmp_path / name / "net", epochs=1, seed=seed, **given)
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    made = sorted(file.relative_to(first) for file in first.rglob("*") if file.is_file())
    assert len(made) > 6
    for name in made:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    assert (first / "model.safetensors").read_bytes() != (other / "model.safetensors").read_bytes()


def test_the_checkpoint_says_what_it_is_and_what_it_is_not_for(tmp_path: Path) -> None:
    films = prepared(tmp_path / "films", rows(train=8, val=4, test=0))
    folder = trained(films, tmp_path / "cnn.part")
    about = json.loads((folder / "checkpoint.json").read_text())
    assert "not for diagnosis" in about["disclaimer"]
    assert about["is_drawn"]
    assert "Drawn by a computer" in about["drawn"]
    assert about["experiment"] == "cnn"
    assert about["labels"] == ["normal", "covid19"]
    assert about["train_films"] == {"normal": 4, "covid19": 4}
    assert read_about(folder).look.size == params().size


def test_the_checkpoint_says_how_films_are_made_for_it(tmp_path: Path) -> None:
    told = {"recipe": '{"size": 96}', "base_levels": "3,0,4", "max_side": "1024",
            "lungs_by": "0123456789abcdef", "least_lung": "0.01"}  # fmt: skip
    films = prepared(tmp_path / "films", rows(train=8, val=4, test=0), 96, **told)
    about = read_network(trained(films, tmp_path / "net", epochs=1))
    assert (about.recipe, about.base_levels, about.max_side) == ({"size": 96}, (3, 0, 4), 1024)
    assert (about.lungs_by, about.least_lung) == ("0123456789abcdef", 0.01)


def test_without_validation_films_the_last_epoch_is_kept(tmp_path: Path) -> None:
    films = prepared(tmp_path / "films", rows(train=8, val=0, test=0))
    folder = trained(films, tmp_path / "net", epochs=2)
    assert read_about(folder).best_epoch == 2
    assert len(curve(folder, "train_loss")) == 2
    assert not (folder / "curves" / "plots" / "metrics" / "val_loss.tsv").exists()


def test_training_ends_when_validation_gains_nothing_more(tmp_path: Path) -> None:
    films = prepared(tmp_path / "films", rows(train=8, val=4, test=0))
    folder = trained(films, tmp_path / "net", epochs=30, patience=2, learning_rate=1e-9)
    assert len(curve(folder, "val_loss")) == 3


def test_one_label_alone_cannot_be_learnt(tmp_path: Path) -> None:
    films = prepared(tmp_path / "films", rows(train=8, val=4, test=0))
    with pytest.raises(Untrainable, match=r"takes two labels, and it has normal; ask"):
        train.main(films, tmp_path, params(), {"normal": ["normal"]}, tmp_path / "state")


@pytest.mark.parametrize("split", ["val", "test"])
def test_a_label_absent_from_training_is_refused_before_the_first_step(
    tmp_path: Path, split: str
) -> None:
    given = [*rows(train=8, val=4, test=4), row(90, split=split, finding="pneumonia")]
    films = prepared(tmp_path / "films", given)
    task = {**TASK, "cap": ["pneumonia"], "sars": ["sars"]}
    with pytest.raises(Untrainable, match=r"none of the 8 training films is of cap, sars, which"):
        train.main(films, tmp_path, params(), task, tmp_path / "state")
    assert [place.name for place in tmp_path.iterdir()] == ["films"]


def test_a_label_absent_from_validation_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    given = rows(train=8, val=0, test=0)
    given.append(row(90, split="val", finding="normal"))
    train.main(prepared(tmp_path / "films", given), tmp_path, params(), TASK, tmp_path / "state")
    assert "the validation split has no film of covid19" in caplog.text
    assert math.isfinite(curve(tmp_path, "val_loss")[0])


def test_a_loss_that_is_no_number_is_a_sentence(tmp_path: Path) -> None:
    films = films_of(prepared(tmp_path, rows(train=8)), read_task(TASK), Split.TRAIN)
    net = build("base_cnn", classes=2, size=96, pretrained=False)
    next(net.parameters()).data.fill_(math.inf)
    with pytest.raises(Untrainable, match="epoch 1: the loss is not a number; lower") as told:
        fit(net, lesson(films))
    named = str(told.value).rpartition("batch: ")[2].split(", ")
    assert len(named) == len(set(named) & set(films.rows["record_id"])) == 8
