from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from records import record, records

from curation.duplicates import reviewed
from curation.reviewed_csv import Line, lines, text
from curation.stages import split
from manifests.contract.params import Misspelt

HEADER = ("kind", "value")
START = b"kind,value\n"


def table(folder: Path, data: bytes) -> Path:
    place = folder / "table.csv"
    place.write_bytes(data)
    return place


def test_a_byte_order_mark_and_blank_lines_are_no_matter(tmp_path: Path) -> None:
    place = table(tmp_path, b"\xef\xbb\xbf" + START + b'\r\na,"b, c"\r\n')
    assert lines(place, HEADER) == [Line(f"{place}:3", {"kind": "a", "value": "b, c"})]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", r"table\.csv:1: the header is missing; it must be kind,value"),
        (b"value,kind\n", r"table\.csv:1: the header is value,kind; it must be kind,value"),
        (START + b"\na\n", r"table\.csv:3: 1 cells found, 2 needed: kind,value"),
        (START + b"a,b,c\n", r"table\.csv:2: 3 cells found.*into quotes"),
        (START + b"a,Universit\xe0\n", r"table\.csv: is not UTF-8 at byte 22; save it as UTF-8"),
        (START + b'a,"' + b"x" * 200_000, r"table\.csv:2: is no CSV"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, data: bytes, found: str) -> None:
    with pytest.raises(Misspelt, match=found):
        lines(table(tmp_path, data), HEADER)


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misspelt, match=r"pairs\.csv: not there"):
        text(tmp_path / "pairs.csv")


def frozen(place: Path) -> object:
    params = split.Params(
        val=0.1, test=0.2, salt="x", external=(), paper_test=0.2, paper_salt="paper"
    )
    rows: pd.DataFrame = records([record("a", group="g")])
    return split.main(rows, place.parent, place.parent / "ledger.csv", params)


@pytest.mark.parametrize(
    ("name", "read"),
    [("pairs.csv", reviewed.read), ("held.txt", frozen)],
)
def test_the_files_of_every_stage_are_told_to_be_of_another_encoding(
    tmp_path: Path, name: str, read: Callable[[Path], object]
) -> None:
    (tmp_path / name).write_bytes(b"# Universit\xe0\n")
    with pytest.raises(Misspelt, match=f"{name}: is not UTF-8 at byte 11; save it as UTF-8"):
        read(tmp_path / name)
