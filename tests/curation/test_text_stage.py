"""Stage text as a whole: real shards on the disk, and what the next stage takes from them."""

from importlib import util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from printed import ground, printed
from records import record, records

from curation.burned import reader
from curation.burned.film import Asked, looked, unpacked
from curation.burned.joined import with_text
from curation.pixels.text import text_mask
from curation.stages import text
from curation.work.bench import ALONE, Bench, closed
from curation.work.cache import Cache
from manifests.contract.burned import TEXT, BurnedText
from manifests.contract.images import Pixels
from manifests.contract.packing import png
from manifests.contract.params import Misspelt
from manifests.contract.table import BrokenTable, read
from manifests.contract.vocabulary import PersonalText
from manifests.contract.working import WorkingCopies, write_working

FOUND_ONLY = text.Params(read=False)
FILMS = {
    "a": printed("R", size=36),
    "b": printed("ROSSI ANNA 4471829"),
    "c": np.full((1, 1), 90, np.uint8),
    "d": ground(),
    "e": printed("12/03/1965", size=20, at=(300, 370)),
}
WITH_TEXT = ["cohen/a", "cohen/b", "cohen/e"]
needs_reader = pytest.mark.skipif(
    any(util.find_spec(library) is None for library in reader.LIBRARIES),
    reason="the extra [text] is not installed",
)


def copies(folder: Path, films: dict[str, Pixels]) -> WorkingCopies:
    folder.mkdir()
    write_working(folder, ((f"cohen/{name}", film) for name, film in films.items()))
    return WorkingCopies([folder])


def found(
    folder: Path, names: str = "abcde", params: text.Params = FOUND_ONLY, bench: Bench = ALONE
) -> pd.DataFrame:
    """What the stage writes of the named films into `folder`, beside copies of them all."""
    held = copies(folder.with_name(f"{folder.name}-copies"), FILMS)
    folder.mkdir()
    return text.main(records([record(name) for name in names]), held, folder, params, bench)


def every_byte(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_every_film_that_came_in_is_a_row(tmp_path: Path) -> None:
    table = found(tmp_path / "text")
    assert table["record_id"].tolist() == [f"cohen/{name}" for name in "abcde"]
    pd.testing.assert_frame_equal(read(tmp_path / "text" / TEXT, BurnedText), table)


def test_only_the_films_that_are_asked_for_are_rows(tmp_path: Path) -> None:
    assert found(tmp_path / "text", "db")["record_id"].tolist() == ["cohen/b", "cohen/d"]
    assert "cohen/a" not in WorkingCopies([tmp_path / "text"])


def test_masks_are_there_for_films_with_text_and_no_other(tmp_path: Path) -> None:
    table = found(tmp_path / "text").set_index("record_id")
    masks = WorkingCopies([tmp_path / "text"])
    assert [film for film in table.index if film in masks] == WITH_TEXT
    for name, film in FILMS.items():
        row, mask = table.loc[f"cohen/{name}"], text_mask(film)
        assert row["text_fraction"] == pytest.approx((mask > 0).mean(), abs=1e-6)
        assert (row["text_boxes"] > 0) == (f"cohen/{name}" in WITH_TEXT)
        if f"cohen/{name}" in masks:
            assert (masks.pixels(f"cohen/{name}") == mask).all()


def test_what_nobody_reads_waits_for_a_person_and_a_side_does_not(tmp_path: Path) -> None:
    table = found(tmp_path / "text")
    told = table.dropna(subset="personal")
    assert told["record_id"].tolist() == ["cohen/b", "cohen/e"]
    assert (told["personal"] == PersonalText.UNREAD).all()
    assert (table["words"] == "").all()


def test_two_runs_write_the_same_bytes_whether_remembered_or_not(tmp_path: Path) -> None:
    found(tmp_path / "first")
    with closed(Cache(tmp_path / "cache")) as cache:
        for name in ("second", "third"):
            found(tmp_path / name, bench=Bench(cache=cache))
        assert [size[:2] for size in cache.sizes()] == [("burned", len(FILMS))]
    first, second, third = (every_byte(tmp_path / name) for name in ("first", "second", "third"))
    assert first == second == third


def test_without_a_film_nothing_is_found(tmp_path: Path) -> None:
    assert len(found(tmp_path / "text", "")) == 0
    assert len(read(tmp_path / "text" / TEXT, BurnedText)) == 0


def test_a_film_without_a_working_copy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenTable, match=r"1 records have no picture, such as cohen/z"):
        found(tmp_path / "text", "az")


def test_what_was_found_stands_in_the_records_in_their_own_order(tmp_path: Path) -> None:
    table = found(tmp_path / "text").set_index("record_id")
    rows = records([record(name) for name in "abcde"]).iloc[::-1]
    made = with_text(rows, tmp_path / "text")
    assert made["record_id"].tolist() == rows["record_id"].tolist()
    assert made["text_fraction"].tolist() == [
        table.loc[film, "text_fraction"] for film in made["record_id"]
    ]
    assert made["personal_text"].isna().tolist() == [False, True, True, False, True]
    assert rows["text_fraction"].isna().all()


def test_a_film_that_the_stage_did_not_see_is_refused(tmp_path: Path) -> None:
    found(tmp_path / "text", "ab")
    rows = records([record(name) for name in "abde"])
    with pytest.raises(BrokenTable, match=r"2 films were not searched for text, such as cohen/d"):
        with_text(rows, tmp_path / "text")


def test_what_a_person_said_stays(tmp_path: Path) -> None:
    found(tmp_path / "text")
    corrected = ("personal_text",)
    rows = records([
        record("a", corrected=corrected, personal_text="name"),
        record("b", corrected=corrected),
        record("e", corrected=("age_years",)),
    ])  # fmt: skip
    made = with_text(rows, tmp_path / "text").set_index("record_id")
    assert made.loc["cohen/a", "personal_text"] == PersonalText.NAME
    assert made["personal_text"].isna().tolist() == [False, True, False]
    assert made.loc["cohen/e", "personal_text"] == PersonalText.UNREAD
    assert (made["text_fraction"] > 0).all()


@needs_reader
def test_with_the_library_names_dates_and_numbers_are_told_apart(tmp_path: Path) -> None:
    table = found(tmp_path / "text", params=text.Params(read=True)).set_index("record_id")
    assert table.loc["cohen/b", "personal"] == PersonalText.NAME
    assert table.loc["cohen/e", "personal"] == PersonalText.DATE
    assert "ROSSI" in str(table.loc["cohen/b", "words"])
    assert table["personal"].isna().tolist() == [True, False, True, True, False]


@needs_reader
@pytest.mark.parametrize("pitch", [30, 40, 50])
@pytest.mark.parametrize("step", [(1, 0), (0, 1)])
def test_letters_that_are_read_one_by_one_wait_for_a_person(
    step: tuple[int, int], pitch: int
) -> None:
    film = ground()
    for place, letter in enumerate("SMITHJOHN"):
        at = (20 + pitch * place * step[0], 20 + pitch * place * step[1])
        film = printed(letter, 24, at, on=film)
    assert unpacked(looked(Asked(png(film), is_read=True))).personal is PersonalText.UNREAD


@pytest.mark.skipif(needs_reader.args[0] is False, reason="the extra [text] is installed")
def test_without_the_library_reading_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Misspelt, match="OCR library is not installed"):
        found(tmp_path / "text", params=text.Params(read=True))
    assert not list((tmp_path / "text").iterdir())
