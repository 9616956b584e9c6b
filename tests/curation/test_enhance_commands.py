from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from textures import texture
from typer.testing import CliRunner

from curation.__main__ import app
from manifests.contract.images import decode

RUN = CliRunner()


def test_a_sheet_is_one_picture_and_the_same_each_time(tmp_path: Path) -> None:
    Image.fromarray(texture(1)).save(tmp_path / "film.png")
    Image.fromarray(texture(2)).save(tmp_path / "base.png")
    sheets = []
    for name in ("one.png", "two.png"):
        told = RUN.invoke(app, [
            "enhance", str(tmp_path / "film.png"), "--base", str(tmp_path / "base.png"),
            "--out", str(tmp_path / name),
        ])  # fmt: skip
        assert told.exit_code == 0, told.output
        sheets.append((tmp_path / name).read_bytes())
    assert sheets[0] == sheets[1]
    assert min(decode(sheets[0], "sheet").pixels.shape) > 600
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [("no.png", 2, "is not there"), ("words.png", 1, "words.png"), (".", 2, "cannot be read")],
)
def test_what_is_no_film_is_told(tmp_path: Path, name: str, code: int, words: str) -> None:
    (tmp_path / "words.png").write_text("words")
    told = RUN.invoke(app, ["enhance", str(tmp_path / name), "--out", str(tmp_path / "out.png")])
    assert told.exit_code == code
    assert words in told.output
    assert not (tmp_path / "out.png").exists()


def test_a_film_of_one_pixel_has_a_sheet(tmp_path: Path) -> None:
    Image.fromarray(np.full((1, 1), 9, np.uint8)).save(tmp_path / "dot.png")
    told = RUN.invoke(
        app, ["enhance", str(tmp_path / "dot.png"), "--out", str(tmp_path / "out.png")]
    )
    assert told.exit_code == 0, told.output


@pytest.mark.parametrize("out", ["film.png", ".", "sheet.jpg"])
def test_a_sheet_takes_no_film_s_place(tmp_path: Path, out: str) -> None:
    film = tmp_path / "film.png"
    Image.fromarray(texture(1, 40, 40)).save(film)
    before = film.read_bytes()
    told = RUN.invoke(app, ["enhance", str(film), "--out", str(tmp_path / out)])
    assert told.exit_code == 2
    assert film.read_bytes() == before
