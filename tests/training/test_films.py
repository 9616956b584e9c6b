from pathlib import Path

import numpy as np
import pytest
import torch
from planted import TASK, prepared, row, rows

from manifests.contract.params import Misspelt
from manifests.contract.vocabulary import Split
from training.data import Look, batch, look_at, portions
from training.films import Films, class_weights, films_of, read_task

CPU = torch.device("cpu")


def films(folder: Path, given: list[dict[str, object]], split: Split = Split.TRAIN) -> Films:
    return films_of(prepared(folder, given, side=32), read_task(TASK), split)


def test_a_film_is_found_by_its_split_and_its_label(tmp_path: Path) -> None:
    given = [
        row(3, split="train", finding="covid19"),
        row(2, split="test", finding="covid19"),
        row(1, split="train", finding="normal", abnormal=None),
        row(0, split="train", finding="effusion"),
        row(4, split="train", finding="covid19", abnormal=False),
    ]
    found = films(tmp_path, given)
    assert found.places.tolist() == [2, 0]
    assert found.targets.tolist() == [0, 1]
    assert found.rows["record_id"].tolist() == ["cohen/001", "cohen/003"]


def test_a_misspelt_finding_is_named() -> None:
    with pytest.raises(Misspelt, match="label 'ill' asks for 'covid', which is no finding"):
        read_task({"ill": ["covid"]})


def test_a_label_may_not_bear_the_name_of_a_figure() -> None:
    with pytest.raises(Misspelt, match="label 'auc' is the name of a figure"):
        read_task({"auc": ["covid19"]})


def test_rare_labels_weigh_more_and_absent_ones_nothing(tmp_path: Path) -> None:
    given = [row(n, split="train", finding="normal") for n in range(6)]
    given += [row(n, split="train", finding="covid19") for n in range(6, 8)]
    weights = class_weights(films(tmp_path / "a", given).counts)
    assert weights.tolist() == pytest.approx([8 / 12, 8 / 4])
    alone = films(tmp_path / "b", given[:6])
    assert class_weights(alone.counts).tolist() == [1.0, 0.0]
    assert alone.absent == ["covid19"]


def test_training_films_are_standardised_to_mean_nought_and_deviation_one(tmp_path: Path) -> None:
    found = films(tmp_path, rows(train=8, val=0, test=0))
    images = batch(found, np.arange(8), look_at(found, 32), CPU)
    torch.testing.assert_close(images.mean((0, 2, 3)), torch.zeros(3), atol=1e-4, rtol=0)
    torch.testing.assert_close(images.std((0, 2, 3)), torch.ones(3), atol=1e-3, rtol=0)


def test_films_are_made_smaller_by_areas(tmp_path: Path) -> None:
    found = films(tmp_path, rows(train=2, val=0, test=0))
    plain = Look(size=16, mean=(0, 0, 0), deviation=(1, 1, 1))
    expected = found.pixels(1).reshape(16, 2, 16, 2, 3).mean((1, 3)) / 255
    images = batch(found, np.array([1]), plain, CPU)
    np.testing.assert_allclose(images[0].permute(1, 2, 0).numpy(), expected, atol=1e-6)


@pytest.mark.parametrize(("count", "sizes"), [(17, [9, 8]), (16, [16]), (0, []), (3, [3])])
def test_no_batch_is_left_with_a_single_film(count: int, sizes: list[int]) -> None:
    parts = list(portions(count, 16, torch.Generator().manual_seed(0)))
    assert sizes == [len(part) for part in parts]
    assert sorted(n for part in parts for n in part) == list(range(count))
