import hashlib
from pathlib import Path

import pandas as pd
import pytest
from drawn_shots import shot

from curation.border import NoFilms
from curation.duplicates.groups import case_page
from curation.phantom.replicas import eurorad
from curation.phantom.shot import Shot
from curation.sources.loading import load
from curation.stages import ingest
from manifests.contract.vocabulary import Finding, Modality, Sex, View

TERMS = Path(__file__).parents[2] / "manifests/terms.yaml"
PARAMS = ingest.Params(max_side=64, max_megapixels=1)
FINDINGS = {
    "covid19": {Finding.COVID19},
    "cap": {Finding.PNEUMONIA, Finding.BACTERIAL_PNEUMONIA},
    "normal": {Finding.NORMAL},
}
NOT_SAID = {"p010", "p021", "p032"}
"""The patients on whose pages no line says who they are."""


def shots() -> list[Shot]:
    first = shot(1)
    return [
        first,
        shot(1, day=9, view=View.AP_SUPINE, extension="jpg", sex=Sex.F),
        shot(1, modality=Modality.CT, view=View.UNKNOWN, ref="p001-ct"),
        shot(2, condition="cap", view=View.AP, sex=Sex.M),
        shot(3, condition="normal", shows_disease=False, age_years=0.5),
        shot(4, shows_disease=False, view=View.AP_ERECT),
        shot(5, view=View.L),
        shot(10),
        *(shot(number, condition="covid19") for number in range(20, 36)),
        shot(1, copy_of=first.ref, copy_kind="exact", ref="p001-copy", data=first.data),
    ]


def filed(place: Path, films: list[Shot]) -> dict[str, str]:
    place.mkdir()
    eurorad.file_shots(place, films, 1)
    return {
        file.relative_to(place).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(place.rglob("*"))
        if file.is_file()
    }


def ingested(place: Path, out: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    out.mkdir()
    entry = {"files": place, "queries": list(eurorad.QUERIES), "cases": [], "max_cases": 500}
    return ingest.main("eurorad", load("eurorad", {"eurorad": entry}), out, TERMS, PARAMS)


def test_the_same_shots_give_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    one = filed(tmp_path / "one", shots())
    assert one == filed(tmp_path / "two", shots()[::-1])


def test_every_shot_comes_back_as_it_was_drawn(tmp_path: Path) -> None:
    filed(tmp_path / "site", shots())
    kept, rejected = ingested(tmp_path / "site", tmp_path / "out")
    assert list(rejected["detail"]) == []
    assert len(kept) == len(shots())
    rows = {row["sha256"]: row for row in kept.to_dict("records")}
    for film in shots():
        row = rows[hashlib.sha256(film.data).hexdigest()]
        assert row["finding"] in FINDINGS[film.condition]
        assert row["modality"] == film.modality
        if film.modality is Modality.X_RAY:
            assert (row["view"], row["abnormal"]) == (film.view, film.shows_disease)
        if film.patient in NOT_SAID:
            assert pd.isna(row["age_years"])
        else:
            assert row["age_years"] == pytest.approx(film.age_years, abs=0.05)
            assert row["sex"] == film.sex
        assert row["offset_days"] == film.day


def test_a_patient_is_one_case_that_others_may_cite_and_a_copy_is_another(tmp_path: Path) -> None:
    filed(tmp_path / "site", shots())
    kept, _ = ingested(tmp_path / "site", tmp_path / "out")
    of_first = kept[kept["patient_id"] == "eurorad/16802"]
    assert len(of_first) == 3
    assert {case_page(url) for url in of_first["source_url"]} == {
        case_page(eurorad.case_address("p001"))
    }
    assert "eurorad/16803" in set(kept["patient_id"])


def test_a_world_without_films_for_the_site_says_no_case_found(tmp_path: Path) -> None:
    filed(tmp_path / "site", [])
    with pytest.raises(NoFilms, match="its listing names no case"):
        ingested(tmp_path / "site", tmp_path / "out")


def test_exactly_nine_cases_end_with_a_page_that_says_so(tmp_path: Path) -> None:
    filed(tmp_path / "site", [shot(number) for number in range(eurorad.ROWS)])
    kept, rejected = ingested(tmp_path / "site", tmp_path / "out")
    assert (len(kept), len(rejected)) == (eurorad.ROWS, 0)
