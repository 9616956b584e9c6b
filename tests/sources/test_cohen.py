import csv
import json
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from curation.sources.base import Draft, Lost
from curation.sources.cohen import Cohen
from curation.stages import ingest
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parent / "fixtures/cohen"
SAMPLE = ROOT.parent / "shared/data"
PARAMS = ingest.Params(max_side=1024, max_megapixels=40)

MARCH = (
    "Patientid,offset,sex,age,finding,survival,view,modality,date,location,filename,doi, url,"
    "license,clinical notes,other notes,\n"
    '7,3,M,65,COVID-19,Y,PA,X-ray,2020,Wuhan,a.jpg,10.1/x,https://example.org,,"a, b",by nobody,\n'
)
APRIL = (
    "Patientid,offset,sex,age,finding,survival,intubated,went_icu,needed_supplemental_o2,extubated,"
    "temperature,pO2 saturation,leukocyte count,view,modality,date,location,folder,filename,doi,"
    "url,license,clinical notes,other notes,\n"
    "7,3,M,65,COVID-19,Y,N,N,N,,38,,,PA,X-ray,2020,Wuhan,images,a.jpg,10.1/x,https://example.org,,"
    '"a, b",by nobody,\n'
)
JUNE = (
    "patientid,offset,sex,age,finding,survival,intubated,intubation_present,went_icu,in_icu,"
    "needed_supplemental_O2,extubated,temperature,pO2_saturation,leukocyte_count,neutrophil_count,"
    "lymphocyte_count,view,modality,date,location,folder,filename,doi,url,license,clinical_notes,"
    "other_notes,\n"
    "7,3,M,65,COVID-19,Y,N,N,N,N,N,,38,,,,,PA,X-ray,2020,Wuhan,images,a.jpg,10.1/x,"
    'https://example.org,,"a, b",by nobody,\n'
)
NEWEST = JUNE.replace("finding,", "finding,RT_PCR_positive,").replace("COVID-19,", "COVID-19,Y,")


def source(files: Path, commit: str = "drawn") -> Cohen:
    return Cohen(files=files, commit=commit)


def read(files: Path) -> dict[str, Draft | Lost]:
    return {draft.source_ref: draft for draft in source(files).read(files)}


def clone(folder: Path, table: str | bytes) -> Path:
    (folder / "metadata.csv").write_bytes(table.encode() if isinstance(table, str) else table)
    return folder


def told(draft: Draft) -> dict[str, Any]:
    return {f.name: getattr(draft, f.name) for f in fields(draft) if f.name != "image"}


def drafts(folder: Path, table: str | bytes) -> list[Draft]:
    found = list(source(folder).read(clone(folder, table)))
    assert all(isinstance(draft, Draft) for draft in found), found
    return [draft for draft in found if isinstance(draft, Draft)]


@pytest.mark.parametrize("table", [MARCH, APRIL, JUNE, NEWEST], ids=["Mar", "Apr", "Jun", "new"])
def test_every_generation_of_the_header_is_understood(table: str, tmp_path: Path) -> None:
    (draft,) = drafts(tmp_path, table)
    found = (draft.source_ref, draft.patient, draft.offset_days, draft.age, draft.sex, draft.url,
             draft.finding, draft.view, draft.modality, draft.attribution)  # fmt: skip
    assert found == ("a.jpg", "7", "3", "65", "M", "https://example.org",
                     "COVID-19", "PA", "X-ray", "by nobody")  # fmt: skip
    assert draft.pcr == ("Y" if table == NEWEST else "")
    assert {"survival": "Y", "location": "Wuhan"}.items() <= draft.facts.items()


def test_a_patient_stays_a_string(tmp_path: Path) -> None:
    (draft,) = drafts(tmp_path, JUNE.replace("\n7,", "\n0311a,"))
    assert draft.patient == "0311a"


def test_a_lateral_name_beats_a_frontal_column() -> None:
    assert read(FIXTURE)["c-L.png"].view == "L"  # type: ignore[union-attr]  # it is a draft


def test_one_film_in_four_generations_is_one_film(tmp_path: Path) -> None:
    """Whatever the header, the words are the same; a generation only adds what others lack."""
    newest = told(drafts(tmp_path, NEWEST)[0])
    for table in (MARCH, APRIL, JUNE):
        older = told(drafts(tmp_path, table)[0])
        assert {name for name in newest if older[name] != newest[name]} <= {"pcr", "facts"}
        said = {fact: word for fact, word in older["facts"].items() if word}
        assert said.items() <= newest["facts"].items()


@pytest.mark.parametrize("view", ["Axial", "Coronal"])
def test_a_slice_is_a_ct_whatever_the_column_says(view: str, tmp_path: Path) -> None:
    (draft,) = drafts(tmp_path, JUNE.replace(",PA,X-ray", f",{view},X-ray"))
    assert draft.modality == "CT"


def test_a_film_of_two_patients_stays_twice_so_that_they_are_found_to_be_one() -> None:
    found = read(FIXTURE)
    first, again = found["a.png"], found["a.png#9"]
    assert isinstance(first, Draft)
    assert isinstance(again, Draft)
    assert first.image() == again.image()
    assert (first.patient, again.patient) == ("1", "9")


def test_rows_and_files_that_do_not_meet_are_told(tmp_path: Path) -> None:
    kept, rejected = ingest.main(
        "cohen", source(FIXTURE), tmp_path, ROOT / "manifests/terms.yaml", PARAMS
    )
    assert dict(zip(rejected["record_id"], rejected["reason"], strict=True)) == {
        "cohen/g.nii.gz": "not_radiograph",
        "cohen/unlisted.png": "unlisted_image",
        "cohen/vanished.png": "missing_image",
    }
    assert len(kept) == 7


def test_findings_licences_and_tests_are_translated(tmp_path: Path) -> None:
    kept, _ = ingest.main("cohen", source(FIXTURE), tmp_path, ROOT / "manifests/terms.yaml", PARAMS)
    rows = kept.set_index("source_ref")
    assert rows.loc["a.png", "findings"] == ["covid19", "viral_pneumonia", "pneumonia"]
    assert rows.loc["b.jpg", "findings"] == ["covid19", "ards"]
    assert rows.loc["d.png", "finding"] == "unknown"
    assert not rows.loc["e.png", "abnormal"]
    assert rows.loc["a.png", "license"] == "CC-BY-NC-SA-3.0"
    assert rows.loc["d.png", "license"] == "NOASSERTION"
    assert rows.loc["a.png", "pcr_positive"]
    assert rows["offset_days"].dropna().to_dict() == {"a.png": -3, "b.jpg": 4}
    assert rows.loc["c-L.png", "format"] == "WEBP"


def test_a_case_page_joins_its_patients_and_other_pages_do_not(tmp_path: Path) -> None:
    addresses = {
        "https://radiopaedia.org/cases/x-1?lang=us": "https://radiopaedia.org/cases/x-1",
        "https://www.eurorad.org/case/10483": "https://www.eurorad.org/case/10483",
        "https://www.sirm.org/2020/05/14/caso-85/": "https://www.sirm.org/2020/05/14/caso-85",
        "https://github.com/ml-workgroup/covid-19-image-repository": "",
    }
    for address, study in addresses.items():
        (draft,) = drafts(tmp_path, JUNE.replace("https://example.org", address))
        assert draft.study == study


def test_the_file_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (draft,) = drafts(tmp_path, JUNE.replace("a.jpg", "../metadata.csv"))
    with pytest.raises(Rejected, match="no plain file name"):
        draft.image()


def test_without_its_columns_the_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"metadata.csv: no column \['finding'\]") as verdict:
        read(clone(tmp_path, JUNE.replace("finding", "diagnosis")))
    assert verdict.value.reason is Reason.LAYOUT_CHANGED


def test_fetch_brings_the_table_first_and_then_what_it_names(tmp_path: Path) -> None:
    commit = "0123456789" * 4
    remotes = source(tmp_path, commit).remotes(tmp_path)
    assert next(remotes).name == "metadata.csv"
    climbing = NEWEST.splitlines()[1].replace("a.jpg", "../a.jpg")
    clone(tmp_path, NEWEST.replace("a.jpg", "a #1.jpg") + climbing)
    (image,) = remotes
    assert image.name == "images/a #1.jpg"
    assert image.url.endswith(f"/{commit}/images/a%20%231.jpg")


def test_fetch_wants_a_whole_commit(tmp_path: Path) -> None:
    with pytest.raises(Misspelt, match=r"sources\.cohen\.commit"):
        next(source(tmp_path, "master").remotes(tmp_path))


@pytest.mark.parametrize(("file", "listed"), [("A.JPG", "a.jpg"), ("a.jpg", "A.Jpg")])
def test_names_that_differ_in_letters_only_are_one_file(
    file: str, listed: str, tmp_path: Path
) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / file).write_bytes(b"film")
    (draft,) = drafts(tmp_path, JUNE.replace("a.jpg", listed))
    assert (draft.source_ref, draft.image()) == (listed, b"film")


def test_of_two_such_files_the_exact_one_is_meant_and_without_it_none(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    for name in ("A.JPG", "A.jpg"):
        (tmp_path / "images" / name).write_bytes(name.encode())
    found = read(clone(tmp_path, JUNE.replace("a.jpg", "A.jpg")))
    assert found["A.jpg"].image() == b"A.jpg"  # type: ignore[union-attr]  # it is a draft
    assert found["A.JPG"].reason == Reason.UNLISTED_IMAGE  # type: ignore[union-attr]  # lost
    guessed = read(clone(tmp_path, JUNE))
    with pytest.raises(Rejected, match="listed, but not in images"):
        guessed["a.jpg"].image()  # type: ignore[union-attr]  # it is a draft
    assert {"A.jpg", "A.JPG"} < set(guessed)


def test_what_lies_beside_the_images_is_no_film_and_no_mask(tmp_path: Path) -> None:
    files = shutil.copytree(FIXTURE, tmp_path / "cohen")
    before = [ref for ref, _ in sorted(read(files).items())]
    for place in ("annotations/lungVAE-masks/a_mask.png", "volumes/h.nii.gz", "scripts/x.py"):
        (files / place).parent.mkdir(parents=True, exist_ok=True)
        (files / place).write_bytes(b"not a film")
    found = read(files)
    assert sorted(found) == before
    assert {draft.masks for draft in found.values() if isinstance(draft, Draft)} == {()}


def test_a_volume_is_told_even_where_it_is_there(tmp_path: Path) -> None:
    (lost,) = source(tmp_path).read(clone(tmp_path, JUNE.replace(",images,", ",volumes,")))
    assert isinstance(lost, Lost)
    assert lost.reason == Reason.NOT_RADIOGRAPH


def test_a_row_that_names_no_file_is_told_with_its_line(tmp_path: Path) -> None:
    (lost,) = source(tmp_path).read(clone(tmp_path, JUNE.replace(",a.jpg,", ",,")))
    assert isinstance(lost, Lost)
    assert (lost.source_ref, lost.reason) == ("metadata.csv, line 2", Reason.MISSING_IMAGE)


def real(folder: str, out: Path) -> tuple[pd.DataFrame, pd.DataFrame, set[str], set[str]]:
    """What is kept and rejected, and the names in the real table and in the real folder."""
    out.mkdir(exist_ok=True)
    files = SAMPLE / folder
    kept, rejected = ingest.main("cohen", source(files), out, ROOT / "manifests/terms.yaml", PARAMS)
    with (files / "metadata.csv").open(encoding="utf-8", newline="") as table:
        listed = [row["filename"] for row in csv.DictReader(table)]
    there = {place.name for place in (files / "images").iterdir()}
    assert len(kept) + len(rejected) == len(listed) + len(there - set(listed))
    return kept, rejected, set(listed), there


@pytest.mark.sample
@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the real films are not beside the project")
def test_every_row_and_file_of_the_real_sample_is_kept_or_told(tmp_path: Path) -> None:
    kept, rejected, listed, there = real("cohen", tmp_path)
    assert rejected["reason"].value_counts().to_dict() == {"unlisted_image": 5}
    assert {ref.removeprefix("cohen/") for ref in rejected["record_id"]} == there - listed
    assert len(kept) == 176
    assert {ref.partition("#")[0] for ref in kept["source_ref"]} == listed
    assert kept["finding"].value_counts().to_dict() == {
        "covid19": 89, "unknown": 34, "bacterial_pneumonia": 23, "pneumonia": 12, "normal": 6,
        "viral_pneumonia": 5, "sars": 3, "fungal_pneumonia": 2, "lipoid_pneumonia": 2,
    }  # fmt: skip
    assert kept["view"].value_counts().to_dict() == {
        "PA": 83, "UNKNOWN": 30, "AP_SUPINE": 27, "L": 23, "AP": 13,
    }  # fmt: skip
    assert kept["modality"].value_counts().to_dict() == {"X_RAY": 164, "CT": 12}
    assert not kept["attribution"].str.contains("VV-ECMO").any()
    places = {json.loads(said).get("location", "") for said in kept["facts"].dropna()}
    assert not [place for place in places if "Hospital" in place or "," in place]


@pytest.mark.sample
@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the real films are not beside the project")
def test_the_newest_format_of_the_real_table_is_read_row_by_row(tmp_path: Path) -> None:
    kept, rejected, listed, there = real("cohen_newest_format", tmp_path)
    assert rejected["reason"].value_counts().to_dict() == {"missing_image": 11}
    assert {ref.removeprefix("cohen/") for ref in rejected["record_id"]} == listed - there
    (film,) = kept.to_dict("records")
    assert list(film["findings"]) == ["bacterial_pneumonia", "pneumonia"]
    assert film["finding_text"] == "Pneumonia/Bacterial/Staphylococcus/MRSA"
    assert (film["license"], film["sex"], film["age_years"]) == ("CC-BY-NC-SA-3.0", "M", 30)
    assert json.loads(film["facts"])["location"] == "Australia"
