import hashlib
from pathlib import Path

import pandas as pd
import pytest
from drawn_shots import shot
from replicas import filed

from curation.border import NoFilms
from curation.phantom.replicas.chexpert import file_shots
from curation.phantom.shot import Shot
from curation.sources.chexpert import Chexpert
from curation.stages import ingest
from manifests.contract.vocabulary import Sex, View

TERMS = Path(__file__).parents[2] / "manifests/terms.yaml"
PARAMS = ingest.Params(max_side=64, max_megapixels=1)


def clear(patient: int, view: View = View.PA) -> Shot:
    return shot(patient, view=view, condition="normal", shows_disease=False)


def shots() -> list[Shot]:
    first = shot(2, condition="cap", age_years=95.0)
    return [
        first,
        shot(2, condition="cap", view=View.L, age_years=95.0, extension="jpg"),
        shot(2, day=9, condition="cap", view=View.AP_SUPINE, age_years=95.0),
        shot(3, condition="cap", view=View.AP, sex=Sex.M),
        clear(5),
        clear(6, View.FRONTAL),
        shot(8, condition="cap"),
        clear(17),
        shot(2, copy_of=first.ref, copy_kind="exact", ref="p002-copy", data=first.data,
             condition="cap", age_years=95.0),
    ]  # fmt: skip


def ingested(folder: Path, films: list[Shot]) -> tuple[pd.DataFrame, pd.DataFrame]:
    filed(file_shots, folder / "files", films)
    (folder / "out").mkdir()
    source = Chexpert(files=folder / "files", findings=(), uncertain="keep")
    return ingest.main("chexpert", source, folder / "out", TERMS, PARAMS)


def test_the_same_shots_give_the_same_files_in_any_order(tmp_path: Path) -> None:
    assert filed(file_shots, tmp_path / "one", shots()) == filed(
        file_shots, tmp_path / "two", shots()[::-1]
    )


def test_what_was_drawn_comes_back(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
    found = {
        (row["sha256"], row["age_years"], row["sex"], row["view"], row["finding"])
        for row in kept.to_dict("records")
    }
    finding = {"normal": "normal", "cap": "pneumonia"}
    assert found == {
        (
            hashlib.sha256(film.data).hexdigest(), min(film.age_years, 90), str(film.sex),
            {View.AP_SUPINE: "AP"}.get(film.view, str(film.view)), finding[film.condition],
        )
        for film in shots()
    }  # fmt: skip


def test_a_patient_keeps_a_number_and_a_copy_has_another(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
    assert kept["patient_id"].value_counts().tolist() == [3, 1, 1, 1, 1, 1, 1]
    assert kept["study_id"].value_counts().max() == 2


def test_nothing_is_lost_and_the_oddities_are_told(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path, shots())
    assert len(kept) == len(shots())
    assert sorted(rejected["reason"]) == ["missing_image", "unlisted_image"]


def test_some_films_leave_a_finding_open_and_no_film_of_valid_does(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
    ill = kept[kept["finding"] == "pneumonia"]
    assert set(ill["official_split"]) == {"train", "val"}
    assert ill["uncertain"].notna().value_counts().to_dict() == {True: 4, False: 2}
    assert ill[ill["official_split"] == "val"]["uncertain"].isna().all()


def test_a_patient_with_covid_19_has_no_place(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="older than COVID-19"):
        filed(file_shots, tmp_path / "files", [shot(1)])


def test_a_world_without_films_is_filed_and_told_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(NoFilms, match="no row names one"):
        ingested(tmp_path, [])
