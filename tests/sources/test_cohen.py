from pathlib import Path

import pytest

from curation.sources.base import Draft, Lost
from curation.sources.cohen import Cohen
from curation.stages import ingest
from manifests.contract.params import Misspelt
from manifests.contract.record import Rejected
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


def test_a_patient_stays_a_string(tmp_path: Path) -> None:
    (draft,) = drafts(tmp_path, JUNE.replace("\n7,", "\n0311a,"))
    assert draft.patient == "0311a"


def test_a_lateral_name_beats_a_frontal_column() -> None:
    assert read(FIXTURE)["c-L.png"].view == "L"  # type: ignore[union-attr]  # it is a draft


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


@pytest.mark.sample
@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the real films are not beside the project")
@pytest.mark.parametrize(
    ("folder", "kept", "reasons"),
    [("cohen", 176, {"unlisted_image": 5}), ("cohen_newest_format", 1, {"missing_image": 11})],
)
def test_the_real_sample_is_counted(
    folder: str, kept: int, reasons: dict[str, int], tmp_path: Path
) -> None:
    found = ingest.main(
        "cohen", source(SAMPLE / folder), tmp_path, ROOT / "manifests/terms.yaml", PARAMS
    )
    assert len(found.kept) == kept
    assert found.rejected["reason"].value_counts().to_dict() == reasons
