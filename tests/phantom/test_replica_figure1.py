import hashlib
from pathlib import Path

import pandas as pd
import pytest
from drawn_shots import shot
from replicas import filed

from curation.border import NoFilms
from curation.phantom.replicas.figure1 import file_shots
from curation.phantom.shot import Shot
from curation.sources.figure1 import Figure1
from curation.stages import ingest
from manifests.contract.vocabulary import Sex, View

TERMS = Path(__file__).parents[2] / "manifests/terms.yaml"
PARAMS = ingest.Params(max_side=64, max_megapixels=1)


def shots() -> list[Shot]:
    first = shot(4, age_years=57.0)
    return [
        first,
        shot(4, day=9, view=View.AP_ERECT, extension="jpg", age_years=57.0),
        shot(5, view=View.AP, extension="jpg", age_years=61.0, sex=Sex.M),
        shot(6, condition="cap", view=View.AP, age_years=48.0),
        shot(7, condition="normal", shows_disease=False, age_years=70.0),
        shot(9, shows_disease=False, view=View.UNKNOWN, age_years=0.5),
        shot(4, copy_of=first.ref, copy_kind="exact", ref="p004-copy", data=first.data),
    ]


def ingested(folder: Path, films: list[Shot]) -> tuple[pd.DataFrame, pd.DataFrame]:
    filed(file_shots, folder / "files", films)
    (folder / "out").mkdir()
    source = Figure1(files=folder / "files", commit="drawn")
    return ingest.main("figure1", source, folder / "out", TERMS, PARAMS)


def test_the_same_shots_give_the_same_files_in_any_order(tmp_path: Path) -> None:
    assert filed(file_shots, tmp_path / "one", shots()) == filed(
        file_shots, tmp_path / "two", shots()[::-1]
    )


def test_what_was_drawn_comes_back(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
    found = {
        (row["sha256"], row["sex"], row["view"], row["finding"]) for row in kept.to_dict("records")
    }
    findings = {"cap": "pneumonia"}
    assert found == {
        (
            hashlib.sha256(film.data).hexdigest(), str(film.sex), str(film.view),
            findings.get(film.condition, film.condition),
        )
        for film in shots()
    }  # fmt: skip


def test_a_patients_films_are_lettered_and_a_copy_has_another_number(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
    patients = dict(zip(kept["source_ref"], kept["patient_id"], strict=True))
    assert patients["COVID-00005a"] == patients["COVID-00005b"] == "figure1/COVID-00005"
    assert patients["COVID-50005"] == "figure1/COVID-50005"
    assert "COVID-00006" in patients


def test_an_age_comes_back_as_far_as_upstream_says_it(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
    ages = dict(zip(kept["source_ref"], kept["age_years"], strict=True))
    assert {ref: age for ref, age in ages.items() if pd.notna(age)} == {
        "COVID-00005a": 57, "COVID-00005b": 57, "COVID-00006": 61, "COVID-00007": 40,
        "COVID-00010": 0.5, "COVID-50005": 54,
    }  # fmt: skip


def test_nothing_is_lost_and_the_oddities_are_told(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path, shots())
    assert len(kept) == len(shots())
    assert sorted(rejected["reason"]) == ["missing_image", "unlisted_image"]
    assert b"38\xb0" in (tmp_path / "files/metadata.csv").read_bytes()
    assert (tmp_path / "files/images/COVID-00006.JPG").is_file()


def test_a_world_without_films_is_filed_and_told_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(NoFilms, match="no row names one"):
        ingested(tmp_path, [])
