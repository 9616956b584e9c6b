import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from lung_films import masked_films, params
from pydantic import ValidationError

from manifests.contract.params import Misspelt
from manifests.contract.vocabulary import Split
from training.checkpoint import WrongCheckpoint
from training.learner import Learner
from training.machine import Machine
from training.models.unet import PAPER, STRIDE, build_segmenter
from training.segmentation.learning import loss_of
from training.segmentation.look import Equalise, equalised, seen, squeezed_masks, standardised
from training.segmentation.overlap import agreement, dice, iou
from training.segmentation.segmenter import read_segmenter
from training.segmentation.sides import side_of
from training.segmentation.varied import varied
from training.stages import segment


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def trained(tmp_path: Path, name: str, count: int = 14, **given: object) -> Path:
    masked = masked_films(tmp_path / "masked", count)
    (tmp_path / name).mkdir()
    segment.main(masked, tmp_path / name, params(**given), 0.01)
    return tmp_path / name


def test_the_papers_network_has_the_papers_parameters() -> None:
    net = build_segmenter(PAPER)
    assert sum(weights.numel() for weights in net.parameters()) == 7_759_521


@pytest.mark.parametrize("model", [PAPER, "resnet10t", "mobilenetv3_small_100"])
def test_a_network_answers_each_pixel_of_a_grey_film(model: str) -> None:
    assert build_segmenter(model)(torch.zeros((2, 1, 64, 96))).shape == (2, 1, 64, 96)


def test_the_papers_network_gives_sigmoids_for_the_papers_film() -> None:
    with torch.inference_mode():
        said = torch.sigmoid(build_segmenter(PAPER)(torch.rand((1, 1, 320, 320))))
    assert said.shape == (1, 1, 320, 320)
    assert 0 <= float(said.min()) < float(said.max()) <= 1


@pytest.mark.parametrize("name", ["resnet999", "vit_tiny_patch16_224"])
def test_what_carries_no_segmenter_is_a_sentence(name: str) -> None:
    with pytest.raises(Misspelt, match=name):
        build_segmenter(name)


def test_a_side_that_cannot_be_halved_so_often_is_a_sentence() -> None:
    with pytest.raises(ValidationError, match="must be a multiple of 32, such as 96"):
        params(size=100)


def test_sides_that_leave_nothing_are_a_sentence() -> None:
    with pytest.raises(ValidationError, match="leave nothing for training"):
        params(val=0.5, test=0.5)


@pytest.mark.parametrize(("model", "rate"), [(PAPER, 1e-4), ("resnet10t", 1e-3)])
def test_two_steps_lower_the_loss(tmp_path: Path, model: str, rate: float) -> None:
    torch.manual_seed(0)
    masked = masked_films(tmp_path, 4)
    films = standardised(seen(masked.films, Equalise.NONE, 64))
    masks = squeezed_masks(masked.masks, 64)
    net = build_segmenter(model).train()
    adam = torch.optim.Adam(net.parameters(), lr=rate)
    steps, losses = Learner(net, adam, params(learning_rate=rate), 10, Machine()), []
    for _ in range(3):
        losses.append(loss_of(net(films), masks))
        torch.autograd.backward(losses[-1])
        steps.step()
    assert losses[2] < losses[1] < losses[0]


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (files(trained(tmp_path, name)) for name in "ab")
    other = files(trained(tmp_path, "c", seed=2))
    assert first == second
    assert first["model.safetensors"] != other["model.safetensors"]


def test_the_number_of_cores_changes_no_byte(tmp_path: Path) -> None:
    before, made = torch.get_num_threads(), []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        made.append(files(trained(tmp_path, f"on{threads}")))
    torch.set_num_threads(before)
    assert made[0] == made[1]


def test_lungs_of_patients_it_never_saw_are_found(tmp_path: Path) -> None:
    folder = trained(tmp_path, "net", count=20, epochs=7)
    figures = json.loads((folder / "dice.json").read_text())
    assert figures["dice_low"] <= figures["dice"] <= figures["dice_high"]
    assert figures["dice"] > 0.85
    assert figures["iou"] < figures["dice"]
    assert figures["films"] == figures["groups"] == figures["test_films"] > 1
    assert figures["sources"]["nlm_tb"]["films"] == figures["films"]
    assert "Drawn by a computer" in figures["drawn"]
    with (folder / "history.csv").open() as source:
        dices = [float(row["val_dice"]) for row in csv.DictReader(source)]
    assert read_segmenter(folder).about.best_epoch == int(np.argmax(dices)) + 1


def test_no_patient_stands_on_two_sides(tmp_path: Path) -> None:
    masked = masked_films(tmp_path / "masked", 60, films_each=3)
    (tmp_path / "net").mkdir()
    places = segment.sides_of(masked, params())
    groups = {split: {masked.groups[n] for n in places[split]} for split in places}
    assert all(groups.values())
    assert sum(map(len, groups.values())) == len(set(masked.groups)) == 20
    assert sum(map(len, places.values())) == 60


def test_a_patient_who_comes_moves_no_other() -> None:
    names = [f"g{n}" for n in range(2000)]
    sides = [side_of(name, val=0.15, test=0.2, salt="one") for name in names]
    assert sides.count(Split.TEST) == pytest.approx(400, abs=60)
    assert sides.count(Split.VAL) == pytest.approx(300, abs=60)
    assert side_of("g7", val=0.15, test=0.2, salt="one") is sides[7]


@pytest.mark.parametrize("count", [0, 3])
def test_too_few_masks_train_no_network_and_say_so(
    tmp_path: Path, count: int, caplog: pytest.LogCaptureFixture
) -> None:
    folder = trained(tmp_path, "net", count=count)
    assert f"lungs are drawn on films of {count} patients" in caplog.text
    assert read_segmenter(folder).net is None
    assert "nlm_tb" in read_segmenter(folder).about.reason
    assert "nlm_tb" in json.loads((folder / "dice.json").read_text())["reason"]
    figures = json.loads((folder / "dice.json").read_text())
    assert (figures["films"], figures["dice"]) == (0, None)
    assert (folder / "history.csv").read_text().startswith("epoch,")


def test_patients_who_all_judge_train_no_network(tmp_path: Path) -> None:
    masked = masked_films(tmp_path / "masked", 6)
    (tmp_path / "net").mkdir()
    segment.main(masked, tmp_path / "net", params(val=0.0, test=0.99), 0.01)
    assert "lower segment.val and segment.test" in read_segmenter(tmp_path / "net").about.reason


def test_without_validation_films_the_last_epoch_is_kept(tmp_path: Path) -> None:
    folder = trained(tmp_path, "net", count=10, val=0.0, epochs=2)
    assert read_segmenter(folder).about.best_epoch == 2


def test_a_loss_that_is_no_number_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the loss is not a number; lower `learning_rate`"):
        trained(tmp_path, "net", model=PAPER, learning_rate=1.0, epochs=30)


def test_weights_that_were_changed_are_refused(tmp_path: Path) -> None:
    folder = trained(tmp_path, "net", count=3)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes() + b" ")
    with pytest.raises(WrongCheckpoint, match="was changed, train again"):
        read_segmenter(folder)
    weights.unlink()
    with pytest.raises(WrongCheckpoint, match="run `dvc repro segment`"):
        read_segmenter(folder)


def test_dice_and_iou_of_masks_that_share_half() -> None:
    one, other = np.zeros((3, 4, 4), np.uint8), np.zeros((3, 4, 4), np.uint8)
    one[0, :2], other[0, 1:3] = 255, 255
    one[1, 0], other[1, 3] = 255, 255
    assert dice(one, other).tolist() == [0.5, 0.0, 1.0]
    assert iou(one, other).tolist() == pytest.approx([1 / 3, 0.0, 1.0])


def test_no_film_has_no_figure() -> None:
    none = np.zeros((0, 4, 4), np.uint8)
    figures = agreement(none, none, [], 100, torch.Generator())
    assert figures == {"films": 0, "groups": 0, "dice": None, "iou": None}


def test_a_film_and_its_mask_move_as_one(tmp_path: Path) -> None:
    masked = masked_films(tmp_path, 6)
    masks = squeezed_masks(masked.masks, 128)
    films, moved = varied(1 - 0.9 * masks, masks, torch.Generator().manual_seed(3))
    assert set(moved.numpy().ravel().tolist()) == {0.0, 1.0}
    assert not torch.equal(moved, masks)
    inside = [
        film[mask > 0].mean() < film[mask == 0].mean()
        for film, mask in zip(films, moved, strict=True)
    ]
    assert all(inside)
    assert 0 <= float(films.min()) < float(films.max()) <= 1


def test_equalising_spreads_the_grey_levels_of_a_dull_film() -> None:
    dull = (np.arange(256 * 256).reshape(256, 256) % 40 + 60).astype(np.uint8)
    assert equalised(dull, Equalise.NONE) is dull
    assert int(np.ptp(equalised(dull, Equalise.GLOBAL))) == 255
    assert int(np.ptp(equalised(dull, Equalise.ADAPTIVE))) > 200


def test_a_blank_film_is_standardised_to_nothing() -> None:
    assert not standardised(torch.full((1, 1, STRIDE, STRIDE), 0.4)).abs().max() > 1e-4
