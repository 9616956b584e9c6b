import hashlib
from pathlib import Path

import pandas as pd
import pytest
from drawn_shots import shot

from curation.border import NoFilms
from curation.phantom.replicas import journals
from curation.phantom.shot import Shot
from curation.sources.journals import Journals
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
"""The patients whose captions do not say who they are."""


def shots() -> list[Shot]:
    first = shot(1)
    return [
        first,
        shot(1, day=9, view=View.AP_SUPINE, extension="jpg"),
        shot(1, modality=Modality.CT, view=View.UNKNOWN, ref="p001-ct"),
        shot(2, condition="cap", view=View.AP, sex=Sex.M),
        shot(3, condition="normal", shows_disease=False, age_years=0.5),
        shot(4, shows_disease=False, view=View.AP_ERECT),
        shot(5, view=View.L),
        shot(6, condition="normal", shows_disease=False, view=View.FRONTAL),
        shot(10),
        shot(17, condition="cap", view=View.UNKNOWN),
        *(shot(number) for number in range(20, 36)),
        shot(1, copy_of=first.ref, copy_kind="exact", ref="p001-copy", data=first.data),
    ]


def filed(place: Path, films: list[Shot]) -> dict[str, bytes]:
    place.mkdir()
    journals.file_shots(place, films, 1)
    return {
        file.relative_to(place).as_posix(): file.read_bytes()
        for file in sorted(place.rglob("*"))
        if file.is_file()
    }


def ingested(folder: Path, films: list[Shot]) -> tuple[pd.DataFrame, pd.DataFrame]:
    filed(folder / "files", films)
    (folder / "out").mkdir()
    source = Journals(files=folder / "files", layout="s3")
    return ingest.main("journals", source, folder / "out", TERMS, PARAMS)


def test_the_same_shots_give_the_same_files_in_any_order(tmp_path: Path) -> None:
    assert filed(tmp_path / "one", shots()) == filed(tmp_path / "two", shots()[::-1])


def test_every_shot_comes_back_as_it_was_drawn(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
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
        if film.condition != "normal":
            assert row["offset_days"] == film.day


def test_a_patient_is_one_article_and_a_copy_is_another(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
    counts = kept["patient_id"].value_counts()
    assert counts.max() == 3
    assert (counts == 1).sum() == len(shots()) - 3


def test_what_is_retracted_or_closed_is_told_and_nothing_else(tmp_path: Path) -> None:
    _, rejected = ingested(tmp_path, shots())
    assert sorted(rejected["reason"]) == ["blocked", "withdrawn"]


def test_the_articles_have_upstreams_oddities(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
    assert {"CC-BY-4.0", "CC0-1.0", "CC-BY-NC-ND-4.0", "LicenseRef-CC-BY-NC-SA",
            "NOASSERTION"} <= set(kept["license"])  # fmt: skip
    assert kept["source_ref"].str.contains("/a/").any()
    listed = (tmp_path / "files/articles.csv").read_text()
    assert all(part in listed for part in ("doi-org.", "%2F", "#ref-", "\nPMC"))
    assert list((tmp_path / "files/crops").iterdir())


def test_a_film_from_before_the_illness_has_no_place(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="before the illness"):
        filed(tmp_path / "x", [shot(1, day=-9, condition="normal", shows_disease=False)])


def test_a_world_without_films_is_filed_and_told_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(NoFilms):
        ingested(tmp_path, [])
