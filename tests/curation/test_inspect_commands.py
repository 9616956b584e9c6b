import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from curation.__main__ import app
from curation.phantom.world import shots_of

RUN = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b").mkdir()
    shot = next(shots_of(2, 1))
    (tmp_path / "b" / f"film.{shot.extension}").write_bytes(shot.data)
    black = cv2.imencode(".png", np.zeros((300, 300), np.uint8))[1].tobytes()
    (tmp_path / "a.png").write_bytes(black)
    return tmp_path


def test_each_picture_is_one_object_on_one_line(folder: Path) -> None:
    found = RUN.invoke(app, ["inspect", "--json", str(folder)])
    rows = [json.loads(line) for line in found.stdout.splitlines()]
    assert found.exit_code == 0
    assert [Path(row["path"]).name[:4] for row in rows] == ["a.pn", "film"]
    assert list(rows[0]) == [
        "path", "view", "view_score", "pediatric_score", "text_fraction", "quality",
    ]  # fmt: skip
    assert [(row["view"], row["quality"]) for row in rows] == [
        ("UNKNOWN", "blank"), ("FRONTAL", "good"),
    ]  # fmt: skip


def test_a_person_gets_a_table_and_the_counts(folder: Path) -> None:
    found = RUN.invoke(app, ["inspect", str(folder)])
    assert "view: FRONTAL 1, UNKNOWN 1" in found.stdout
    assert "quality: blank 1, good 1" in found.stdout


def test_an_unreadable_file_has_a_sentence_and_the_others_are_still_read(folder: Path) -> None:
    (folder / "notes.png").write_text("no picture", encoding="utf-8")
    found = RUN.invoke(app, ["inspect", "--json", str(folder)])
    assert found.exit_code == 1
    assert len(found.stdout.splitlines()) == 2
    assert "notes.png: not a JPEG" in found.stderr
    assert "1 of the files could not be read" in found.stderr


def test_an_empty_folder_is_no_fault(tmp_path: Path) -> None:
    found = RUN.invoke(app, ["inspect", str(tmp_path)])
    assert (found.exit_code, "no picture" in found.stdout) == (0, True)


def test_a_name_that_looks_like_markup_is_shown_as_it_is(folder: Path) -> None:
    (folder / "x[bold].png").write_bytes((folder / "a.png").read_bytes())
    (folder / "y[red].png").write_bytes((folder / "a.png").read_bytes())
    found = RUN.invoke(app, ["inspect", str(folder)], env={"COLUMNS": "300"})
    assert found.exit_code == 0
    assert "x[bold].png" in found.stdout
    assert "y[red].png" in found.stdout
