import shutil
from pathlib import Path

import pandas as pd
import pytest

from curation.sources.base import Draft, Lost
from curation.sources.covidgr import Covidgr
from curation.stages import ingest
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parent / "fixtures/covidgr"
ARCHIVE = "COVIDGR_1.0"
PARAMS = ingest.Params(max_side=1024, max_megapixels=40)
ILL = ["P/drawn001.jpg", "P/drawn002.jpg", "P/drawn003.JPG", "P/drawn004.jpg", "P/drawn005.jpg"]
CLEAR_ILL, *_, UNGRADED = ILL
NORMAL = ["N/drawn001.jpg", "N/drawn002.jpg", "N/drawn003.jpeg"]


def source(files: Path = FIXTURE, severity: str = "severity.csv") -> Covidgr:
    return Covidgr(files=files, severity=severity)


def ingested(folder: Path, files: Path = FIXTURE) -> tuple[pd.DataFrame, pd.DataFrame]:
    terms = ROOT / "manifests/terms.yaml"
    kept, rejected = ingest.main("covidgr", source(files), folder, terms, PARAMS)
    return kept.set_index("source_ref"), rejected


def read(files: Path, severity: str = "severity.csv") -> dict[str, Draft | Lost]:
    return {one.source_ref: one for one in source(files, severity).read(files)}


def copied(folder: Path) -> Path:
    shutil.copytree(FIXTURE, folder / "files")
    return folder / "files"


def test_the_folder_says_what_the_patient_has_and_what_the_test_found(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert set(kept.loc[ILL, "finding"]) == {"covid19"}
    assert kept.loc[ILL, "pcr_positive"].all()
    assert set(kept.loc[NORMAL, "finding"]) == {"normal"}
    # The authors state a test for the positive films only.
    assert kept.loc[NORMAL, "pcr_positive"].isna().all()


def test_each_grade_becomes_our_severity_and_a_normal_film_has_none(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept["severity"].dropna().to_dict() == dict(
        zip(ILL, ("none", "mild", "moderate", "severe"), strict=False)
    )


def test_the_clear_film_of_an_ill_patient_is_not_a_healthy_persons(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept["finding"].to_dict()[CLEAR_ILL] == "covid19"
    assert kept["abnormal"].dropna().to_dict() == {
        CLEAR_ILL: False, ILL[1]: True, ILL[2]: True, ILL[3]: True, **dict.fromkeys(NORMAL, False),
    }  # fmt: skip


def test_a_positive_film_without_a_grade_is_kept_as_one(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept["finding"].to_dict()[UNGRADED] == "covid19"
    assert kept["severity"].isna().to_dict()[UNGRADED]
    assert kept["abnormal"].isna().to_dict()[UNGRADED]


def test_a_grade_without_a_film_and_all_that_lies_elsewhere_are_told(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path)
    assert dict(zip(rejected["record_id"], rejected["reason"], strict=True)) == {
        "covidgr/P/drawn009": "missing_image",
        "covidgr/N/notes.txt": "unlisted_image",
        "covidgr/other/drawn001.jpg": "unlisted_image",
    }
    assert len(kept) == len(ILL) + len(NORMAL)


def test_the_same_name_in_both_folders_is_two_films_of_two_patients(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept["patient_id"].is_unique
    assert {"covidgr/P/drawn001.jpg", "covidgr/N/drawn001.jpg"} <= set(kept["patient_id"])


def test_every_film_is_pa_and_age_and_sex_are_not_made_up(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert set(kept["view"]) == {"PA"}
    assert kept[["age_years", "sex", "is_child"]].isna().all(axis=None)
    assert set(kept["license"]) == {"NOASSERTION"}


def test_a_film_is_read_by_its_content(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept["format"].to_dict()["N/drawn002.jpg"] == "PNG"


def test_a_folder_inside_a_folder_and_a_loose_film_are_told(tmp_path: Path) -> None:
    files = copied(tmp_path)
    (files / ARCHIVE / "P/more").mkdir()
    for place in ("P/more/a.jpg", "loose.jpg"):
        shutil.copy(files / ARCHIVE / NORMAL[0], files / ARCHIVE / place)
    found = read(files)
    assert isinstance(found["P/more/a.jpg"], Lost)
    assert isinstance(found["loose.jpg"], Lost)


def test_the_table_may_lie_beside_the_folders_and_have_another_name(tmp_path: Path) -> None:
    files = copied(tmp_path)
    before = list(read(files))
    (files / "severity.csv").rename(files / ARCHIVE / "grades of positives.csv")
    again = read(files, "grades of positives.csv")
    assert list(again) == before
    assert isinstance(graded := again[ILL[3]], Draft)
    assert graded.severity == "SEVERE"


def test_the_folder_may_have_any_name_or_be_the_archive_itself(tmp_path: Path) -> None:
    files = copied(tmp_path)
    before = list(read(files))
    (files / ARCHIVE).rename(files / "release")
    assert list(read(files)) == before
    (files / "severity.csv").rename(files / "release/severity.csv")
    assert list(read(files / "release")) == before


def test_without_a_table_all_positive_films_are_ungraded(tmp_path: Path) -> None:
    files = copied(tmp_path)
    found = read(files, severity="")
    grades = {one.severity for one in found.values() if isinstance(one, Draft)}
    assert grades == {""}
    assert set(ILL) <= set(found)
    with pytest.raises(Rejected, match=r"grades\.csv: is no file"):
        read(files, "grades.csv")


def test_a_grade_that_is_not_known_is_not_guessed(tmp_path: Path) -> None:
    files = copied(tmp_path)
    table = files / "severity.csv"
    table.write_text(table.read_text().replace("SEVERE", "CRITICAL"))
    _, rejected = ingested(tmp_path, files)
    reasons = rejected.set_index("record_id")["reason"].to_dict()
    assert reasons[f"covidgr/{ILL[3]}"] == "unknown_term"


def test_a_film_that_is_graded_twice_is_kept_once(tmp_path: Path) -> None:
    files = copied(tmp_path)
    with (files / "severity.csv").open("a") as table:
        table.write("drawn002,SEVERE\n")
    kept, rejected = ingested(tmp_path, files)
    assert kept["severity"].to_dict()[ILL[1]] == "mild"
    assert rejected["reason"].value_counts()["invalid_field"] == 1


def test_without_both_folders_the_layout_has_changed(tmp_path: Path) -> None:
    files = copied(tmp_path)
    (files / ARCHIVE / "N").rename(files / ARCHIVE / "negative")
    with pytest.raises(Rejected, match="no folder here holds P and N") as verdict:
        read(files)
    assert verdict.value.reason is Reason.LAYOUT_CHANGED


def test_two_archives_side_by_side_are_refused(tmp_path: Path) -> None:
    files = copied(tmp_path)
    shutil.copytree(files / ARCHIVE, files / "COVIDGR_2.0")
    with pytest.raises(Rejected, match=r"both COVIDGR_1\.0 and COVIDGR_2\.0"):
        read(files)


def test_fetch_says_where_the_release_is_and_where_it_goes(tmp_path: Path) -> None:
    with pytest.raises(Misspelt, match=r"releases/tag/1\.0") as fault:
        source(tmp_path).remotes(tmp_path)
    assert str(tmp_path) in str(fault.value)
