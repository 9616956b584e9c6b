import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from records import record, records
from textures import texture

from curation.pixels.enhance import beasf, clahe
from curation.pixels.stack import VERSION, squeezed, stack
from curation.stages.prepare import Params, main
from manifests.contract.params import Misspelt, read, section
from manifests.contract.prepared import read_prepared
from manifests.contract.table import BrokenTable
from manifests.contract.working import WorkingCopies, write_working

GIVEN = {
    "size": 48, "channels": ["image", "beasf", "clahe"],
    "beasf_gamma": 1.5, "clahe_clip": 2.0, "clahe_tiles": 8,
}  # fmt: skip
RECIPE = Params.model_validate(GIVEN)
NAMES = [f"{number:03d}" for number in (7, 2, 9, 0, 4)]


def other(**changed: object) -> Params:
    return Params.model_validate(GIVEN | changed)


@pytest.fixture
def films(tmp_path: Path) -> Path:
    folder = tmp_path / "films"
    folder.mkdir()
    # In the order of the source, which is not that of the ids.
    write_working(folder, ((f"cohen/{n}", texture(int(n), 60, 80)) for n in NAMES))
    return folder


@pytest.fixture
def rows() -> pd.DataFrame:
    return records([
        record(name, group="g", split="train", patient_ill=name == "007") for name in NAMES
    ])  # fmt: skip


def prepared(folder: Path, rows: pd.DataFrame, films: Path, recipe: Params = RECIPE) -> Path:
    folder.mkdir()
    assert main(rows, WorkingCopies([films]), folder, recipe, "0123456789abcdef") == len(rows)
    return folder


def test_each_row_has_its_own_film_in_the_order_of_the_ids(
    tmp_path: Path, rows: pd.DataFrame, films: Path
) -> None:
    made = read_prepared(prepared(tmp_path / "out", rows, films))
    assert made.rows["record_id"].tolist() == [f"cohen/{name}" for name in sorted(NAMES)]
    for number, name in enumerate(sorted(NAMES)):
        assert (made.pixels[0][number] == stack(texture(int(name), 60, 80), RECIPE)).all()


def test_the_shards_say_what_they_are_made_of(
    tmp_path: Path, rows: pd.DataFrame, films: Path
) -> None:
    made = read_prepared(prepared(tmp_path / "out", rows, films))
    assert made.manifest_id == "0123456789abcdef"
    assert made.recipe_id == RECIPE.recipe_id
    assert made.channels == ("image", "beasf", "clahe")
    assert made.rows["patient_ill"].tolist() == [False, False, False, True, False]


def test_neither_the_order_of_records_nor_a_second_run_moves_a_byte(
    tmp_path: Path, rows: pd.DataFrame, films: Path
) -> None:
    one = prepared(tmp_path / "one", rows, films)
    two = prepared(tmp_path / "two", rows.iloc[::-1], films)
    assert [place.name for place in sorted(one.iterdir())] == ["data-00000.arrow"]
    assert (one / "data-00000.arrow").read_bytes() == (two / "data-00000.arrow").read_bytes()


def test_the_number_of_processors_moves_no_byte(
    tmp_path: Path, rows: pd.DataFrame, films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for processors in (1, 5):
        monkeypatch.setattr(os, "cpu_count", lambda processors=processors: processors)
        folder = prepared(tmp_path / str(processors), rows, films)
        made.append((folder / "data-00000.arrow").read_bytes())
    assert made[0] == made[1]


def test_datasets_loads_the_shards_offline(tmp_path: Path, rows: pd.DataFrame, films: Path) -> None:
    folder = prepared(tmp_path / "out", rows, films)
    code = (
        "import sys; from datasets import load_dataset;"
        f"d = load_dataset('arrow', data_files={str(folder / '*.arrow')!r}, split='train');"
        "print(len(d), d[0]['record_id'], len(d[0]['pixels']))"
    )
    offline = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hub")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=offline, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["5", "cohen/000", str(48 * 48 * 3)]


def test_channels_stand_in_the_order_of_the_recipe() -> None:
    film = texture(3, 48, 48)
    made = stack(film, other(channels=["clahe", "image", "beasf"]))
    assert (made[:, :, 0] == clahe(film, 2, 8)).all()
    assert (made[:, :, 1] == film).all()
    assert (made[:, :, 2] == beasf(film, 1.5)).all()


@pytest.mark.parametrize("shape", [(1, 1), (48, 48), (20, 300), (500, 30)])
def test_every_shape_becomes_the_size_of_the_recipe(shape: tuple[int, int]) -> None:
    assert stack(texture(5, 500, 300)[: shape[0], : shape[1]], RECIPE).shape == (48, 48, 3)


def test_the_whole_frame_is_squeezed_so_that_masks_line_up() -> None:
    film = np.zeros((100, 200), np.uint8)
    film[:50, 100:] = 255
    small = squeezed(film, 40)
    assert (small[:20, 20:] == 255).all()
    assert int(small.sum()) == 255 * 20 * 20


@pytest.mark.parametrize(
    "changed",
    [{"size": 49}, {"channels": ["beasf", "image", "clahe"]}, {"beasf_gamma": 1.6},
     {"clahe_clip": 2.1}, {"clahe_tiles": 4}],
)  # fmt: skip
def test_every_number_of_a_recipe_is_in_its_id(changed: dict[str, object]) -> None:
    assert other(**changed).recipe_id != RECIPE.recipe_id


def test_stacks_change_only_together_with_their_version() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    made = stack(levels, other(size=16, clahe_tiles=1))
    pinned = [[48, 34, 49], [49, 36, 50], [50, 38, 51], [51, 39, 52]]
    assert (VERSION, made[3, :4].tolist()) == ("1", pinned)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"size": 0}, "'recipes.plain.size' is 0"),
        ({"channels": ["image"]}, "'recipes.plain.channels'"),
        ({"channels": ["image", "image", "sharp"]}, "'recipes.plain.channels.2' is 'sharp'"),
        ({"gamma": 2}, "'recipes.plain.gamma' is no parameter"),
    ],
)
def test_a_wrong_recipe_is_named(changed: dict[str, object], named: str) -> None:
    with pytest.raises(Misspelt, match=named):
        section({"recipes": {"plain": GIVEN | changed}}, "recipes.plain", Params)


def test_the_recipes_of_the_project_are_valid() -> None:
    sections = read(Path(__file__).parents[2] / "params.yaml")
    for name in sections["recipes"]:
        section(sections, f"recipes.{name}", Params)


def test_a_record_without_a_picture_is_named(tmp_path: Path, films: Path) -> None:
    with pytest.raises(BrokenTable, match="1 records have no picture, such as cohen/x; run ingest"):
        main(records([record("x")]), WorkingCopies([films]), tmp_path, RECIPE, "m")


def test_no_film_at_all_is_said(tmp_path: Path, films: Path) -> None:
    with pytest.raises(BrokenTable, match="no film is left to prepare"):
        main(records([]), WorkingCopies([films]), tmp_path, RECIPE, "m")
