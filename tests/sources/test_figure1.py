import json
from pathlib import Path

import pandas as pd
import pytest

from curation.sources.base import Draft, Lost
from curation.sources.figure1 import Figure1
from curation.stages import ingest
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parent / "fixtures/figure1"
SAMPLE = ROOT.parent / "shared/data/figure1"
PARAMS = ingest.Params(max_side=1024, max_megapixels=40)
HEADER = (
    "patientid,offset,sex,age,finding,survival,temperature,pO2 saturation,view,modality,"
    "artifacts/distortion,notes"
)


def source(files: Path, commit: str = "drawn") -> Figure1:
    return Figure1(files=files, commit=commit)


def ingested(folder: Path, files: Path = FIXTURE) -> tuple[pd.DataFrame, pd.DataFrame]:
    kept, rejected = ingest.main(
        "figure1", source(files), folder, ROOT / "manifests/terms.yaml", PARAMS
    )
    return kept.set_index("source_ref"), rejected


def clone(folder: Path, film_id: str, *files: str) -> list[Draft | Lost]:
    (folder / "metadata.csv").write_text(f"{HEADER}\n{film_id},,,,COVID-19,,,,,X-ray,,\n")
    for file in files:
        (folder / "images").mkdir(exist_ok=True)
        (folder / "images" / file).write_bytes(b"x")
    return list(source(folder).read(folder))


def test_a_table_in_windows_1252_is_read(tmp_path: Path) -> None:
    assert b"38\xb0" in (FIXTURE / "metadata.csv").read_bytes()
    kept, _ = ingested(tmp_path)
    assert len(kept) == 7


@pytest.mark.parametrize("file", ["C-1a.jpg", "C-1a.PNG", "c-1A.jpeg", "C-1a.webp"])
def test_the_file_is_looked_for_under_any_extension_and_case(file: str, tmp_path: Path) -> None:
    (draft,) = clone(tmp_path, "C-1a", file)
    assert isinstance(draft, Draft)
    assert draft.source_ref == "C-1a"
    assert draft.url.endswith(f"/drawn/images/{file}")


def test_an_id_does_not_take_the_file_of_another(tmp_path: Path) -> None:
    found = clone(tmp_path, "C-1", "C-1a.jpg", "C-11.jpg")
    assert [(one.source_ref, getattr(one, "reason", "")) for one in found] == [
        ("C-1", "missing_image"), ("C-11.jpg", "unlisted_image"), ("C-1a.jpg", "unlisted_image")
    ]  # fmt: skip


def test_several_files_of_one_id_are_told_in_a_sentence(tmp_path: Path) -> None:
    row, *files = clone(tmp_path, "C-1", "C-1.jpg", "C-1.png")
    assert isinstance(row, Lost)
    assert row.detail == "C-1: may be any of C-1.jpg, C-1.png; keep the right one of these files"
    assert [file.source_ref for file in files] == ["C-1.jpg", "C-1.png"]


def test_the_letter_counts_films_and_is_not_part_of_the_patient(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    patients = kept["patient_id"].to_dict()
    assert patients["COVID-90002a"] == patients["COVID-90002b"] == "figure1/COVID-90002"
    assert patients["COVID-90001"] == "figure1/COVID-90001"


def test_vague_ages_are_lower_bounds(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept["age_years"].dropna().to_dict() == {
        "COVID-90001": 50, "COVID-90002a": 67, "COVID-90002b": 67, "COVID-90003": 40,
        "COVID-90004": 50,
    }  # fmt: skip


def test_a_blank_finding_is_unknown_and_no_finding_is_normal(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept["finding"].to_dict() == {
        "COVID-90001": "unknown", "COVID-90002a": "covid19", "COVID-90002b": "covid19",
        "COVID-90003": "normal", "COVID-90004": "pneumonia", "COVID-90005": "covid19",
        "COVID-90006": "covid19",
    }  # fmt: skip
    assert kept["pcr_positive"].isna().all()


def test_views_days_and_sexes_are_translated_and_blanks_are_not_guessed(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept["view"].tolist() == ["AP_ERECT", "AP", "AP", "UNKNOWN", "PA", "UNKNOWN", "UNKNOWN"]
    assert kept["offset_days"].dropna().tolist() == [5, 8, 7]
    assert kept["sex"].dropna().tolist() == ["M", "F", "F", "F"]


def test_measurements_and_artefacts_stay_words_and_notes_stay_out(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    facts = kept["facts"].dropna().to_dict()
    assert {film: json.loads(said) for film, said in facts.items()} == {
        "COVID-90001": {"po2_saturation": "low 90s"},
        "COVID-90002a": {
            "temperature": "38+", "po2_saturation": "91-92",
            "artifacts/distortion": "Some from monitor, dust specks",
        },
        "COVID-90004": {"survival": "Y"},
    }  # fmt: skip
    assert "Invented" not in kept.to_csv()


def test_what_does_not_meet_is_told_and_a_wrong_extension_is_not_trusted(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path)
    assert dict(zip(rejected["record_id"], rejected["reason"], strict=True)) == {
        "figure1/COVID-90007": "missing_image",
        "figure1/COVID-90099.jpg": "unlisted_image",
    }
    assert kept.loc["COVID-90005", "format"] == "JPEG"


def test_no_licence_is_stated_and_none_is_claimed(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert set(kept["license"]) == {"NOASSERTION"}


def test_without_its_columns_the_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "metadata.csv").write_text("filename,finding\n")
    with pytest.raises(Rejected, match=r"metadata.csv: no column .*'patientid'"):
        list(source(tmp_path).read(tmp_path))


def test_fetch_brings_the_list_then_the_table_and_the_films(tmp_path: Path) -> None:
    remotes = source(tmp_path, "0123456789" * 4).remotes(tmp_path)
    tree = [{"path": path, "type": "blob"} for path in ("images/a.jpg", "metadata.csv", "x.py")]
    (tmp_path / next(remotes).name).write_text(json.dumps({"tree": tree}))
    assert [remote.name for remote in remotes] == ["images/a.jpg", "metadata.csv"]
    with pytest.raises(Misspelt, match=r"sources\.figure1\.commit"):
        next(source(tmp_path, "master").remotes(tmp_path))


@pytest.mark.sample
@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the real films are not beside the project")
def test_the_real_sample_is_counted(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path, SAMPLE)
    assert rejected["reason"].value_counts().to_dict() == {}
    assert len(kept) == 22
    assert kept["patient_id"].nunique() == 19
    assert kept["finding"].value_counts().to_dict() == {
        "covid19": 14, "unknown": 4, "normal": 3, "pneumonia": 1,
    }  # fmt: skip
    assert kept["age_years"].notna().sum() == 10
    assert kept["view"].value_counts().to_dict() == {"UNKNOWN": 18, "AP_ERECT": 3, "PA": 1}
