import csv
import hashlib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from drawn_shots import shot
from replicas import filed

from curation.border import NoFilms
from curation.duplicates.groups import case_page
from curation.phantom.replicas import radiopaedia, sirm
from curation.phantom.replicas.covid_cxnet import IMAGES, file_shots
from curation.phantom.shot import Shot
from curation.sources.covid_cxnet import CovidCxnet
from curation.stages import ingest
from manifests.contract.vocabulary import Modality, Sex, View

TERMS = Path(__file__).parents[2] / "manifests/terms.yaml"
PARAMS = ingest.Params(max_side=64, max_megapixels=1)


def shots() -> list[Shot]:
    """Follow-ups, a clear film, children of both kinds, films without a row, a copy."""
    first = shot(1, day=4)
    return [
        first,
        shot(1, day=9, view=View.AP_SUPINE, extension="jpg"),
        shot(3, day=2, shows_disease=False),
        shot(4, day=0, view=View.FRONTAL, sex=Sex.M),
        shot(6, age_years=0.25, day=1),
        shot(6, age_years=0.25, day=3),
        shot(9, age_years=12.5, extension="jpeg"),
        shot(10, shows_disease=False, age_years=3.0),
        shot(52),
        shot(1, copy_of=first.ref, copy_kind="exact", ref="p001-copy", data=first.data, day=4),
    ]


def ingested(folder: Path, films: list[Shot]) -> tuple[pd.DataFrame, pd.DataFrame]:
    filed(file_shots, folder / "files", films)
    (folder / "out").mkdir()
    source = CovidCxnet(files=folder / "files", commit="drawn", hannover=("510-673", "686-706"))
    return ingest.main("covid_cxnet", source, folder / "out", TERMS, PARAMS)


def of(kept: pd.DataFrame, film: Shot) -> dict[str, Any]:
    """What is said of `film`, None where nothing is; a copy has the longer patient of the two."""
    same = kept[kept["sha256"] == hashlib.sha256(film.data).hexdigest()]
    rows = same.astype(object).where(same.notna(), None).to_dict("records")
    ordered = sorted(rows, key=lambda row: len(row["patient_id"]))
    return {str(column): said for column, said in ordered[-bool(film.copy_of)].items()}


def test_the_same_shots_give_the_same_files_in_any_order(tmp_path: Path) -> None:
    assert filed(file_shots, tmp_path / "one", shots()) == filed(
        file_shots, tmp_path / "two", shots()[::-1]
    )


def test_what_was_drawn_comes_back(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path, shots())
    views = {View.AP_SUPINE: "AP"}
    assert len(kept) == len(shots())
    assert sorted(rejected["reason"]) == ["missing_image", "unlisted_image"]
    for film in shots():
        row = of(kept, film)
        assert row["finding"] == "covid19"
        if "film-" in row["patient_id"]:
            assert row["view"] == "FRONTAL"
            continue
        assert row["sex"] == film.sex
        assert row["view"] == views.get(film.view, film.view)
        assert row["offset_days"] == film.day
        assert row["age_years"] in {None, film.age_years}


def test_a_patient_keeps_a_number_and_a_copy_has_another(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
    patients = {film.ref: of(kept, film)["patient_id"] for film in shots()}
    assert patients["p001-day4-PA"] == patients["p001-day9-AP_SUPINE"] == "covid_cxnet/1"
    assert patients["p001-copy"] == "covid_cxnet/10001"
    assert patients["p006-day1-PA"] == patients["p006-day3-PA"]


def test_a_child_has_an_age_or_a_mark_and_an_adult_neither_wrongly(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
    for film in shots():
        row = of(kept, film)
        is_young = row["age_years"] is not None and row["age_years"] < 18
        assert (is_young or row["is_child"] is True) == (film.age_years < 18)
    assert kept["is_child"].sum() == 3
    assert (kept["age_years"] < 18).sum() == 1


def test_a_clear_film_is_called_clear_or_left_open_and_never_ill(tmp_path: Path) -> None:
    many = [shot(number, shows_disease=number % 3 > 0) for number in range(60)]
    kept, _ = ingested(tmp_path, many)
    for film in many:
        assert of(kept, film)["abnormal"] in {None, film.shows_disease}
    assert set(kept["abnormal"].dropna()) == {True, False}
    # Some contradict their own name, and nothing is guessed of them.
    is_clear = kept["facts"].str.contains(r'"file": "\d+-\.')
    assert kept["abnormal"][is_clear].isna().any()


def test_films_without_a_row_are_there_and_some_came_from_hannover(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, [shot(number) for number in range(70)])
    rowless = kept[kept["patient_id"].str.contains("film-")]
    assert 0 < len(rowless) < len(kept)
    assert set(rowless["license"]) == {"CC-BY-3.0", "NOASSERTION"}


def test_the_folder_has_upstreams_oddities(tmp_path: Path) -> None:
    files = filed(file_shots, tmp_path / "files", [
        shot(number, extension=("png", "jpg")[number % 2]) for number in range(40)
    ])  # fmt: skip
    names = {Path(name).name for name in files if name.startswith(IMAGES)}
    assert {Path(name).suffix for name in names} == {
        ".png", ".PNG", ".jpg", ".JPG", ".jpeg", ".jfif",
    }  # fmt: skip
    table = files["metadata.csv"]
    assert table.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(table.decode("utf-8-sig").splitlines()))
    assert {row["filename"] for row in rows} - names
    assert {row["pcr_test"] for row in rows} == {"positive", "negative", ""}
    assert "2" in {row["has_fever"] for row in rows}


def test_a_patient_of_another_site_is_cited_from_there(tmp_path: Path) -> None:
    # By the deck, Radiopaedia shows patient 20 and SIRM patient 8, each in a case of its own.
    films = [shot(20), shot(8), shot(20, copy_of="p020-day1-PA", ref="p020-copy")]
    kept, _ = ingested(tmp_path, films)
    pages = {film.ref: case_page(of(kept, film)["source_url"]) for film in films}
    assert pages == {
        "p020-day1-PA": case_page(radiopaedia.case_address("p020")),
        "p020-copy": case_page(radiopaedia.case_address("p020")),
        "p008-day1-PA": case_page(sirm.post_address("p008")),
    }
    assert None not in pages.values()


@pytest.mark.parametrize("stranger", [shot(1, condition="cap"), shot(1, modality=Modality.CT)])
def test_what_upstream_does_not_hold_has_no_place(stranger: Shot, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="COVID-19 patients only"):
        filed(file_shots, tmp_path / "files", [stranger])


def test_more_films_of_a_patient_than_numbers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="more than 5 films"):
        filed(file_shots, tmp_path / "files", [shot(1, day=day) for day in range(6)])


def test_a_world_without_films_is_filed_and_told_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(NoFilms, match="no row names one"):
        ingested(tmp_path, [])
