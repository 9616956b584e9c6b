from pathlib import Path

import pytest

from curation.sources.base import Lost
from curation.sources.base_files import Row, film, rows, rows_with_files
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason


def read(folder: Path, table: str | bytes, *needed: str) -> list[Row | Lost]:
    place = folder / "table.csv"
    place.write_bytes(table.encode() if isinstance(table, str) else table)
    return list(rows(place, *needed))


def cells(found: Row | Lost) -> dict[str, str]:
    assert isinstance(found, Row), found
    return found.cells


@pytest.mark.parametrize(
    "header", ["Patient ID, url", " patient id,url", '"PATIENT  ID","Url "', "patient_id,url"]
)
def test_spellings_of_a_column_are_one(header: str, tmp_path: Path) -> None:
    (row,) = read(tmp_path, f"{header}\n7,x\n", "patient_id", "url")
    assert cells(row) == {"patient_id": "7", "url": "x"}


@pytest.mark.parametrize(
    "cell", ["NA", "None", "null", "nan", "00001", "1234e567", "1e5", "-0", "TRUE", "3.10", "=1+1"]
)
def test_a_cell_stays_the_string_it_is(cell: str, tmp_path: Path) -> None:
    (row,) = read(tmp_path, f"a,b\n{cell},x\n")
    assert cells(row)["a"] == cell


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "Vall d'Hebrón"), ("utf-8-sig", "Vall d'Hebrón"), ("cp1252", "Vall d'Hebrón"),
     ("utf-16", "Thanh Hóa"), ("utf-8", "lost \ufffd letter")],
)  # fmt: skip
def test_the_encoding_is_found(encoding: str, name: str, tmp_path: Path) -> None:
    (row,) = read(tmp_path, f"place,n\n{name},1\n".encode(encoding))
    assert cells(row) == {"place": name, "n": "1"}


@pytest.mark.parametrize("line", ["1,2", "1,2,", "1,2,,", "1,2,,,"])
def test_columns_without_a_name_at_the_end_may_be_missing(line: str, tmp_path: Path) -> None:
    (row,) = read(tmp_path, f"a,b,,\n{line}\n")
    assert cells(row) == {"a": "1", "b": "2"}


def test_what_stands_under_no_name_is_kept_without_one(tmp_path: Path) -> None:
    filled, blank = read(tmp_path, "a,,b,\n1,,2,rights\n1,,2,\n")
    assert isinstance(filled, Row)
    assert isinstance(blank, Row)
    assert (filled[""], blank[""]) == ("rights", "")
    assert (filled["a"], filled["b"]) == ("1", "2")


@pytest.mark.parametrize(
    "line", ["1", "1,2", "1,2,3,4", "1,2,3,,5", '1,"2" x,3', "1,\0,3"], ids=repr
)
def test_a_row_that_does_not_fit_is_told_with_its_line_and_shifts_nothing(
    line: str, tmp_path: Path
) -> None:
    first, broken, last = read(tmp_path, f"a,b,c\nx,y,z\n{line}\np,q,r\n")
    assert cells(first) == {"a": "x", "b": "y", "c": "z"}
    assert isinstance(broken, Lost)
    assert broken.reason is Reason.INVALID_FIELD
    assert broken.source_ref == "table.csv, line 3"
    assert cells(last) == {"a": "p", "b": "q", "c": "r"}


def test_blank_cells_beyond_the_header_do_no_harm(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "a,b\n1,2,,\n")
    assert cells(row) == {"a": "1", "b": "2"}


def test_a_quote_that_never_closes_is_told(tmp_path: Path) -> None:
    first, broken = read(tmp_path, 'a,b\n1,2\n3,"4\n5,6\n')
    assert cells(first) == {"a": "1", "b": "2"}
    assert isinstance(broken, Lost)
    assert "line 3" in broken.detail
    assert "never closes" in broken.detail


def test_a_cell_may_hold_lines_and_the_next_row_knows_its_own(tmp_path: Path) -> None:
    first, second = read(tmp_path, 'a,b\n1,"two\nlines"\n3,4\n')
    assert cells(first)["b"] == "two\nlines"
    assert isinstance(second, Row)
    assert second.line == 4


def test_windows_line_ends_and_blank_lines_are_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, "a,b\r\n\r\n1,2\r\n,\r\n3,4")
    assert [cells(row)["a"] for row in found] == ["1", "3"]


def test_a_column_that_is_absent_is_named_and_so_is_one_that_stands_twice(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"no column \['finding'\]"):
        read(tmp_path, "a,b\n1,2\n", "a", "finding")
    with pytest.raises(Rejected, match=r"columns \['url'\] stand twice"):
        read(tmp_path, "url, url\n1,2\n")
    with pytest.raises(Rejected, match="no column"):
        read(tmp_path, "", "a")


def test_a_column_this_generation_lacks_is_empty(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "a\n1\n")
    assert isinstance(row, Row)
    assert row["rt_pcr_positive"] == ""


def test_a_file_outside_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "images").mkdir()
    for name in ("../secret", "/etc/hostname", "a/b.png", ".."):
        with pytest.raises(Rejected):
            film(tmp_path / "images", name)


def test_a_file_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(Rejected) as verdict:
        film(tmp_path, "a.png")
    assert verdict.value.reason is Reason.MISSING_IMAGE


def test_a_table_that_is_not_there_or_no_file_is_refused(tmp_path: Path) -> None:
    for table in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(Rejected, match="is no file") as verdict:
            list(rows(table))
        assert verdict.value.reason is Reason.LAYOUT_CHANGED


def met(folder: Path, cells: list[str], files: list[str]) -> list[tuple[str, str]]:
    """Cell and file of what met, reference and reason of what did not."""
    for file in files:
        place = folder / "films" / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"x")
    (folder / "table.csv").write_text("\n".join(["name,", *(f"{cell},x" for cell in cells)]))
    found = rows_with_files(folder / "table.csv", folder / "films", "name")
    return [
        (one.source_ref, one.reason) if isinstance(one, Lost) else (one[0]["name"], one[1])
        for one in found
    ]


@pytest.mark.parametrize("cell", ["Ab.1", "Ab.1.png", "ab.1", "AB.1.PNG", "Ab.1.jpg"])
def test_a_row_meets_its_file_whatever_the_case_and_the_extension(
    cell: str, tmp_path: Path
) -> None:
    assert met(tmp_path, [cell], ["Ab.1.png"]) == [(cell, "Ab.1.png")]


def test_the_surest_of_several_files_is_taken(tmp_path: Path) -> None:
    found = met(tmp_path, ["a.png", "b"], ["a.png", "A.png", "a.jpg", "b.jpg", "B.png"])
    assert found == [("a.png", "a.png"), ("b", "b.jpg"), ("A.png", "unlisted_image"),
                     ("B.png", "unlisted_image"), ("a.jpg", "unlisted_image")]  # fmt: skip


def test_of_equal_files_none_is_taken_and_all_are_told(tmp_path: Path) -> None:
    assert met(tmp_path, ["a"], ["a.jpg", "a.png"]) == [
        ("a", "invalid_field"), ("a.jpg", "unlisted_image"), ("a.png", "unlisted_image")
    ]  # fmt: skip


def test_a_row_without_file_or_name_and_a_file_in_a_folder_below_are_told(tmp_path: Path) -> None:
    assert met(tmp_path, ["a", "", "../table.csv"], ["below/a.png"]) == [
        ("a", "missing_image"), ("table.csv, line 3", "missing_image"),
        ("../table.csv", "missing_image"), ("below/a.png", "unlisted_image"),
    ]  # fmt: skip


def test_without_its_folder_of_films_the_layout_has_changed(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="films: is no folder") as verdict:
        met(tmp_path, ["a"], [])
    assert verdict.value.reason is Reason.LAYOUT_CHANGED
