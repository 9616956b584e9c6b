import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records import record, records

from curation.versions.diff import applied, applied_id, diff
from curation.versions.told import from_json, to_json
from curation.versions.version import Row, Version, load
from curation.versions.words import told
from manifests.contract.decisions import DECISIONS
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection
from manifests.contract.table import frame, manifest_id_of, read_arrow, write, write_arrow

KNOWN = list(Record.model_fields)
USUAL: dict[str, object] = {"patient_ill": False, "copies": (), "pediatric_evidence": "age"}


def film(name: str, split: str = "train", group: str = "", **given: object) -> Record:
    source = str(given.get("source", "cohen"))
    more = {"group": group or f"{source}/{name}", "split": split}
    return record(name, **{**USUAL, **more, **given})


def left(name: str, reason: str, kept_id: str | None = None) -> Rejection:
    return Rejection(
        record_id=f"cohen/{name}", source="cohen", stage="dedup", reason=reason,
        detail="a copy of another | film", kept_id=kept_id,
    )  # fmt: skip


def version(folder: Path, films: list[Record], gone: list[Rejection] | None = None) -> Version:
    folder.mkdir(exist_ok=True)
    rows = records(films)
    write(folder / "dataset.parquet", rows, Record, {"manifest_id": manifest_id_of(rows)})
    if gone is not None:
        write(folder / "rejected.parquet", frame(gone, Rejection), Rejection)
    return load(folder / "dataset.parquet", folder.name, KNOWN)


VALUES = st.one_of(
    st.none(), st.text(max_size=4), st.integers(-9, 9), st.floats(0, 120), st.booleans(),
    st.lists(st.sampled_from(["covid19", "normal"]), max_size=2),
)  # fmt: skip
ROWS = st.dictionaries(
    st.sampled_from([f"cohen/{n}" for n in range(4)]),
    st.dictionaries(st.sampled_from(DECISIONS[1:]), VALUES, max_size=4),
    max_size=4,
)


def plain(rows: dict[str, dict[str, Any]]) -> Version:
    named: dict[str, Row] = {
        key: {**dict.fromkeys(DECISIONS), **row, "record_id": key} for key, row in rows.items()
    }
    return Version(name="drawn", rows=named, rejected=[])


@given(ROWS, ROWS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=100)
def test_a_with_the_difference_applied_is_b(
    one: dict[str, dict[str, Any]], other: dict[str, dict[str, Any]]
) -> None:
    a, b = plain(one), plain(other)
    change = from_json(json.dumps(to_json(a, b, diff(a, b))))
    assert applied(a.rows, change) == b.rows
    assert applied_id(a.rows, change) == b.manifest_id
    assert change == diff(a, b)


def test_the_id_after_a_difference_is_the_one_stamped_into_b(tmp_path: Path) -> None:
    a = version(tmp_path / "a", [film("1"), film("2")], [])
    b = version(tmp_path / "b", [film("2", age_years=None), film("3", findings=("covid19",))], [])
    assert applied_id(a.rows, from_json(json.dumps(to_json(a, b, diff(a, b))))) == b.stamped


def test_every_decision_that_changes_is_seen(tmp_path: Path) -> None:
    a = version(tmp_path / "a", [film("1")])
    for column in DECISIONS[1:]:
        row: Row = {**a.rows["cohen/1"], column: "another"}
        b = Version(name="b", rows={"cohen/1": row}, rejected=None)
        assert [list(edit.columns) for edit in diff(a, b).changed] == [[column]]


def test_each_change_stands_under_its_name(tmp_path: Path) -> None:
    a = version(tmp_path / "a", [film(n) for n in ("1", "2", "3", "4", "5", "6")])
    b = version(tmp_path / "b", [
        film("1", finding="normal"), film("2", split="test"), film("3", license="CC0-1.0"),
        film("4", group="cohen/other"), film("5", age_years=7.0), film("6", sha256="0" * 64),
    ])  # fmt: skip
    found = {edit.record_id[-1]: edit.kinds for edit in diff(a, b).changed}
    assert found == {
        "1": ["relabelled"], "2": ["resplit"], "3": ["relicensed"], "4": ["regrouped"],
        "5": ["other"], "6": ["replaced"],
    }  # fmt: skip


def test_a_film_that_left_is_told_with_its_reason(tmp_path: Path) -> None:
    a = version(tmp_path / "a", [film("1"), film("2"), film("3")], [left("9", "duplicate")])
    b = version(tmp_path / "b", [film("1")], [left("2", "duplicate", "cohen/1")])
    change = diff(a, b)
    assert [(gone.record_id, gone.reason, gone.kept_id) for gone in change.removed] == [
        ("cohen/2", "duplicate", "cohen/1"), ("cohen/3", "left_source", None),
    ]  # fmt: skip
    assert (dict(change.came), dict(change.went)) == (
        {("cohen", "dedup", "duplicate"): 1}, {("cohen", "dedup", "duplicate"): 1},
    )  # fmt: skip
    words = told(a, b, change, 20)
    assert "- cohen/2 (duplicate, at dedup; cohen/1 stays): a copy of another &#124; film" in words
    assert "- cohen/3 (left source)" in words


def test_films_that_changed_sides_are_told_with_the_groups_that_became_one(tmp_path: Path) -> None:
    a = version(tmp_path / "a", [film("1", "train", "g1"), film("2", "test", "g2")])
    b = version(
        tmp_path / "b",
        [film("1", "test", "g2"), film("2", "test", "g2"), film("0", "test", "g2", source="sirm")],
    )
    change = diff(a, b)
    (one,) = change.merged
    assert (one.into, list(one.groups), list(one.moved)) == ("g2", ["g1", "g2"], ["cohen/1"])
    assert list(one.joined_by) == ["sirm/0"]
    assert "- g1 + g2 are now g2; changed sides: cohen/1; new films in it: sirm/0" in told(
        a, b, change, 20
    )
    assert dict(diff(b, a).parted) == {"g2": ["g1", "g2"]}


def test_a_manifest_of_an_older_declaration_still_differs(tmp_path: Path) -> None:
    b = version(tmp_path / "b", [film("1", is_child=True)])
    old = tmp_path / "a/dataset.parquet"
    made = read_arrow(tmp_path / "b/dataset.parquet").drop_columns(["is_child", "facts"])
    write_arrow(old, made.append_column("colour", made["license"]))
    a = load(old, "a", KNOWN)
    change = diff(a, b)
    assert change.changed[0].columns == {"is_child": (None, True)}
    words = told(a, b, change, 20)
    assert "A is of an older declaration; these columns count as empty: is_child, facts." in words
    assert "A has columns unknown here, not compared: colour." in words


def test_a_long_list_is_cut_and_says_so(tmp_path: Path) -> None:
    a, b = version(tmp_path / "a", []), version(tmp_path / "b", [film(str(n)) for n in range(9)])
    assert "- and 7 more: `--most 0` or `--json` tells all" in told(a, b, diff(a, b), 2)
    assert "more" not in told(a, b, diff(a, b), 0)
