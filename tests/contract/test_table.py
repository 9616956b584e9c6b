import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from records import record, records

from manifests.contract.column import columns
from manifests.contract.decisions import DECISIONS, manifest_id
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection
from manifests.contract.table import (
    BrokenTable,
    arrow_schema,
    check_counts,
    check_records,
    frame,
    manifest_id_of,
    read,
    to_arrow,
    write,
)


def sha256(place: Path) -> str:
    return hashlib.sha256(place.read_bytes()).hexdigest()


def test_every_column_has_one_writer_and_a_meaning() -> None:
    for name, column in columns(Record).items():
        assert column.writer in {"ingest", "merge", "dedup", "filter", "split"}, name
        assert len(column.meaning) > 5, name
    assert list(columns(Record)) == arrow_schema(Record).names


def test_a_table_comes_back_as_it_was(tmp_path: Path) -> None:
    rows = [record("a", age_years=None, offset_days=-4), record("b", copies=("cohen/c",))]
    write(tmp_path / "t.parquet", records(rows), Record)
    back = read(tmp_path / "t.parquet", Record)
    assert back["record_id"].tolist() == ["cohen/a", "cohen/b"]
    assert back["age_years"].isna().tolist() == [True, False]
    assert back["offset_days"].iloc[0] == -4
    assert list(back["copies"].iloc[1]) == ["cohen/c"]
    assert back["age_years"].iloc[1] == 50.0


def test_equal_rows_in_any_order_give_equal_bytes(tmp_path: Path) -> None:
    rows = [record(name) for name in "cab"]
    write(tmp_path / "one.parquet", records(rows), Record)
    write(tmp_path / "two.parquet", records(rows[::-1]), Record)
    assert sha256(tmp_path / "one.parquet") == sha256(tmp_path / "two.parquet")


def test_a_column_too_many_or_too_few_is_named() -> None:
    rows = records([record("a")])
    with pytest.raises(BrokenTable, match="colour"):
        to_arrow(rows.assign(colour="red"), Record)
    with pytest.raises(BrokenTable, match="license"):
        to_arrow(rows.drop(columns="license"), Record)


def test_a_word_in_a_number_column_is_refused() -> None:
    rows = records([record("a")]).astype({"width": object})
    rows["width"] = "wide"
    with pytest.raises(BrokenTable, match="wide"):
        to_arrow(rows, Record)


def test_a_damaged_or_foreign_file_is_refused_with_its_name(tmp_path: Path) -> None:
    place = tmp_path / "t.parquet"
    write(place, records([record("a")]), Record)
    with pytest.raises(BrokenTable, match=r"t\.parquet.*Rejection"):
        read(place, Rejection)
    place.write_bytes(place.read_bytes()[:-100])
    with pytest.raises(BrokenTable, match=r"t\.parquet"):
        read(place, Record)


@pytest.mark.parametrize(
    ("stage", "rows", "found"),
    [
        ("ingest", [record("a"), record("a")], "stand twice"),
        ("dedup", [record("a", copies=(), group="g")], "patient_ill"),
        ("dedup", [record("a", patient_ill=False, copies=())], "group"),
        ("ingest", [record("a", record_id="nih/a")], "start with their source"),
    ],
)
def test_each_broken_invariant_is_named(stage: str, rows: list[Record], found: str) -> None:
    with pytest.raises(BrokenTable, match=found):
        check_records(records(rows), stage)


def test_a_group_on_two_sides_stops_the_road() -> None:
    ready = {"patient_ill": False, "copies": (), "group": "g", "pediatric_evidence": "age 50 years"}
    rows = [record("a", split="train", **ready), record("b", split="test", **ready)]
    with pytest.raises(BrokenTable, match="two sides"):
        check_records(records(rows), "split")
    rows[1] = record("b", split="train", **ready)
    check_records(records(rows), "split")


def test_a_lost_row_stops_the_road() -> None:
    check_counts("dedup", 10, 7, 3)
    with pytest.raises(BrokenTable, match="10 came in, 7 kept"):
        check_counts("dedup", 10, 7, 2)


def test_the_manifest_id_follows_the_decisions_and_nothing_else() -> None:
    rows = [record("a", split="train"), record("b", split="test")]
    first = manifest_id_of(records(rows))
    assert manifest_id_of(records(rows[::-1])) == first
    assert manifest_id_of(records([rows[0], record("b", split="train")])) != first
    assert manifest_id_of(records([rows[0], record("b", split="test", mean=1.0)])) == first


@pytest.mark.parametrize(
    "decision",
    [
        {"findings": ("covid19", "ards")},
        {"view": "AP"},
        {"copies": ("cohen/c",)},
        {"pediatric": False},
        {"attribution": "B. Bianchi"},
    ],
    ids=str,
)
def test_every_decision_moves_the_manifest_id(decision: dict[str, object]) -> None:
    assert manifest_id_of(records([record("a", **decision)])) != manifest_id_of(
        records([record("a")])
    )


def test_a_list_in_the_manifest_id_is_its_values_whatever_holds_it() -> None:
    whole = manifest_id([(("a", "b"), None)])
    assert manifest_id([(np.array(["a", "b"], object), None)]) == whole
    assert manifest_id([(["a,b"], None)]) != whole
    assert set(DECISIONS) <= set(columns(Record))


def test_an_empty_table_keeps_its_schema(tmp_path: Path) -> None:
    write(tmp_path / "none.parquet", frame([], Rejection), Rejection)
    back = read(tmp_path / "none.parquet", Rejection)
    assert isinstance(back, pd.DataFrame)
    assert list(back) == list(columns(Rejection))
