from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from records import record, records

from curation.stages import masked
from manifests.contract.masked import read_masked, squeezed, squeezed_mask
from manifests.contract.table import BrokenTable
from manifests.contract.working import MASKS, write_working

PARAMS = masked.Params(sources=("nlm_tb",))
KNOWN = ("cohen", "nlm_tb")


def films(folder: Path, source: str, names: list[str], with_mask: list[str]) -> None:
    """Working copies of a source, and masks of some: a dark half of each film is its lung."""
    pixels = np.full((80, 120), 200, np.uint8)
    pixels[:, :60] = 40
    mask = np.where(pixels < 100, np.uint8(255), np.uint8(0))
    write_working(folder / source, ((f"{source}/{name}", pixels) for name in names))
    write_working(folder / source / MASKS, ((f"{source}/{name}", mask) for name in with_mask))


def rows(source: str, names: list[str]) -> pd.DataFrame:
    return records([
        record(name, source=source, group=f"{source}/g{name[0]}", copies=()) for name in names
    ])  # fmt: skip


def test_films_with_a_mask_are_squeezed_with_it_in_the_order_of_ids(tmp_path: Path) -> None:
    films(tmp_path, "nlm_tb", ["b2", "a1", "c3"], ["b2", "a1"])
    (tmp_path / "out").mkdir()
    table = rows("nlm_tb", ["b2", "a1", "c3"])
    assert masked.main(table, tmp_path, KNOWN, tmp_path / "out", PARAMS) == 2
    made = read_masked(tmp_path / "out")
    assert made.record_ids == ("nlm_tb/a1", "nlm_tb/b2")
    assert made.groups == ("nlm_tb/ga", "nlm_tb/gb")
    assert made.films.shape == made.masks.shape == (2, 256, 256)
    assert set(np.unique(made.masks)) == {0, 255}
    assert (made.films[0, :, :128] == 40).all()
    assert (made.masks[0, :, :128] == 255).all()
    assert not made.masks[0, :, 128:].any()


def test_a_source_without_masks_changes_no_byte(tmp_path: Path) -> None:
    films(tmp_path, "nlm_tb", ["a1", "b2"], ["a1", "b2"])
    films(tmp_path, "cohen", ["x"], [])
    alone, beside = tmp_path / "alone", tmp_path / "beside"
    for folder, table in (
        (alone, rows("nlm_tb", ["a1", "b2"])),
        (beside, pd.concat([rows("cohen", ["x"]), rows("nlm_tb", ["a1", "b2"])])),
    ):
        folder.mkdir()
        masked.main(table, tmp_path, KNOWN, folder, PARAMS)
    first, second = (
        {file.name: file.read_bytes() for file in folder.iterdir()} for folder in (alone, beside)
    )
    assert first == second


def test_a_copy_that_left_is_not_taken_and_is_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    films(tmp_path, "nlm_tb", ["a1", "b2"], ["a1", "b2"])
    (tmp_path / "out").mkdir()
    with caplog.at_level("INFO"):
        masked.main(rows("nlm_tb", ["a1"]), tmp_path, KNOWN, tmp_path / "out", PARAMS)
    assert "1 with lungs drawn by a person; 1 more masks are of films that left" in caplog.text
    assert read_masked(tmp_path / "out").record_ids == ("nlm_tb/a1",)


@pytest.mark.parametrize("sources", [(), ("cohen",)])
def test_where_nobody_drew_lungs_the_table_is_empty(
    tmp_path: Path, sources: tuple[str, ...]
) -> None:
    films(tmp_path, "cohen", ["x"], [])
    (tmp_path / "out").mkdir()
    given = masked.Params(sources=sources)
    assert masked.main(rows("cohen", ["x"]), tmp_path, KNOWN, tmp_path / "out", given) == 0
    made = read_masked(tmp_path / "out")
    assert len(made) == 0
    assert made.films.shape == (0, 256, 256)


def test_a_key_that_is_no_source_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "out").mkdir()
    given = masked.Params(sources=("nlm",))
    assert masked.main(rows("cohen", ["x"]), tmp_path, KNOWN, tmp_path / "out", given) == 0
    assert "names nlm, which is no source here; known: cohen, nlm_tb" in caplog.text


def test_a_folder_of_something_else_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BrokenTable, match="run `dvc repro masked`"):
        read_masked(tmp_path)


def test_a_mask_stays_a_mask_when_squeezed() -> None:
    mask = np.zeros((700, 900), np.uint8)
    mask[100:500, 200:600] = 255
    assert set(np.unique(squeezed_mask(mask))) == {0, 255}
    share = (squeezed_mask(mask) > 0).mean()
    assert share == pytest.approx((mask > 0).mean(), abs=0.005)
    assert squeezed(mask).mean() == pytest.approx(mask.mean(), abs=0.5)
