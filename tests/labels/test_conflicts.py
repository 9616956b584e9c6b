"""From merged records to `conflicts.parquet`; the films are copies by their pixels."""

from pathlib import Path

import pandas as pd
from project import ROOT
from records import record, records
from textures import texture

from curation.corrections import corrected
from curation.labels.conflicts import Side, conflicts
from curation.licenses import Licenses
from curation.stages import dedup
from curation.verdict import Verdict
from manifests.contract.record import Record
from manifests.contract.table import frame, to_arrow
from manifests.contract.working import WorkingCopies, write_working

PARAMS = dedup.Params(candidates=2, copy_at_least=0.99, same_patient_at_least=0.99)
LICENSES = Licenses.load(ROOT / "manifests/licenses.yaml")
LINE = "record_id,column,value,reason,who,when\n"
PAIR = "a_sha256,b_sha256,verdict,who,when\n"
SAME: dict[str, object] = {"pixel_sha256": "2" * 64}
"""Two files with one picture."""


def done(
    folder: Path, *rows: Record, correction: str = "", pair: str = "", alike: bool = False
) -> tuple[Verdict, pd.DataFrame]:
    """What dedup keeps of the rows, and what is disputed."""
    (folder / "corrections.csv").write_text(LINE + correction)
    (folder / "pairs.csv").write_text(PAIR + pair)
    table = corrected(records(rows), folder / "corrections.csv", LICENSES)
    write_working(
        folder, ((row.record_id, texture(0 if alike else n)) for n, row in enumerate(rows))
    )
    copies = WorkingCopies([folder])
    verdict, pairs = dedup.main(table, frame([], Record), copies, folder / "pairs.csv", PARAMS)
    return verdict, conflicts(table, verdict.kept, pairs)


def film(name: str, **given: object) -> Record:
    return record(name, **{**SAME, **given})


def test_copies_that_contradict_are_listed_with_both_sides_and_flagged(tmp_path: Path) -> None:
    rows = film("164"), film("196-", abnormal=False, source="figure1", finding_text="no finding")
    verdict, sides = done(tmp_path, *rows)
    assert len(to_arrow(sides, Side)) == 2
    assert verdict.kept["is_conflict"].tolist() == [True]
    assert verdict.kept["label_rule"].tolist() == ["conflict"]
    assert sides["record_id"].tolist() == ["cohen/164", "figure1/196-"]
    assert sides["rule"].tolist() == ["conflict"] * 2
    assert sides["finding_text"].tolist() == ["COVID-19", "no finding"]
    assert sides["partner"].tolist() == ["figure1/196-", "cohen/164"]
    assert sides["score"].tolist() == [1.0, 1.0]
    assert "one of them is clear" in verdict.rejected["detail"].iloc[0]


def test_the_film_whose_word_counts_is_the_one_that_stays(tmp_path: Path) -> None:
    rows = film("large", finding="pneumonia", width=900), film("small", width=300)
    verdict, sides = done(tmp_path, *rows)
    assert verdict.kept["record_id"].tolist() == ["cohen/small"]
    assert verdict.kept["label_rule"].tolist() == ["more_specific"]
    assert verdict.kept["is_conflict"].tolist() == [False]
    assert dict(zip(sides["record_id"], sides["is_counting"], strict=True)) == {
        "cohen/large": False,
        "cohen/small": True,
    }
    assert "more specific" in verdict.rejected["detail"].iloc[0]


def test_one_line_of_corrections_settles_a_conflict(tmp_path: Path) -> None:
    rows = film("a", finding="normal", abnormal=False), film("b", width=300)
    assert done(tmp_path, *rows)[0].kept["is_conflict"].tolist() == [True]
    line = "cohen/b,findings,covid19,looked at it,A. Rossi,2026-01-02\n"
    verdict, sides = done(tmp_path, *rows, correction=line)
    assert verdict.kept["record_id"].tolist() == ["cohen/b"]
    assert verdict.kept["label_rule"].tolist() == ["corrected_by_a_person"]
    assert verdict.kept["corrected"].tolist() == [["findings"]]
    assert sides["is_corrected"].tolist() == [False, True]


def test_one_line_of_pairs_settles_a_conflict(tmp_path: Path) -> None:
    one, other = record("a", finding="normal"), record("b")
    assert done(tmp_path, one, other, alike=True)[0].kept["is_conflict"].tolist() == [True]
    line = f"{one.sha256},{other.sha256},different,A. Rossi,2026-01-02\n"
    verdict, sides = done(tmp_path, one, other, pair=line, alike=True)
    assert verdict.kept["is_conflict"].tolist() == [False, False]
    assert sides.empty


def test_a_film_that_its_test_contradicts_is_listed_and_stays(tmp_path: Path) -> None:
    rows = record("a", pcr_positive=False), record("b", finding="normal", pcr_positive=True)
    verdict, sides = done(tmp_path, *rows, record("c", pcr_positive=True))
    assert verdict.kept["is_conflict"].tolist() == [False] * 3
    assert sides["record_id"].tolist() == ["cohen/a", "cohen/b"]
    assert sides["kind"].tolist() == ["test"] * 2
    assert sides["rule"].isna().all()


def test_two_findings_in_one_study_are_listed_only(tmp_path: Path) -> None:
    rows = record("a", study_id="cohen/s"), record("b", study_id="cohen/s", finding="normal")
    verdict, sides = done(tmp_path, *rows, record("c", study_id="cohen/s", finding="pneumonia"))
    assert verdict.kept["is_conflict"].tolist() == [False] * 3
    assert sides["kind"].tolist() == ["study"] * 3
    assert sides["case"].tolist() == ["cohen/a"] * 3


def test_nothing_disputed_is_an_empty_table_as_declared(tmp_path: Path) -> None:
    verdict, sides = done(tmp_path, film("a"), film("b"))
    assert len(to_arrow(sides, Side)) == 0
    assert verdict.kept["label_rule"].isna().all()


def test_the_order_of_the_records_decides_nothing(tmp_path: Path) -> None:
    rows = film("a"), film("b", finding="pneumonia", width=900), film("c", finding="unknown")
    one, other = done(tmp_path, *rows), done(tmp_path, *rows[::-1])
    assert to_arrow(one[0].kept, Record).equals(to_arrow(other[0].kept, Record))
    assert to_arrow(one[1], Side).equals(to_arrow(other[1], Side))
