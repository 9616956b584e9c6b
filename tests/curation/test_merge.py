import logging
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from records import record, records

from curation.stages import merge
from curation.verdict import Verdict
from manifests.contract.params import Misspelt
from manifests.contract.table import check_counts, check_records

Run = Callable[..., Verdict]
LICENSES = Path(__file__).parents[2] / "manifests/licenses.yaml"
PARAMS = merge.Params(withdrawn_within=24)
FIXES, GONE = "record_id,column,value,reason,who,when\n", "kind,value,reason,when\n"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def merged(*tables: pd.DataFrame, fixes: str = "", gone: str = "") -> Verdict:
        corrections, withdrawals = tmp_path / "corrections.csv", tmp_path / "withdrawals.csv"
        corrections.write_text(FIXES + fixes)
        withdrawals.write_text(GONE + gone)
        verdict = merge.main(tables, corrections, withdrawals, LICENSES, PARAMS)
        check_counts("merge", sum(map(len, tables)), len(verdict.kept), len(verdict.rejected))
        check_records(verdict.kept, "merge")
        return verdict

    return merged


def test_a_correction_changes_one_cell(run: Run) -> None:
    verdict = run(
        records([record("a"), record("b")]),
        fixes="cohen/a,age_years,61,read the caption,r1,2026-01-01\n"
        "cohen/b,findings,covid19|ards,second reader,r1,2026-01-01\n",
    )
    rows = verdict.kept.set_index("record_id")
    assert rows.loc["cohen/a", "age_years"] == 61
    assert verdict.kept["findings"].map(list).tolist()[1] == ["covid19", "ards"]
    assert rows.loc["cohen/b", "finding_text"] == "COVID-19"


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("license", "CC0-1.0", "CC0-1.0"), ("attribution", "B. Bianchi", "B. Bianchi"),
        ("patient_id", "cohen/9", "cohen/9"), ("study_id", "cohen/s", "cohen/s"),
        ("age_years", "7.5", 7.5), ("is_child", "true", True), ("sex", "F", "F"),
        ("view", "AP", "AP"), ("modality", "CT", "CT"), ("offset_days", "-2", -2),
        ("findings", "ards|covid19", ["covid19", "ards"]), ("uncertain", "ards", ["ards"]),
        ("found_elsewhere", "covid19|sars", ["covid19", "sars"]), ("abnormal", "false", False),
        ("severity", "mild", "mild"), ("pcr_positive", "true", True),
        ("official_split", "test", "test"),
    ],
)  # fmt: skip
def test_every_column_that_a_person_may_need_is_correctable(
    run: Run, column: str, value: str, expected: object
) -> None:
    kept = run(records([record("a")]), fixes=f"cohen/a,{column},{value},read again,r1,d\n").kept
    found = kept[column].iloc[0]
    assert (found if isinstance(expected, str | float | int) else list(found)) == expected


@pytest.mark.parametrize("column", ["uncertain", "age_years", "severity", "is_child"])
def test_an_empty_correction_says_that_it_is_not_known(run: Run, column: str) -> None:
    film = record("a", uncertain=("ards",), age_years=5.0, severity="mild", is_child=True)
    kept = run(records([film]), fixes=f"cohen/a,{column},,taken back,r1,d\n").kept
    assert kept[column].isna().all()


def test_a_correction_of_a_film_that_is_not_here_is_told(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        run(records([record("a")]), fixes="cohen/typo,age_years,61,read again,r1,d\n")
    assert "corrections.csv:2: no record cohen/typo here" in caplog.text


@pytest.mark.parametrize(
    ("fix", "found"),
    [
        ("cohen/a,uncertain,flu,x,r,d\n", "cohen/a makes uncertain"),
        ("cohen/a,severity,awful,x,r,d\n", "cohen/a makes severity = 'awful'"),
        ("cohen/a,sha256,0,x,r,d\n", r"corrections\.csv:2: 'sha256' cannot be corrected"),
        ("cohen/a,age_years,old,x,r,d\n", "cohen/a makes age_years = 'old'"),
        ("cohen/a,findings,covid,x,r,d\n", "cohen/a makes finding = 'covid'"),
        (
            "cohen/a,findings,normal,x,r,d\ncohen/a,abnormal,true,x,r,d\n",
            "cohen/a makes abnormal = 'true': .* normal shows no disease",
        ),
        ("cohen/a,license,CC-BY-5.0,x,r,d\n", r"corrections\.csv:2: license 'CC-BY-5.0' is not in"),
        ("cohen/gone,license,,x,r,d\n", r"corrections\.csv:2: license '' is not in"),
        ("cohen/a,age_years,61\n", r"corrections\.csv:2: 3 cells found, 6 needed"),
    ],
)
def test_an_impossible_correction_is_named(run: Run, fix: str, found: str) -> None:
    with pytest.raises(Misspelt, match=found):
        run(records([record("a")]), fixes=fix)


@pytest.mark.parametrize(
    ("before", "fixes", "expected"),
    [
        ({"finding": "normal", "abnormal": False}, "findings,covid19", None),
        ({"finding": "covid19", "abnormal": True}, "findings,normal", False),
        ({"finding": "covid19", "abnormal": False}, "findings,sars|sars", False),
        ({"finding": "normal", "abnormal": False}, "findings,covid19;abnormal,true", True),
        ({"finding": "normal", "abnormal": False}, "abnormal,true;findings,covid19", True),
    ],
)
def test_abnormal_follows_a_corrected_finding(
    *, run: Run, before: dict[str, object], fixes: str, expected: bool | None
) -> None:
    lines = "".join(f"cohen/a,{fix},reread,r1,2026-01-01\n" for fix in fixes.split(";"))
    kept = run(records([record("a", **before)]), fixes=lines).kept
    shown = kept["abnormal"].iloc[0]
    assert (None if pd.isna(shown) else bool(shown)) is expected


def test_a_withdrawn_patient_leaves_with_all_films(run: Run) -> None:
    rows = [record(name, patient_id="cohen/7") for name in "ab"] + [record("c")]
    verdict = run(records(rows), gone="patient_id,cohen/7,asked by the hospital,2026-01-01\n")
    assert verdict.kept["record_id"].tolist() == ["cohen/c"]
    assert set(verdict.rejected["reason"]) == {"withdrawn"}
    assert verdict.rejected["detail"].str.contains("asked by the hospital").all()


def test_the_pixels_of_a_withdrawn_film_leave_whichever_source_they_came_by(run: Run) -> None:
    film = record("a")
    twin = record("b", source="sirm", pixel_sha256=film.pixel_sha256)
    verdict = run(records([film, record("c")]), records([twin]), gone="record_id,cohen/a,asked,d\n")
    assert verdict.kept["record_id"].tolist() == ["cohen/c"]
    assert verdict.rejected.set_index("record_id").loc["sirm/b", "detail"] == (
        "the same pixels as cohen/a, withdrawn on d by record_id: asked"
    )


@pytest.mark.parametrize("kind", ["sha256", "pixel_sha256"])
def test_a_hash_in_capitals_withdraws_too(run: Run, kind: str) -> None:
    film = record("a")
    verdict = run(records([film]), gone=f"{kind},{getattr(film, kind).upper()},asked,2026\n")
    assert verdict.rejected["record_id"].tolist() == ["cohen/a"]


def test_a_withdrawal_of_no_film_is_told(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        run(records([record("a")]), gone="record_id,cohen/typo,asked,2026\n")
    assert "withdrawals.csv:2: no film here has the record_id cohen/typo" in caplog.text


@pytest.mark.parametrize("given", [{"source": "sirm"}, {"is_drawn": True}])
def test_withdrawals_of_sources_that_are_not_here_are_told_in_one_line(
    run: Run, caplog: pytest.LogCaptureFixture, given: dict[str, object]
) -> None:
    gone = "record_id,cohen/x,asked,2026\nrecord_id,cohen/y,asked,2026\n"
    with caplog.at_level(logging.INFO):
        run(records([record("a", **given)]), gone=gone)
    assert "2 lines are of sources that this profile leaves out or draws, such as cohen/x" in (
        caplog.text
    )
    assert "nothing withdrawn" not in caplog.text


def test_an_unknown_kind_of_withdrawal_is_named(run: Run) -> None:
    with pytest.raises(Misspelt, match="kind 'isbn'"):
        run(records([record("a")]), gone="isbn,10.1/x,r,2026\n")


def test_no_source_at_all_gives_empty_tables(run: Run) -> None:
    verdict = run()
    assert len(verdict.kept) == len(verdict.rejected) == 0


def test_two_corrections_that_contradict_are_named(run: Run) -> None:
    twice = "cohen/a,age_years,61,x,r,d\ncohen/a,age_years,16,y,r,d\n"
    with pytest.raises(Misspelt, match=r"csv:3: gives age_years of cohen/a another value than"):
        run(records([record("a")]), fixes=twice)
