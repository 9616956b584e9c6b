"""`cxr duplicates` as a stranger uses it: folders of pictures, and no project around them."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from project import ROOT
from textures import texture

from curation.duplicates import in_folders
from curation.duplicates.in_folders import Thresholds, copies_in
from curation.work.bench import ALONE, Bench, closed
from curation.work.cache import Cache
from manifests.contract.images import Pixels
from manifests.contract.packing import png

USUAL = Thresholds(candidates=10, copy_at_least=0.86, same_patient_at_least=0.86)


def jpeg(pixels: Pixels, quality: int = 90) -> bytes:
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "JPEG", quality=quality)
    return data.getvalue()


def tiff(pixels: Pixels) -> bytes:
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "TIFF")
    return data.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("films")
    films = [texture(number) for number in range(8)]
    for number, film in enumerate(films):
        (place / f"{number}.png").write_bytes(png(film))
    (place / "0-again.png").write_bytes(png(films[0]))
    (place / "0-wrapped.tif").write_bytes(tiff(films[0]))
    smaller = np.asarray(cv2.resize(films[1], None, fx=0.8, fy=0.8), np.uint8)
    (place / "1-small.jpg").write_bytes(jpeg(smaller))
    (place / "2-crop.png").write_bytes(png(np.ascontiguousarray(films[2][45:-20, 30:-25])))
    (place / "notes.txt").write_text("no picture")
    (place / "broken.png").write_text("no picture")
    (place / ".hidden.png").write_bytes(png(films[3]))
    return place


def cxr(folder: Path, *words: str) -> tuple[int, str, str]:
    """Run where there is no project."""
    done = subprocess.run(
        [sys.executable, "-m", "curation", *words], capture_output=True, text=True, check=False,
        cwd=folder.parent, env={"PYTHONPATH": str(ROOT), "PATH": "", "COLUMNS": "200"},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_json_has_a_line_for_each_pair_and_no_other(folder: Path) -> None:
    code, out, told = cxr(folder, "duplicates", folder.name, "--json")
    pairs = [json.loads(line) for line in out.splitlines()]
    assert all(list(pair) == ["a", "b", "relation", "score"] for pair in pairs)
    assert [(Path(p["a"]).name, Path(p["b"]).name, p["relation"]) for p in pairs] == [
        ("0-again.png", "0-wrapped.tif", "same_pixels"),
        ("0-again.png", "0.png", "identical_bytes"),
        ("0-wrapped.tif", "0.png", "same_pixels"),
        ("1-small.jpg", "1.png", "recompressed_or_resized"),
        ("2-crop.png", "2.png", "cropped_or_annotated"),
    ]
    assert [pair["score"] for pair in pairs[:3]] == [1, 1, 1]
    assert all(0.86 <= pair["score"] <= 1 for pair in pairs)
    assert code == 1
    assert f"{folder.name}/broken.png: not a JPEG, PNG, WebP, TIFF or DICOM" in told
    assert "1 other files left out, no JPEG, PNG, WebP, TIFF or DICOM, such as " in told
    assert f"{folder.name}/notes.txt" in told


def test_the_table_groups_the_copies_and_counts_at_the_end(folder: Path) -> None:
    code, out, _ = cxr(folder, "duplicates", folder.name)
    assert code == 1
    assert out.index(f"{folder.name}/1.png") < out.index(f"{folder.name}/1-small.jpg")
    assert "12 pictures, 1 unreadable" in out
    assert "1 cropped_or_annotated, 1 identical_bytes, 1 recompressed_or_resized" in out
    assert "4 files show what a larger one shows" in out


def test_a_folder_without_copies_ends_well(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "one.png").write_bytes((folder / "5.png").read_bytes())
    assert cxr(tmp_path, "duplicates", str(tmp_path), "--json")[:2] == (0, "")
    assert cxr(tmp_path, "duplicates", str(tmp_path))[0] == 0


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    code, _, told = cxr(tmp_path, "duplicates", "nowhere")
    assert code == 2
    assert told.startswith("error: nowhere: not there")


def test_thresholds_in_the_wrong_order_are_a_sentence(folder: Path) -> None:
    code, _, told = cxr(folder, "duplicates", folder.name, "--copy-at-least", "0.5")
    assert code == 2
    assert "--same-patient-at-least is above --copy-at-least" in told


def test_a_cache_changes_nothing_but_the_time(folder: Path, tmp_path: Path) -> None:
    places = sorted(folder.glob("*.png"))
    (tmp_path / "alone").mkdir()
    alone = copies_in(places, USUAL, ALONE, tmp_path / "alone")
    with closed(Cache(tmp_path / "cache")) as cache:
        for name in ("first", "second"):
            (tmp_path / name).mkdir()
            assert copies_in(places, USUAL, Bench(cache=cache), tmp_path / name) == alone
    assert alone.pairs


def test_few_equal_files_are_all_paired_and_many_stand_beside_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_folders, "ALL_PAIRS", 4)
    places = []
    for number in range(9):
        places.append(tmp_path / f"{'few' if number < 4 else 'many'}{number}.png")
        places[-1].write_bytes(png(texture(0 if number < 4 else 1)))
    (tmp_path / "scratch").mkdir()
    found = copies_in(places, USUAL, ALONE, tmp_path / "scratch")
    assert sum("few" in Path(pair.a).name for pair in found.pairs) == 6
    many = [pair for pair in found.pairs if "many" in Path(pair.a).name]
    assert {pair.a for pair in many} == {str(places[4])}
    assert len(many) == 4
    assert [len(cluster) for cluster in found.clusters()] == [4, 5]


def test_a_copy_of_a_file_that_is_there_twice_is_paired_with_both(tmp_path: Path) -> None:
    film = texture(3)
    for name, data in {"a.png": png(film), "b.png": png(film), "c.jpg": jpeg(film)}.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "scratch").mkdir()
    found = copies_in(sorted(tmp_path.glob("?.*")), USUAL, ALONE, tmp_path / "scratch")
    pairs = [(Path(p.a).name, Path(p.b).name, p.relation.value) for p in found.pairs]
    assert pairs == [
        ("a.png", "b.png", "identical_bytes"),
        ("a.png", "c.jpg", "recompressed_or_resized"),
        ("b.png", "c.jpg", "recompressed_or_resized"),
    ]


def test_a_name_that_is_no_unicode_is_shown_as_escapes(tmp_path: Path) -> None:
    films = tmp_path / "films"
    films.mkdir()
    (films / "a.png").write_bytes(png(texture(1)))
    (films / os.fsdecode(b"caf\xe9.png")).write_bytes(png(texture(1)))
    code, told, fault = cxr(films, "duplicates", "films", "--json")
    assert code in {0, 1}, fault
    assert "Traceback" not in fault
    assert r"caf\\xe9.png" in told
