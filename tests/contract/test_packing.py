from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from manifests.contract import prepared
from manifests.contract.packing import png, unpng
from manifests.contract.prepared import (
    BOX,
    PREPARED_COLUMNS,
    Box,
    Film,
    read_prepared,
    write_prepared,
)
from manifests.contract.table import BrokenTable
from manifests.contract.working import WorkingCopies, write_working

META = {"size": "8", "manifest_id": "m", "recipe_id": "r", "recipe": "{}",
        "channels": "image,beasf,clahe"}  # fmt: skip


def film(grey: int) -> np.ndarray:
    return np.full((4, 6), grey, np.uint8)


def test_working_copies_come_back_pixel_for_pixel(tmp_path: Path) -> None:
    films = {f"cohen/{i}": film(i) for i in range(5)}
    assert write_working(tmp_path, films.items()) == 5
    copies = WorkingCopies([tmp_path])
    assert "cohen/3" in copies
    assert "cohen/9" not in copies
    assert {name: int(p[0, 0]) for name, p in copies.stream(["cohen/4", "cohen/1"])} == {
        "cohen/1": 1, "cohen/4": 4,
    }  # fmt: skip
    assert (copies.pixels("cohen/2") == film(2)).all()


def test_a_working_copy_carries_no_tag(tmp_path: Path) -> None:
    place = tmp_path / "a.png"
    place.write_bytes(png(film(7)))
    with Image.open(place) as image:
        assert image.info == {}
    assert (unpng(png(film(7))) == film(7)).all()


def test_prepared_stacks_are_mapped_and_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepared, "ROWS_PER_SHARD", 3)
    rows = [Film({"record_id": f"cohen/{i}"}, np.full((8, 8, 3), i, np.uint8)) for i in range(7)]
    assert write_prepared(tmp_path, rows, META) == 7
    films = read_prepared(tmp_path)
    assert [int(films.stack(i).mean()) for i in range(7)] == list(range(7))
    assert films.rows["record_id"].tolist() == [f"cohen/{i}" for i in range(7)]
    assert films.channels == ("image", "beasf", "clahe")
    assert len(films.pixels) == 3
    assert not films.pixels[0].flags.writeable
    assert films.rows.columns.tolist() == [*PREPARED_COLUMNS, "crop", *BOX]
    assert films.box(0) == (0, 1, 0, 1)


@pytest.mark.parametrize("side", [8, 9])
def test_lungs_come_back_bit_for_bit_beside_their_stack(tmp_path: Path, side: int) -> None:
    inside = np.arange(side * side).reshape(side, side) % 3 == 0
    stack = np.zeros((side, side, 3), np.uint8)
    films = [Film({}, stack, "lungs", np.packbits(inside).tobytes()), Film({}, stack, "no_mask")]
    write_prepared(tmp_path, films, META | {"size": str(side)})
    found = read_prepared(tmp_path)
    assert inside.tolist() == np.asarray(found.lungs(0)).tolist()
    assert found.lungs(1) is None
    assert found.rows["crop"].tolist() == ["lungs", "no_mask"]


def test_a_box_comes_back_and_cuts_a_mask_of_the_frame(tmp_path: Path) -> None:
    stack, given = np.zeros((8, 8, 3), np.uint8), Box(0.25, 0.75, 0.5, 1.0)
    write_prepared(tmp_path, [Film({}, stack, "lungs", None, given)], META)
    box = read_prepared(tmp_path).box(0)
    assert box == given
    mask = np.zeros((32, 16), np.uint8)
    mask[8:16, 8:16] = 255
    assert box.cut(mask, 4).tolist() == [[255] * 4] * 2 + [[0] * 4] * 2


def test_no_shards_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="dvc repro"):
        read_prepared(tmp_path)


def test_a_damaged_shard_is_named(tmp_path: Path) -> None:
    write_prepared(tmp_path, [Film({"record_id": "cohen/a"}, np.zeros((8, 8, 3), np.uint8))], META)
    place = tmp_path / "data-00000.arrow"
    whole = place.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"no shard at all", b""):
        place.write_bytes(damaged)
        with pytest.raises(BrokenTable, match=r"data-00000\.arrow.*dvc repro prepare"):
            read_prepared(tmp_path)
