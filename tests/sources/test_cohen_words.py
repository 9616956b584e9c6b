"""What Cohen's table says of a film, in the words of 2020, and what becomes of it on the road."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from curation.licenses import Licenses
from curation.sources.cohen import Cohen
from curation.stages import dedup, filter, ingest  # noqa: A004 - the stage is called so
from manifests.contract.labels import label_of
from manifests.contract.record import Record
from manifests.contract.table import frame
from manifests.contract.working import WorkingCopies

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parent / "fixtures/cohen"
TERMS = ROOT / "manifests/terms.yaml"
PARAMS = ingest.Params(max_side=1024, max_megapixels=40)
COLUMNS = (
    "patientid,offset,sex,age,finding,RT_PCR_positive,survival,intubated,temperature,"
    "needed_supplemental_O2,pO2_saturation,view,modality,date,location,folder,filename,doi,url,"
    "license,clinical_notes,other_notes,"
)
USUAL = {
    "patientid": "1", "age": "50", "finding": "COVID-19", "view": "PA", "modality": "X-ray",
    "date": "March 3, 2020", "folder": "images", "url": "https://example.org/paper",
    "license": "CC BY 4.0", "clinical_notes": "Fever since Monday.",
}  # fmt: skip
TASK = yaml.safe_load((ROOT / "params.yaml").read_text())["tasks"]["three_class"]
LICENSES = Licenses.load(ROOT / "manifests/licenses.yaml")
# Its films are small textures, so that pixels must not count.
ADULTS = filter.Params(
    adult_from_years=18, unknown_age="keep", unknown_view="keep", overrule_from=1,
    pediatric_rule="ignore", pediatric_from=0.9, quality="keep", early="keep",
    contradicted_by_test="keep",
)  # fmt: skip
NONE = frame([], Record)
PICTURES = sorted((FIXTURE / "images").iterdir())


def clone(folder: Path, *rows: dict[str, str]) -> Path:
    """A clone with a table of `rows`, each with a picture of its own unless it is `gone`."""
    (folder / "images").mkdir(parents=True)
    lines = [COLUMNS]
    for number, row in enumerate(rows):
        name = row.get("filename", f"{number}.png")
        if "gone" not in row:
            shutil.copy(PICTURES[number % len(PICTURES)], folder / "images" / name)
        cells = {**USUAL, "filename": name, **row}
        lines.append(",".join(f'"{cells.get(column, "")}"' for column in COLUMNS.split(",")))
    (folder / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


def ingested(files: Path, out: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    out.mkdir(exist_ok=True)
    return ingest.main("cohen", Cohen(files=files, commit="drawn"), out, TERMS, PARAMS)


def one(folder: Path, **row: str) -> "pd.Series[Any]":
    """The record of a table with this one row."""
    return ingested(clone(folder / "clone", row), folder / "out")[0].iloc[0]


def labels(folder: Path, *rows: dict[str, str]) -> dict[str, str | None]:
    """The label of every film that stays after dedup and filter, by its number in `rows`."""
    kept, _ = ingested(clone(folder / "clone", *rows), folder / "out")
    reviewed = folder / "pairs.csv"
    reviewed.write_text("a_sha256,b_sha256,verdict,who,when\n")
    near = dedup.Params(candidates=10, copy_at_least=0.999, same_patient_at_least=0.999)
    copies = WorkingCopies([folder / "out"])
    grouped = dedup.main(kept, NONE, copies, reviewed, near)[0].kept
    stays = filter.main(grouped, NONE, LICENSES, ADULTS).kept
    return {
        Path(str(row["source_ref"])).stem: label_of(
            TASK, finding=row["finding"], abnormal=row["abnormal"], patient_ill=row["patient_ill"]
        )
        for _, row in stays.astype(object).where(stays.notna(), None).iterrows()
    }


@pytest.mark.parametrize(
    ("finding", "label"),
    [("COVID-19", "covid19"), ("COVID-19, ARDS", "covid19"),
     ("Pneumonia/Viral/COVID-19", "covid19"),
     ("Streptococcus", "cap"), ("Pneumonia/Bacterial/Klebsiella", "cap"), ("Legionella", "cap"),
     ("Mycoplasma Bacterial Pneumonia", "cap"), ("E.Coli", "cap"), ("Chlamydophila", "cap"),
     ("Pneumonia/Bacterial/Staphylococcus/MRSA", "cap"), ("Pneumonia/Bacterial/Nocardia", "cap"),
     ("Bacterial", "cap"), ("Pneumonia/Bacterial", "cap"), ("SARS", "cap"),
     ("Pneumonia/Viral/MERS-CoV", "cap"), ("Influenza", "cap"), ("Varicella", "cap"),
     ("Pneumonia/Viral/Influenza/H1N1", "cap"), ("Pneumonia/Viral/Herpes", "cap"),
     ("Pneumonia", "cap"), ("No Finding", "normal"),
     ("Pneumocystis", None), ("Pneumonia/Fungal/Pneumocystis", None), ("Lipoid", None),
     ("Pneumonia/Fungal/Aspergillosis", None), ("Pneumonia/Aspiration", None), ("ARDS", None),
     ("Tuberculosis", None), ("todo", None), ("Unknown", None), ("", None), (" ", None)],
)  # fmt: skip
def test_every_finding_of_the_table_has_its_class(
    finding: str, label: str | None, tmp_path: Path
) -> None:
    assert labels(tmp_path, {"finding": finding}) == {"0": label}


@pytest.mark.parametrize(
    ("word", "view"),
    [("PA", "PA"), ("AP", "AP"), ("AP Supine", "AP_SUPINE"), ("AP Erect", "AP_ERECT"),
     ("AP semi erect", "AP_ERECT"), ("L", "L"), ("", "UNKNOWN"), ("?", "UNKNOWN")],
)  # fmt: skip
def test_every_view_of_the_table_is_known(word: str, view: str, tmp_path: Path) -> None:
    assert one(tmp_path, view=word)["view"] == view


def test_laterals_and_slices_leave_in_filter_whatever_the_table_calls_them(tmp_path: Path) -> None:
    """Upstream issues 109 (laterals called PA) and 68 (slices beside the films)."""
    rows = [
        {"filename": "lateral-L.png"}, {"filename": "lateral-l.jpg", "view": "AP"},
        {"filename": "lateral.png", "view": "L"}, {"filename": "slice.png", "view": "Axial"},
        {"filename": "cut.png", "view": "Coronal", "modality": "CT"}, {"filename": "l.png"},
    ]  # fmt: skip
    kept, rejected = ingested(clone(tmp_path / "clone", *rows), tmp_path / "out")
    assert not len(rejected)
    grouped = kept.assign(copies=None, group="g", patient_ill=False)
    stays, left = filter.main(grouped, NONE, LICENSES, ADULTS)
    assert stays["source_ref"].tolist() == ["l.png"]
    assert dict(zip(left["record_id"], left["reason"], strict=True)) == {
        "cohen/lateral-L.png": "not_frontal", "cohen/lateral-l.jpg": "not_frontal",
        "cohen/lateral.png": "not_frontal",
        "cohen/slice.png": "not_radiograph", "cohen/cut.png": "not_radiograph",
    }  # fmt: skip


ILL, CLEAR = {"patientid": "217"}, {"patientid": "217", "finding": "No Finding"}


def test_a_film_without_finding_of_an_ill_patient_is_not_a_normal_film(tmp_path: Path) -> None:
    other = {"patientid": "3", "finding": "No Finding"}
    assert labels(tmp_path, ILL, CLEAR, other) == {"0": "covid19", "1": None, "2": "normal"}


@pytest.mark.parametrize(
    "gone",
    [{"gone": "vanished upstream"}, {"gone": "a volume", "folder": "volumes"},
     {"gone": "no name", "filename": ""}],
    ids=lambda row: row["gone"],
)  # fmt: skip
def test_the_illness_may_stand_in_a_row_without_a_film(
    gone: dict[str, str], tmp_path: Path
) -> None:
    """Some 75 films left upstream in 2020, and their rows did not."""
    assert labels(tmp_path, {**ILL, **gone}, CLEAR) == {"1": None}


@pytest.mark.parametrize("finding", ["No Finding", "todo", "Unknown", ""])
def test_a_row_without_a_film_that_tells_of_no_illness_changes_nothing(
    finding: str, tmp_path: Path
) -> None:
    gone = {"gone": "yes", "patientid": "217", "finding": finding}
    assert labels(tmp_path, gone, CLEAR) == {"1": "normal"}


@pytest.mark.parametrize(
    "ill",
    [{"view": "L"}, {"view": "Axial", "modality": "CT"}, {"finding": "Pneumonia"},
     {"finding": "Pneumonia/Bacterial/Streptococcus"}, {"age": "12"}],
    ids=["lateral", "slice", "pneumonia", "bacteria", "child then"],
)  # fmt: skip
def test_the_illness_may_stand_on_a_film_that_filter_takes_out(
    ill: dict[str, str], tmp_path: Path
) -> None:
    assert labels(tmp_path, {**ILL, **ill}, CLEAR)["1"] is None


def test_the_illness_may_stand_under_another_patient_of_the_same_case(tmp_path: Path) -> None:
    case = {"url": "https://www.sirm.org/2020/03/07/covid-19-caso-12/"}
    assert labels(tmp_path, {"patientid": "8", **case}, {**CLEAR, **case})["1"] is None


def test_a_film_from_before_the_illness_is_a_normal_film(tmp_path: Path) -> None:
    assert labels(tmp_path, ILL, {**CLEAR, "offset": "-28"})["1"] == "normal"


def test_the_test_and_the_finding_are_kept_apart(tmp_path: Path) -> None:
    """22 rows have the finding COVID-19 and a negative test (SEED F5)."""
    row = one(tmp_path, RT_PCR_positive="N")
    assert (row["finding"], row["pcr_positive"]) == ("covid19", False)


def test_what_the_table_says_of_the_patient_is_kept_in_its_own_words(tmp_path: Path) -> None:
    row = one(
        tmp_path, survival="Y", intubated="Not visible", temperature="38.5", pO2_saturation="88",
        needed_supplemental_O2="?", location="Hospital Vall d'Hebr\ufffdn, Barcelona, Spain ",
    )  # fmt: skip
    assert json.loads(row["facts"]) == {
        "survival": "Y", "intubated": "Not visible", "temperature": "38.5", "pO2_saturation": "88",
        "location": "Spain",
    }  # fmt: skip


def test_a_column_is_known_by_every_generations_spelling(tmp_path: Path) -> None:
    files = clone(tmp_path / "clone", {"needed_supplemental_O2": "Y", "pO2_saturation": "93"})
    newest = ingested(files, tmp_path / "out")[0].iloc[0]["facts"]
    table = files / "metadata.csv"
    table.write_text(
        table.read_text()
        .replace("needed_supplemental_O2", "needed_supplemental_o2")
        .replace("pO2_saturation", "pO2 saturation")
    )
    assert ingested(files, tmp_path / "again")[0].iloc[0]["facts"] == newest


def test_neither_dates_nor_notes_nor_hospitals_come_in(tmp_path: Path) -> None:
    row = one(tmp_path, location="Mount Sinai Hospital, Toronto, Canada", date="January 22, 2020")
    said = " ".join(str(value) for value in row)
    assert not [word for word in ("January", "Monday", "Sinai", "Toronto") if word in said]
    assert row["retrieved"] is None or pd.isna(row["retrieved"])


@pytest.mark.parametrize(
    ("location", "kept"),
    [("Mount Sinai Hospital", None), ("Toronto, Mount Sinai Hospital", None),
     ("Ospedale San Raffaele", None), ("Wuhan University", None), ("ward 5 of the old house", None),
     ("United Kingdom", "United Kingdom"),
     ("Boston, United States of America", "United States of America")],
)  # fmt: skip
def test_a_place_that_is_a_hospital_is_left_out_with_and_without_a_comma(
    location: str, kept: str | None, tmp_path: Path
) -> None:
    said = one(tmp_path, location=location, survival="Y")["facts"]
    assert json.loads(said).get("location") == kept


def test_a_lost_letter_does_no_harm(tmp_path: Path) -> None:
    row = one(tmp_path, other_notes="Credit to In\ufffds", location="Thanh H\ufffda, Vietnam")
    assert row["attribution"] == "Credit to In\ufffds"


def test_the_credit_is_found_where_the_notes_have_moved_to_the_right(tmp_path: Path) -> None:
    row = one(tmp_path, other_notes=" 12 hours after intubation.", **{"": "Elsevier permits it."})
    assert row["attribution"] == "Elsevier permits it."


def test_without_notes_the_paper_is_credited(tmp_path: Path) -> None:
    assert one(tmp_path, doi="10.1016/x")["attribution"] == "10.1016/x"


@pytest.mark.parametrize(
    ("word", "url", "license_"),
    [("CC BY-NC-SA", "https://radiopaedia.org/cases/x", "CC-BY-NC-SA-3.0"),
     ("CC BY-NC-SA", "https://example.org", "LicenseRef-CC-BY-NC-SA"),
     ("CC BY-NC-SA 4.0", "https://www.eurorad.org/case/1", "CC-BY-NC-SA-4.0"),
     ("CC BY 3.0", "https://example.org", "CC-BY-3.0"),
     ("CC BY 4.0", "https://example.org", "CC-BY-4.0"),
     ("CC BY", "https://example.org", "LicenseRef-CC-BY"),
     ("CC BY-SA", "https://example.org", "LicenseRef-CC-BY-SA"),
     ("CC BY-NC-ND", "https://www.sciencedirect.com/x", "CC-BY-NC-ND-4.0"),
     ("CC BY-NC-ND", "https://example.org", "LicenseRef-CC-BY-NC-ND"),
     ("CC BY-NC-ND 4.0", "https://example.org", "CC-BY-NC-ND-4.0"),
     ("Apache 2.0", "https://github.com/x", "Apache-2.0"),
     ("listed as authorized for everyone", "https://example.org",
      "LicenseRef-authorized-for-everyone"),
     ("", "https://example.org", "NOASSERTION"), (" ", "https://example.org", "NOASSERTION")],
)  # fmt: skip
def test_every_licence_of_the_table_is_known_and_a_blank_one_claims_nothing(
    word: str, url: str, license_: str, tmp_path: Path
) -> None:
    row = one(tmp_path, license=word, url=url)
    assert row["license"] == license_
    rule = Licenses.load(ROOT / "manifests/licenses.yaml").of(license_)
    assert rule.may_publish == (
        license_ not in {"NOASSERTION", "LicenseRef-authorized-for-everyone"}
    )
    assert rule.only_unmodified == ("ND" in license_)
