from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from records import record, records

from curation.lung_sizes import measured
from curation.phantom.world import shots_of
from curation.pixels.chest import INSIDE, chest, with_lungs
from curation.pixels.childhood import pediatric_score
from manifests.contract.images import Pixels, decode
from manifests.contract.table import BrokenTable
from manifests.contract.vocabulary import View
from manifests.contract.working import WorkingCopies, write_working

SHOTS = [shot for number in range(6) for shot in shots_of(number, 1)
         if shot.view in {View.PA, View.AP}][:3]  # fmt: skip


def films() -> list[Pixels]:
    return [decode(shot.data, shot.ref).pixels for shot in SHOTS]


def drawn_mask(number: int) -> Pixels:
    mask = cv2.resize(SHOTS[number].lungs, (256, 256), interpolation=cv2.INTER_NEAREST)
    return np.asarray(mask, np.uint8)


def table(folder: Path, masks: dict[str, Pixels], seen_view: str = "FRONTAL") -> pd.DataFrame:
    names = ["a", "b", "c"]
    for part in ("copies", "masks"):
        (folder / part).mkdir()
    rows = records([record(name, seen_view=seen_view) for name in names])
    write_working(folder / "copies", zip(rows["record_id"], films(), strict=True))
    by_id = {f"cohen/{name}": mask for name, mask in masks.items()}
    write_working(folder / "masks", by_id.items())
    return measured(rows, WorkingCopies([folder / "copies"]), WorkingCopies([folder / "masks"]))


def test_a_mask_takes_the_place_of_the_shape_model(tmp_path: Path) -> None:
    whole = np.full((256, 256), 255, np.uint8)
    found = table(tmp_path, {"a": whole, "b": drawn_mask(1)})
    assert found["lung_fraction"].iloc[0] == pytest.approx(1, abs=0.01)
    assert found["lung_fraction"].iloc[1] == pytest.approx((drawn_mask(1) > 0).mean(), abs=0.01)


def test_half_a_lung_lost_to_a_mask_alone_makes_no_child(tmp_path: Path) -> None:
    speck = drawn_mask(0)
    speck[128:] = 0
    film = chest(films()[0])
    shaped = pediatric_score(film)
    drawn = pediatric_score(with_lungs(film, speck), are_drawn=True)
    assert shaped is not None
    assert drawn is not None
    assert drawn > shaped + 0.2
    found = table(tmp_path, {"a": speck})
    assert found["pediatric_score"].iloc[0] == pytest.approx((shaped + drawn) / 2, abs=1e-3)


def test_without_a_mask_or_with_an_empty_one_the_shape_model_is_asked(tmp_path: Path) -> None:
    empty = np.zeros((256, 256), np.uint8)
    found = table(tmp_path, {"a": empty})
    expected = [round(chest(film).lung_fraction, 4) for film in films()]
    assert found["lung_fraction"].tolist() == expected


def test_a_film_from_the_side_has_no_lungs_to_measure(tmp_path: Path) -> None:
    found = table(tmp_path, {"a": drawn_mask(0)}, seen_view="L")
    assert found["lung_fraction"].isna().all()
    assert found["pediatric_score"].isna().all()


def test_a_frontal_film_without_a_working_copy_is_told(tmp_path: Path) -> None:
    rows = records([record("a", seen_view="FRONTAL")])
    with pytest.raises(BrokenTable, match="no picture"):
        measured(rows, WorkingCopies([tmp_path]), WorkingCopies([tmp_path]))


def test_the_lungs_of_a_mask_lie_where_the_mask_lies() -> None:
    film = chest(films()[0])
    lungs = with_lungs(film, drawn_mask(0)).lungs > INSIDE
    frame, (height, width) = film.frame, film.small.shape
    truth = cv2.resize(SHOTS[0].lungs, (width, height), interpolation=cv2.INTER_AREA)
    part = truth[frame.top : frame.bottom, frame.left : frame.right]
    drawn = cv2.resize(part, lungs.shape, interpolation=cv2.INTER_AREA) > 127
    assert 2 * (lungs & drawn).sum() / (lungs.sum() + drawn.sum()) > 0.97
