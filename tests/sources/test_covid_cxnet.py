import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from curation.duplicates.groups import groups
from curation.sources.base import Draft, Lost
from curation.sources.covid_cxnet import CovidCxnet
from curation.sources.covid_cxnet.films import read_name
from curation.sources.covid_cxnet.origins import HANNOVER, case
from curation.sources.loading import load
from curation.stages import ingest
from curation.withdrawal.notices import withdrawn
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parent / "fixtures/covid_cxnet"
SAMPLE = ROOT.parent / "shared/data/covidcxnet"
PARAMS = ingest.Params(max_side=1024, max_megapixels=40)
IMAGES = "chest_xray_images/covid19"
SPANS = ("510-673", "686-706")


def source(files: Path, commit: str = "drawn", hannover: tuple[str, ...] = SPANS) -> CovidCxnet:
    return CovidCxnet(files=files, commit=commit, hannover=hannover)


def ingested(folder: Path, files: Path = FIXTURE) -> tuple[pd.DataFrame, pd.DataFrame]:
    out = folder / "working"
    out.mkdir()
    kept, rejected = ingest.main(
        "covid_cxnet", source(files), out, ROOT / "manifests/terms.yaml", PARAMS
    )
    return kept.set_index("source_ref"), rejected


def read(files: Path) -> dict[str, Draft | Lost]:
    return {draft.source_ref: draft for draft in source(files).read(files)}


def clone(folder: Path, *files: str, **cells: str) -> Path:
    """A clone of `files`, drawn, and a table of one row that says `cells`."""
    row = dict.fromkeys(header(), "") | {"filename": "443.png", "label": "COVID-19"} | cells
    (folder / "metadata.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
    (folder / IMAGES).mkdir(parents=True)
    for file in files:
        place = folder / "chest_xray_images" / file if "/" in file else folder / IMAGES / file
        place.parent.mkdir(exist_ok=True)
        shutil.copy(FIXTURE / IMAGES / "443-.png", place)
    return folder


def header() -> list[str]:
    return (FIXTURE / "metadata.csv").read_text("utf-8-sig").splitlines()[0].split(",")


def facts(kept: pd.DataFrame, ref: str) -> dict[str, str]:
    said: dict[str, str] = json.loads(str(kept.loc[ref, "facts"]))
    return said


def test_a_name_is_a_number_and_marks_in_any_letter_case() -> None:
    names = ("443-.png", "487p.JPG", "045P-.jpeg", "0007.jfif", "12", "1000.webp")
    assert [read_name(name) for name in names] == [
        (443, "-"), (487, "p"), (45, "p-"), (7, ""), (12, ""), (1000, ""),
    ]  # fmt: skip
    others = ("443-p.png", "443pp.png", "443 (1).png", "x443.png", ".png", "٤٤٣.png", "")
    assert [read_name(name) for name in others] == [None] * len(others)


def test_the_first_column_is_found_behind_a_byte_order_mark() -> None:
    assert (FIXTURE / "metadata.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert read(FIXTURE)["260"].patient == "12"  # type: ignore[union-attr]  # it is a draft


def test_rows_and_files_that_do_not_meet_are_told(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path)
    assert dict(zip(rejected["record_id"], rejected["reason"], strict=True)) == {
        "covid_cxnet/899.jpg": "missing_image",
        "covid_cxnet/copy of 007.jpg": "unlisted_image",
    }
    assert len(kept) == 19


@pytest.mark.parametrize(
    "called", ["443.PNG", "443.jpg", "443", "0443.jpeg", "443-.png", "443p.png"]
)
def test_a_row_meets_its_file_by_the_number_alone(called: str, tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path, clone(tmp_path, "443.png", filename=called, age="60"))
    assert kept["age_years"].to_dict() == {"443": 60}
    assert rejected.empty


def test_a_film_without_a_row_is_a_patient_with_covid_19_of_its_own(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept.loc[["007", "012"], "finding"].tolist() == ["covid19", "covid19"]
    assert kept.loc["007", "patient_id"] == "covid_cxnet/film-007"
    assert kept["pcr_positive"].isna()["007"]


def test_a_film_without_a_row_is_not_the_patient_of_its_number(tmp_path: Path) -> None:
    # Patient 12 of the table stands on film 260, and film 012 is anybody's.
    kept, _ = ingested(tmp_path)
    assert kept.loc["260", "patient_id"] == "covid_cxnet/12"
    assert kept.loc["012", "patient_id"] not in set(kept["patient_id"].drop("012"))


def test_two_files_of_one_number_are_told_and_neither_is_taken(tmp_path: Path) -> None:
    files = clone(tmp_path, "443.png", "443-.jpg", "444.png", filename="443.png")
    kept, rejected = ingested(tmp_path, files)
    assert list(kept.index) == ["444"]
    assert set(rejected["record_id"].str.removeprefix("covid_cxnet/")) == {
        "metadata.csv, line 2", "443.png", "443-.jpg",
    }  # fmt: skip
    assert set(rejected["reason"]) == {"invalid_field"}
    assert rejected["detail"].str.contains("one number stands for 443-.jpg, 443.png").all()


def test_a_film_told_of_twice_keeps_both_of_its_patients(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    films = kept.loc[["887", "887#38"]]
    assert len(set(films["sha256"])) == 1
    assert films["patient_id"].tolist() == ["covid_cxnet/37", "covid_cxnet/38"]


@pytest.mark.parametrize("called", ["film.png", "../443.png", ""])
def test_a_row_without_a_number_is_told_with_its_line(called: str, tmp_path: Path) -> None:
    lost = read(clone(tmp_path, "443.png", filename=called))["metadata.csv, line 2"]
    assert isinstance(lost, Lost)
    assert (lost.reason, f"{called!r}" in lost.detail) == (Reason.MISSING_IMAGE, True)


def test_a_film_whose_row_is_broken_is_not_made_a_patient_of_its_own(tmp_path: Path) -> None:
    files = clone(tmp_path, "443.png", "444.png")
    table = files / "metadata.csv"
    table.write_text(table.read_text().rstrip() + ",x,y,z\n")
    given = read(files)
    film = given["443"]
    assert isinstance(film, Lost)
    assert film.reason == Reason.INVALID_FIELD
    assert isinstance(given["metadata.csv, line 2"], Lost)
    assert isinstance(given["444"], Draft)


def test_a_folder_beside_the_known_one_is_told_and_not_passed_over(tmp_path: Path) -> None:
    found = read(clone(tmp_path, "443.png", "normal/443.png", "covid19/new/444.png"))
    reasons = {ref: lost.reason for ref, lost in found.items() if isinstance(lost, Lost)}
    assert reasons == dict.fromkeys(("normal/443.png", "new/444.png"), Reason.UNLISTED_IMAGE)


def test_other_names_other_columns_or_no_folder_are_a_changed_layout(tmp_path: Path) -> None:
    clone(tmp_path, "covid (1).png")
    with pytest.raises(Rejected, match=r"no file is called like 443-.png") as verdict:
        read(tmp_path)
    assert verdict.value.reason is Reason.LAYOUT_CHANGED
    (tmp_path / "metadata.csv").write_text("filename,patient_id\n")
    (tmp_path / IMAGES / "443.png").touch()
    with pytest.raises(Rejected, match=r"metadata.csv: no column .*'pcr_test'"):
        read(tmp_path)
    (tmp_path / IMAGES).rename(tmp_path / "films")
    with pytest.raises(Rejected, match="covid19: is no folder"):
        read(tmp_path)


def test_p_marks_a_child_and_an_age_is_a_number_of_years(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept["is_child"].dropna().to_dict() == {"045": True, "487": True}
    # Upstream marks not every child: 485 has an age and no p.
    ages = kept["age_years"].dropna().to_dict()
    assert (ages["374"], ages["757"], ages["485"], ages["887"]) == (0.03, 0.25, 1.5, 17)


def test_a_p_in_the_row_alone_marks_a_child_too(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, clone(tmp_path, "443.png", filename="443p.png"))
    assert kept.loc["443", "is_child"]


def test_a_dash_is_a_clear_film_of_a_patient_and_not_a_normal_one(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert not kept.loc[["012", "045", "531"], "abnormal"].any()
    assert set(kept.loc[["012", "045", "531"], "finding"]) == {"covid19"}


@pytest.mark.parametrize(
    ("file", "called", "opacification", "expected"),
    [
        ("443-.png", "443-.png", "", "False"),
        ("443-.png", "443-.png", "0", "False"),
        ("443-.png", "443-.png", "1", "<NA>"),
        ("443.png", "443.png", "1", "True"),
        ("443.png", "443.png", "0.0", "False"),
        ("443.png", "443.png", "", "<NA>"),
        ("443-.png", "443.png", "", "<NA>"),
        ("443.png", "443-.png", "1", "<NA>"),
    ],
)
def test_where_signs_contradict_each_other_nothing_is_guessed(
    file: str, called: str, opacification: str, expected: str, tmp_path: Path
) -> None:
    files = clone(tmp_path, file, filename=called, opacification=opacification)
    kept, _ = ingested(tmp_path, files)
    assert str(kept.loc["443", "abnormal"]) == expected
    said = facts(kept, "443")
    assert said["filename"] == called
    assert said.get("opacification", "") == opacification
    assert said["file"] == file


@pytest.mark.parametrize(("file", "called"), [("443.png", "443.png"), ("443-.png", "443-.png")])
def test_a_film_without_an_opacity_is_not_clear_where_something_else_is_found(
    file: str, called: str, tmp_path: Path
) -> None:
    files = clone(tmp_path, file, filename=called, opacification="0", other="pneumothorax")
    kept, _ = ingested(tmp_path, files)
    assert kept["abnormal"].isna()["443"]
    assert facts(kept, "443")["other"] == "pneumothorax"


def test_an_opacification_that_is_not_known_is_not_guessed(tmp_path: Path) -> None:
    _, rejected = ingested(tmp_path, clone(tmp_path, "443.png", "444.png", opacification="2"))
    assert rejected["reason"].tolist() == ["unknown_term"]


def test_label_and_test_stay_apart(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert (kept.loc["374", "finding"], kept.loc["374", "pcr_positive"]) == ("covid19", False)
    assert kept.loc["260", "pcr_positive"]
    # Its row leaves the label blank, and the folder does not fill it in.
    assert (kept.loc["756", "finding"], kept.loc["756", "pcr_positive"]) == ("unknown", True)


def test_days_are_since_the_symptoms_and_else_since_the_admission(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept["offset_days"].dropna().to_dict() == {"260": 4, "374": 6, "404": 2}


def test_all_columns_are_told_and_free_text_is_not(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    said = facts(kept, "374")
    assert said == {
        "filename": "374.png", "file": "374.PNG", "survival": "1", "location": "Drawland",
        "admission_offset": "1", "symptom_offset": "6.0", "also_had_ct": "1", "has_fever": "0",
        # Nobody knows what 2 means: it stays a word.
        "has_cough": "2", "has_dyspnea": "1", "has_diarrhea": "2", "spo2": "85",
        "opacification": "1", "other": "pleural effusion", "is_bilateral": "0",
        "case": "https://www.eurorad.org/case/99745",
    }  # fmt: skip
    left_out = {"other_symptoms", "medical_background"}
    ours = {"patient_id", "sex", "age", "view", "label", "pcr_test", "url"}
    assert set(header()) == (set(said) - {"file", "case"}) | ours | left_out
    assert not kept["facts"].str.contains("invented").any()


def test_the_origin_decides_the_licence_and_the_readme_does_not(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    found = kept.loc[["374", "403", "404", "260", "443", "007"], "license"].tolist()
    assert found == ["CC-BY-NC-SA-4.0", "CC-BY-NC-SA-3.0", *["NOASSERTION"] * 4]
    assert "CC-BY-4.0" not in set(kept["license"])


def test_the_address_is_the_origin_or_else_the_file_itself(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept.loc["260", "source_url"] == "https://twitter.com/drawn/status/1"
    assert str(kept.loc["260", "attribution"]).endswith("from https://twitter.com/drawn/status/1")
    own = f"https://raw.githubusercontent.com/armiro/COVID-CXNet/drawn/{IMAGES}"
    assert kept.loc["045", "source_url"] == f"{own}/045p-.jpeg"
    # What is no https address stays a fact.
    assert kept.loc["757", "source_url"] == f"{own}/757.jpg"
    assert facts(kept, "757")["url"] == "figure drawn by hand"


def test_hannovers_films_have_its_address_licence_and_credit(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    films = kept[kept["license"] == "CC-BY-3.0"]
    assert list(films.index) == ["512", "531", "700"]
    assert set(films["source_url"]) == {HANNOVER}
    assert films["attribution"].str.contains("Hannover Medical School").all()


def test_a_row_speaks_before_the_numbers_of_hannover_do(tmp_path: Path) -> None:
    files = clone(tmp_path, "443.png", "444.png")
    found = [one.license for one in source(files, hannover=("443-444",)).read(files)
             if isinstance(one, Draft)]  # fmt: skip
    assert found == ["as its origin", "CC BY 3.0"]


@pytest.mark.parametrize("span", ["673-510", "all", "1-2-3", "-5", ""])
def test_a_span_of_numbers_that_is_none_is_named(span: str) -> None:
    entry = {"files": FIXTURE, "commit": "drawn", "hannover": [span]}
    with pytest.raises(Misspelt, match=r"sources\.covid_cxnet\.hannover"):
        load("covid_cxnet", {"covid_cxnet": entry})


def test_the_page_of_a_case_joins_films_and_that_of_an_article_does_not(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert {ref: study.partition("/")[2] for ref, study in kept["study_id"].dropna().items()} == {
        "374": "https://www.eurorad.org/case/99745",
        "403": "https://radiopaedia.org/cases/drawn-pneumonia-1",
        "404": "https://www.sirm.org/2020/05/14/drawn-caso-1",
        "471": "http://radiopaedia.org/cases/drawn-pneumonia-1",
    }
    grouped = groups(kept.reset_index(), {})
    # Patients 221 and 32: the page was written with https, and with http.
    assert grouped["covid_cxnet/403"] == grouped["covid_cxnet/471"]
    assert grouped["covid_cxnet/443"] != grouped["covid_cxnet/403"]


@pytest.mark.parametrize(
    ("cited", "page"),
    [
        ("https://eurorad.org/case/16744", "https://eurorad.org/case/16744"),
        ("https://radiopaedia.org/cases/a-b?lang=gb", "https://radiopaedia.org/cases/a-b"),
        ("https://radiopaedia.org/cases/a-b/studies/7", "https://radiopaedia.org/cases/a-b"),
        ("https://www.sirm.org/2020/05/14/caso-85/", "https://www.sirm.org/2020/05/14/caso-85"),
        ("https://doi.org/10.0000/cases.2020", ""),
        ("https://drawn.org/content/early/2020/06/25/1399.01809", ""),
        ("https://twitter.com/drawn/status/1", ""),
        ("", ""),
    ],
)
def test_only_three_sites_give_a_case_a_page_of_its_own(cited: str, page: str) -> None:
    assert case(cited) == page


def test_pictures_are_read_by_their_content(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    found = kept.loc[["404", "471", "487", "757", "260", "374"], "format"].tolist()
    assert found == ["JPEG", "WEBP", "PNG", "WEBP", "JPEG", "PNG"]
    assert str(kept.loc["374", "decoding"]) != str(kept.loc["443", "decoding"])


def test_views_of_the_shipped_and_of_the_planned_table_are_known(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    found = kept.loc[["374", "403", "404", "471", "887"], "view"].tolist()
    assert found == ["PA", "AP", "AP_SUPINE", "AP_ERECT", "L"]


def test_a_film_is_frontal_where_no_row_or_no_view_says_from_where(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept.loc[["443", "007", "512"], "view"].tolist() == ["FRONTAL"] * 3


def test_fetch_brings_the_list_then_the_table_and_the_films(tmp_path: Path) -> None:
    commit = "0123456789" * 4
    remotes = source(tmp_path, commit=commit).remotes(tmp_path)
    paths = ("README.md", f"{IMAGES}/374.PNG", "metadata.csv", "models/unet.h5")
    tree = [{"path": path, "type": "blob"} for path in paths]
    (tmp_path / next(remotes).name).write_text(json.dumps({"tree": tree}))
    assert [remote.name for remote in remotes] == [f"{IMAGES}/374.PNG", "metadata.csv"]
    with pytest.raises(Misspelt, match=r"sources\.covid_cxnet\.commit"):
        next(source(tmp_path, commit="master").remotes(tmp_path))


@pytest.mark.sample
@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the real films are not beside the project")
def test_the_real_sample_is_counted(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path, SAMPLE)
    assert rejected["reason"].value_counts().to_dict() == {}
    assert len(kept) == 64
    gone = withdrawn(kept.reset_index(), ROOT / "manifests/withdrawals.csv", 24)
    assert gone.notna().sum() == 7
    assert set(kept["finding"]) == {"covid19"}
    assert kept["patient_id"].str.contains("film-").sum() == 57
    assert kept["license"].value_counts().to_dict() == {
        "NOASSERTION": 44, "CC-BY-3.0": 18, "CC-BY-NC-SA-3.0": 1, "CC-BY-NC-SA-4.0": 1,
    }  # fmt: skip
    assert kept["abnormal"].value_counts().to_dict() == {True: 3, False: 3}
    assert kept["view"].value_counts().to_dict() == {"FRONTAL": 62, "AP": 2}
