"""The lists are invented, in the layout of COVID-Net's: patient, file, class, source."""

import json
from pathlib import Path

import pandas as pd
import pytest
from records import record, records
from typer.testing import CliRunner, Result

from curation.__main__ import app
from curation.audit.checks import faults
from curation.audit.fault import Fault, film_name
from curation.audit.lists import rows_of
from curation.audit.naming import sides
from curation.audit.spelling import edits, is_slip, misspelt_sources, shape
from manifests.contract.params import Misspelt
from manifests.contract.record import Record
from manifests.contract.table import write

NET = "patient,path,label,source"
TRAIN = (
    "1 a1.png negative rsna\n2 a2.png positive ricord\n2 a3.png positive ricord\n"
    "3 a4.png positive rsna\n4 a5.png negative ricord\n"
)
TEST = "11 b1.png negative rsna\n12 b2.png positive rsna\n13 b3.png positive ricord\n"


def lists(folder: Path, train: str = TRAIN, test: str = TEST) -> list[Path]:
    places = [folder / "train_split_v9.txt", folder / "test_split_v9.txt"]
    for place, words in zip(places, (train, test), strict=True):
        place.write_text(words)
    return places


def found(places: list[Path], columns: str = NET) -> list[Fault]:
    return faults(rows_of(places, {}, [columns], " "))


def audit(*words: object) -> Result:
    return CliRunner().invoke(app, ["audit", *map(str, words)])


def test_clean_lists_have_no_fault(tmp_path: Path) -> None:
    told = audit(*lists(tmp_path), "--columns", NET, "--separator", " ")
    assert (told.exit_code, told.output) == (0, "0 findings in 8 rows of 2 lists\n")


def test_a_patient_in_both_halves_is_found_with_the_lines_and_labels(tmp_path: Path) -> None:
    train, test = lists(
        tmp_path, TRAIN + "ANON7 c1.png negative rsna\n", TEST + "ANON7 c2.png positive ricord\n"
    )
    (fault,) = found([train, test])
    assert (fault.kind, fault.what) == (
        "patient_on_two_sides",
        "patient ANON7 is in test and train, labelled negative and positive",
    )
    assert fault.where == [f"{train}:6", f"{test}:4"]


def test_a_list_with_repeated_file_names_is_found(tmp_path: Path) -> None:
    told = audit(*lists(tmp_path, TRAIN + TRAIN), "--columns", NET, "--json")
    assert told.exit_code == 1
    lines = [json.loads(line) for line in told.output.splitlines()]
    assert [line["what"] for line in lines] == [
        f"file a{n}.png stands 2 times in one list" for n in range(1, 6)
    ]
    assert {line["kind"] for line in lines} == {"file_named_twice"}
    assert lines[0]["where"] == [f"{tmp_path}/train_split_v9.txt:{n}" for n in (1, 6)]
    assert lines[0]["count"] == 2


def test_a_misspelt_source_is_found(tmp_path: Path) -> None:
    many = "".join(f"{n} m{n}.png {'positive' if n % 2 else 'negative'} rsna\n"
                   for n in range(100, 130))  # fmt: skip
    faults_ = found(lists(tmp_path, TRAIN + many + "5 c1.png negative rnsa\n"))
    assert [(fault.kind, fault.what) for fault in faults_] == [
        ("misspelt_source", "source rnsa (1 rows) may be rsna (34)")
    ]


def test_two_ids_joined_by_a_missing_comma_are_found(tmp_path: Path) -> None:
    train = TRAIN + "81 c1.png positive rsna\nCOVID-00014 c2.png positive rsna\n"
    chosen = tmp_path / "test_patients.txt"
    chosen.write_text("11\n12\n81COVID-00014\nCOVID-00015\n")
    rows = rows_of([*lists(tmp_path, train), chosen], {}, [NET, NET, "patient"])
    (fault,) = [fault for fault in faults(rows) if fault.kind == "joined_ids"]
    assert fault.what.startswith("patient 81COVID-00014 looks like 81 and COVID-00014 run together")
    assert fault.where == [f"{tmp_path}/train_split_v9.txt:{n}" for n in (6, 7)] + [f"{chosen}:3"]


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["191", "COVID-00024", "191COVID-00024"], ["191COVID-00024"]),
        (["COVID-1", "COVID-2", "COVID-1COVID-2"], ["COVID-1COVID-2"]),
        (["191", "192", "191192"], ["191192"]),
        (["191", "7A-1", "7A-2", "8A-2"], []),
        (["1", "2", "12", "21", "112", "1212"], []),
        (["100", "12", "7001", "10012"], []),
        (["191", "192", "COVID-1", "COVID-2", "191COVID-3"], ["191COVID-3"]),
        (["C-1", "C-2", "C-3", "C-4", "C-1C-2", "C-3C-4"], ["C-1C-2", "C-3C-4"]),
        (["C-1", "C-2", "C-1C-9", "C-2C-8"], []),
        (["patient1", "1", "patient"], []),
    ],
)
def test_only_an_id_unlike_all_others_is_two_run_together(
    tmp_path: Path, ids: list[str], expected: list[str]
) -> None:
    place = tmp_path / "ids.txt"
    place.write_text("".join(f"{name}\n" for name in ids))
    told = [f.what.split()[1] for f in faults(rows_of([place], {}, ["patient"]))]
    assert [name for name in told if name != "patient1"] == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("rnsa", "rsna", True), ("RSNA", "rsna", True), ("actualmed", "actulmed", True),
        ("ricord-1", "ricord-2", False), ("cxr14", "cxr15", False), ("fig1", "sirm", False),
        ("rsna", "ricord", False), ("bimcv", "bmicv", True), ("nih", "mih", False),
    ],
)  # fmt: skip
def test_a_slip_is_a_letter_or_two(one: str, other: str, expected: bool) -> None:  # noqa: FBT001 - a case
    assert is_slip(one, other) is expected
    assert edits(one, other) == edits(other, one)


def test_an_id_has_a_shape() -> None:
    assert shape("COVID-00024") == "A-9"


@pytest.mark.parametrize(
    ("train", "test", "kind", "what"),
    [
        ("5 c1.png negative rsna\n", "15 c1.png negative rsna\n", "file_on_two_sides",
         "file c1.png is in test and train"),
        ("5 train/c1.png negative rsna\n", "15 test/c1.png negative rsna\n", "file_on_two_sides",
         "file c1.png is in test and train"),
        ("5 c1.png negative rsna\n", "15 C1.JPG negative rsna\n", "twin_names",
         "C1.JPG and c1.png may be one film, in test and train"),
        ("5 c1.png negative rsna\n5 c1.png positive rsna\n", "", "labels_differ",
         "file c1.png is labelled negative and positive"),
        ('5 c1.png "" rsna\n', "", "empty_cells", "label: 1 of 9 cells are empty"),
    ],
)  # fmt: skip
def test_each_fault_is_named(tmp_path: Path, train: str, test: str, kind: str, what: str) -> None:
    told = {fault.kind: fault.what for fault in found(lists(tmp_path, TRAIN + train, TEST + test))}
    assert told[kind] == what


def test_a_source_that_gives_the_label_away_is_found_on_its_side(tmp_path: Path) -> None:
    test = "11 b1.png negative rsna\n12 b2.png positive ricord\n13 b3.png positive ricord\n"
    (fault,) = found(lists(tmp_path, test=test))
    assert fault.what == (
        "test: the source alone tells the label of 100.0% of 3 films (the commonest label: 66.7%)"
    )


def test_one_patient_on_one_day_with_two_labels_is_found(tmp_path: Path) -> None:
    place = tmp_path / "list.csv"
    place.write_text(
        "Patient ID,Image Index,Finding Labels,day\n7,a.png,Mass,1\n7,b.png,Hernia,1\n"
    )
    (fault,) = faults(rows_of([place], {}, []))
    assert fault.what == "patient and day 7, 1 is labelled Hernia and Mass"


def test_the_same_bytes_on_both_sides_are_found(tmp_path: Path) -> None:
    films = tmp_path / "films"
    (films / "deep").mkdir(parents=True)
    for n in range(1, 6):
        (films / f"a{n}.png").write_bytes(bytes([n]))
    (films / "deep/b1.png").write_bytes(bytes([1]))
    (films / "b2.png").write_bytes(b"another")
    told = audit(*lists(tmp_path), "--columns", NET, "--images", films)
    assert told.exit_code == 1
    assert "  a1.png and b1.png are one file in test and train: " in told.output
    assert "  1 pictures are not in " in told.output


def test_a_manifest_is_a_list_too(tmp_path: Path) -> None:
    films = [
        record(n, patient_id="cohen/7", split=side) for n, side in (("a", "train"), ("b", "test"))
    ]
    write(tmp_path / "dataset.parquet", records(films), Record)
    told = audit(tmp_path / "dataset.parquet")
    assert "patient cohen/7 is in test and train, labelled covid19" in told.output


@pytest.mark.parametrize(
    ("words", "named", "columns", "expected"),
    [
        ("a,b\n1,2\n", {}, [], "no column for path or patient; found: a, b; name one with --path"),
        ("a,b\n1,2\n", {"path": "c"}, [], "no column 'c' for path; found: a, b"),
        ("1 2 3\n", {}, ["path,label"], r"list.csv:1: 3 cells found, --columns names 2"),
        ("1 2\n", {}, ["x,y"], "names x, y, and none of path, label"),
        ("", {}, [], "is empty"),
        ("a\n", {}, ["path", "path"], "--columns: 2 times for 1 lists"),
    ],
)
def test_a_list_that_cannot_be_understood_is_answered_with_what_was_found(
    tmp_path: Path, words: str, named: dict[str, str], columns: list[str], expected: str
) -> None:
    place = tmp_path / "list.csv"
    place.write_text(words)
    with pytest.raises(Misspelt, match=expected):
        rows_of([place], named, columns)


def test_a_missing_column_is_said(tmp_path: Path) -> None:
    place = tmp_path / "list.csv"
    place.write_text("file;class\na.png;x\n")
    told = audit(place)
    assert told.exit_code == 0
    assert "note: no column split: there are no sides to compare" in told.output


def test_a_list_in_latin_1_is_read(tmp_path: Path) -> None:
    place = tmp_path / "list.csv"
    place.write_bytes("file,source\na.png,Hospital Universit\u00e4t\n".encode("latin-1"))
    assert rows_of([place], {}, [])["source"].tolist() == ["Hospital Universit\u00e4t"]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        (["train/labels.csv", "test/labels.csv"], ["train", "test"]),
        (["a/train/x/l.csv", "a/test/x/l.csv"], ["train", "test"]),
        (["test/val.csv", "train/val.csv"], ["test", "train"]),
        (["test/a/l.csv", "test/b/l.csv"], ["a/l", "b/l"]),
        (["a/train.csv", "a/test.csv", "b/train.csv"], ["train", "test", "train"]),
        (["a/train.csv", "b/train.csv"], ["a/train", "b/train"]),
        (["test_a.csv", "test_b.csv"], ["test_a", "test_b"]),
        (["l.csv", "l.txt"], ["l.csv", "l.txt"]),
    ],
)
def test_lists_are_sides_by_their_names_or_folders(places: list[str], expected: list[str]) -> None:
    assert sides([Path(place) for place in places]) == expected


def test_a_patient_in_lists_of_two_folders_is_found(tmp_path: Path) -> None:
    places = [tmp_path / side / "labels.csv" for side in ("train", "test")]
    for place in places:
        place.parent.mkdir()
        place.write_text("patient,label\nP1,positive\n")
    (fault,) = faults(rows_of(places, {}, []))
    assert fault.what == "patient P1 is in test and train, labelled positive"


def test_one_list_given_twice_is_refused(tmp_path: Path) -> None:
    place = lists(tmp_path)[0]
    with pytest.raises(Misspelt, match="given 2 times"):
        found([place, place])


@pytest.mark.parametrize(
    ("words", "columns", "expected"),
    [
        ("Image Index,Patient ID,Finding Labels\na.png,7,No Finding\n", [], "a.png 7"),
        ("Image, as given;Patient ID;path\nx;7;a.png\n", [], "a.png 7"),
        ("patient path\n7 a.png\n", [], "a.png 7"),
        ("7 a.png with,comma\n", ["patient,path,x"], "a.png 7"),
        ("path\na.png\n", [], "a.png"),
    ],
)
def test_the_separator_is_the_one_that_makes_most_columns_known(
    tmp_path: Path, words: str, columns: list[str], expected: str
) -> None:
    place = tmp_path / "list.csv"
    place.write_text(words)
    rows = rows_of([place], {}, columns)
    both = [column for column in ("path", "patient") if column in rows]
    assert " ".join(rows[both].iloc[0]) == expected


def test_whole_numbers_with_gaps_in_parquet_are_the_ids_of_other_lists(tmp_path: Path) -> None:
    pd.DataFrame({"patient": [12, None, 0.5]}).to_parquet(tmp_path / "train.parquet")
    (tmp_path / "test.csv").write_text("patient\n12\n")
    rows = rows_of([tmp_path / "train.parquet", tmp_path / "test.csv"], {}, [])
    assert rows["patient"].tolist() == ["12", "", "0.5", "12"]


def test_a_patient_in_capitals_on_the_other_side_is_found(tmp_path: Path) -> None:
    (fault,) = found(
        lists(tmp_path, TRAIN + "P01 c1.png negative rsna\n", TEST + "p01 c2.png negative rsna\n")
    )
    assert fault.what == "patient P01 and p01 is in test and train, labelled negative"


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ({"Cohen": 50, "cohen": 50}, ["source cohen (50 rows) may be Cohen (50)"]),
        ({"Cohen": 60, "cohen": 50}, ["source cohen (50 rows) may be Cohen (60)"]),
        ({"cohne": 1, "cohen": 9}, ["source cohne (1 rows) may be cohen (9)"]),
        ({"cohne": 1, "cohen": 1}, []),
        ({"cohne": 2, "cohen": 9}, []),
    ],
)
def test_sources_are_compared_by_letters_and_counts(
    sources: dict[str, int], expected: list[str]
) -> None:
    rows = pd.DataFrame([(name, name) for name, n in sources.items() for _ in range(n)],
                        columns=["source", "place"])  # fmt: skip
    assert [fault.what for fault in misspelt_sources(rows)] == expected


def test_rows_with_more_or_fewer_cells_than_the_header_are_refused(tmp_path: Path) -> None:
    place = tmp_path / "list.csv"
    place.write_text("path,patient,label\na.png,1,x\nb,c.png,2,x\nd.png,3\ne.png,4,x,\n")
    with pytest.raises(Misspelt, match=r"list.csv:3: 4 cells .*list.csv:4: 2 .*header has 3"):
        rows_of([place], {}, [])


@pytest.mark.parametrize(
    ("path", "expected"),
    [("Train/v.png", "v.png"), ("test_patient_07/v.png", "test_patient_07/v.png")],
)
def test_only_a_folder_that_is_a_side_is_left_out(path: str, expected: str) -> None:
    assert film_name(path) == expected


def test_a_separator_of_two_signs_and_a_list_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Misspelt, match="--separator: 'ab' is not one sign"):
        rows_of(lists(tmp_path), {}, [NET], "ab")
    with pytest.raises(Misspelt, match=r"nope\.csv: no such list"):
        rows_of([tmp_path / "nope.csv"], {}, [])


@pytest.mark.parametrize("after", ["2,c.png,x,train\n", ""])
def test_a_stray_quote_does_not_swallow_the_rows_after_it(tmp_path: Path, after: str) -> None:
    place = tmp_path / "list.csv"
    place.write_text(f'patient,path,label,split\n1,a.png,"normal,train\n1,b.png,x,test\n{after}')
    with pytest.raises(Misspelt, match=r"list\.csv:\d"):
        rows_of([place], {}, [])
