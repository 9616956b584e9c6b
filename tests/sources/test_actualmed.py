import json
import os
import re
from pathlib import Path

import pandas as pd
import pytest

from curation.sources.actualmed import Actualmed
from curation.sources.base import Draft, Lost
from curation.sources.base_files import MAX_FILE
from curation.stages import ingest
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parent / "fixtures/actualmed"
SAMPLE = ROOT.parent / "shared/data/actualmed"
PARAMS = ingest.Params(max_side=1024, max_megapixels=40)
HEADER = (
    "patientid,offset,sex,age,finding,survival,temperature,pO2 saturation,view,modality,imagename,"
    "artifacts/distortion,notes"
)
NAME = "CR.1.2.840.20190601070809123456.1003.png"


def source(files: Path, commit: str = "drawn") -> Actualmed:
    return Actualmed(files=files, commit=commit)


def ingested(folder: Path, files: Path = FIXTURE) -> tuple[pd.DataFrame, pd.DataFrame]:
    return ingest.main("actualmed", source(files), folder, ROOT / "manifests/terms.yaml", PARAMS)


def clone(folder: Path, *names: str) -> Path:
    rows = [f"ANON{row},,,,COVID-19,,,,PA,X-ray,{name},," for row, name in enumerate(names)]
    (folder / "metadata.csv").write_text("\n".join([HEADER, *rows]))
    (folder / "images").mkdir()
    return folder


def test_no_finding_is_a_negative_test_and_never_a_normal_film(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    excluded = kept[kept["finding_text"] == "No finding"]
    assert len(excluded) == 2
    assert set(excluded["finding"]) == {"unknown"}
    assert excluded["abnormal"].isna().all()
    assert excluded["pcr_positive"].tolist() == [False, False]
    assert "normal" not in set(kept["finding"])


def test_blank_is_inconclusive_and_covid_19_does_not_say_how_it_was_found(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    blank = kept[kept["finding_text"] == ""]
    assert (blank["finding"].tolist(), blank["pcr_positive"].isna().tolist()) == (
        ["unknown"], [True],
    )  # fmt: skip
    ill = kept[kept["finding_text"] == "COVID-19"]
    assert set(ill["finding"]) == {"covid19"}
    assert ill["pcr_positive"].isna().all()


def test_a_patient_whose_rows_contradict_each_other_stays_one(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    rows = kept[kept["patient_id"] == "actualmed/ANON901"]
    assert sorted(rows["finding"]) == ["covid19", "unknown"]


def test_no_moment_of_an_exposure_is_published(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path)
    published = kept.to_csv() + rejected.to_csv()
    assert len(kept) + len(rejected) == 7
    for name in (FIXTURE / "metadata.csv").read_text().split(","):
        if moment := re.search(r"\.(\d{8})(\d{12})\.", name):
            assert moment[1] not in published
            assert moment[2] not in published
    assert "20190107" not in published
    assert "1.2.840" not in published


def test_a_film_keeps_its_name_beside_others_and_in_another_case(tmp_path: Path) -> None:
    clone(tmp_path, "other.png", NAME.upper())
    (tmp_path / "images" / NAME).write_bytes(b"x")
    found = list(source(tmp_path).read(tmp_path))
    assert [type(one) for one in found] == [Lost, Draft]
    assert found[1].source_ref == "film-a80bc36b"


def test_what_cannot_be_read_is_told_under_our_name(tmp_path: Path) -> None:
    clone(tmp_path, NAME)
    with (tmp_path / "images" / NAME).open("wb") as file:
        file.truncate(MAX_FILE + 1)
    (draft,) = source(tmp_path).read(tmp_path)
    assert isinstance(draft, Draft)
    with pytest.raises(Rejected) as verdict:
        draft.image()
    assert verdict.value.detail.startswith(f"{draft.source_ref}: larger")


def test_what_the_table_leaves_empty_stays_empty(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept[["age_years", "sex", "offset_days", "facts", "study_id"]].isna().all(axis=None)
    assert set(kept["view"]) == {"AP", "PA"}


def test_films_are_only_pointed_to(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert set(kept["license"]) == {"NOASSERTION"}
    assert set(kept["source_url"]) == {Actualmed.about.homepage}


def test_rows_and_files_that_do_not_meet_are_told(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path)
    assert sorted(rejected["reason"]) == ["missing_image", "unlisted_image"]
    assert rejected["record_id"].str.fullmatch(r"actualmed/film-[0-9a-f]{8}").all()
    assert len(kept) == 5


def test_without_its_columns_the_table_is_refused(tmp_path: Path) -> None:
    clone(tmp_path)
    (tmp_path / "metadata.csv").write_text(HEADER.replace("imagename", "file"))
    with pytest.raises(Rejected, match=r"metadata.csv: no column \['imagename'\]"):
        list(source(tmp_path).read(tmp_path))


def test_fetch_brings_the_list_then_the_table_and_the_films(tmp_path: Path) -> None:
    remotes = source(tmp_path, "0123456789" * 4).remotes(tmp_path)
    tree = [{"path": path, "type": "blob"} for path in ("images/a.png", "metadata.csv", "x.csv")]
    (tmp_path / next(remotes).name).write_text(json.dumps({"tree": tree}))
    assert [remote.name for remote in remotes] == ["images/a.png", "metadata.csv"]
    with pytest.raises(Misspelt, match=r"sources\.actualmed\.commit"):
        next(source(tmp_path, "master").remotes(tmp_path))


@pytest.mark.sample
@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the real films are not beside the project")
def test_the_real_sample_is_counted(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path, SAMPLE)
    assert rejected["reason"].value_counts().to_dict() == {}
    assert kept["finding"].value_counts().to_dict() == {"covid19": 1, "unknown": 1}
    assert kept["patient_id"].nunique() == 2


def test_a_file_whose_name_is_no_unicode_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    files = clone(tmp_path / "files", NAME)
    data = next((FIXTURE / "images").iterdir()).read_bytes()
    (files / "images" / NAME).write_bytes(data)
    (files / "images" / os.fsdecode(b"caf\xe9.png")).write_bytes(data)
    (tmp_path / "out").mkdir()
    kept, rejected = ingested(tmp_path / "out", files)
    assert len(kept) + len(rejected) == 2
