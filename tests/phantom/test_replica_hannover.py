import csv
import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest
from drawn_shots import shot
from replicas import filed

from curation.border import NoFilms
from curation.phantom.replicas.hannover import file_shots
from curation.phantom.shot import Shot
from curation.sources.hannover import Hannover
from curation.stages import ingest
from manifests.contract.vocabulary import Sex, View

TERMS = Path(__file__).parents[2] / "manifests/terms.yaml"
PARAMS = ingest.Params(max_side=64, max_megapixels=1)


def shots() -> list[Shot]:
    first = shot(1, day=4)
    return [
        first,
        shot(1, day=9, view=View.AP_SUPINE, extension="jpg"),
        shot(1, day=-400, condition="normal", shows_disease=False),
        shot(2, day=0, view=View.AP, sex=Sex.M),
        shot(3, condition="normal", shows_disease=False),
        shot(10, day=61, shows_disease=False),
        shot(1, copy_of=first.ref, copy_kind="exact", ref="p001-copy", data=first.data, day=4),
    ]


def ingested(folder: Path, films: list[Shot]) -> tuple[pd.DataFrame, pd.DataFrame]:
    filed(file_shots, folder / "files", films)
    (folder / "out").mkdir()
    source = Hannover(files=folder / "files", commit="drawn", offset_rule="covid_cxnet")
    return ingest.main("hannover", source, folder / "out", TERMS, PARAMS)


def test_the_same_shots_give_the_same_files_in_any_order(tmp_path: Path) -> None:
    assert filed(file_shots, tmp_path / "one", shots()) == filed(
        file_shots, tmp_path / "two", shots()[::-1]
    )


def test_what_was_drawn_comes_back(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
    assert kept["age_years"].isna().all()
    found = {
        (row["sha256"], row["sex"], row["view"], row["finding"], row["offset_days"])
        for row in kept.to_dict("records")
    }
    views = {View.AP_SUPINE: "AP"}
    assert found == {
        (
            hashlib.sha256(film.data).hexdigest(), str(film.sex), views.get(film.view, film.view),
            film.condition, min(film.day, -15) if film.condition == "normal" else film.day,
        )
        for film in shots()
    }  # fmt: skip


def test_a_patient_keeps_a_number_and_a_copy_has_another(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
    assert kept["patient_id"].value_counts().tolist() == [3, 1, 1, 1, 1]


def test_nothing_is_lost_and_the_oddities_are_told(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path, shots())
    assert len(kept) == len(shots())
    assert sorted(rejected["reason"]) == ["missing_image", "unlisted_image"]


def test_the_table_has_upstreams_oddities(tmp_path: Path) -> None:
    many = [shot(number) for number in range(30)]
    kept, _ = ingested(tmp_path, many)
    with (tmp_path / "files/data.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(kept) == len(many)
    assert {"w", "f"} == {row["sex"] for row in rows}
    assert {True, False} == {row["admission_offset"].endswith(".0") for row in rows}
    values = {value for facts in kept["facts"] for value in json.loads(facts).values()}
    assert {"inf", "-inf"} <= values


def test_another_pneumonia_has_no_place(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="COVID-19 only"):
        filed(file_shots, tmp_path / "files", [shot(1, condition="cap")])


def test_a_world_without_films_is_filed_and_told_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(NoFilms, match="no row names one"):
        ingested(tmp_path, [])
