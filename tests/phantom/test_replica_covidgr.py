import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from drawn_shots import shot
from replicas import filed

from curation.border import NoFilms
from curation.phantom.replicas.covidgr import file_shots
from curation.phantom.shot import Shot
from curation.sources.covidgr import Covidgr
from curation.stages import ingest
from manifests.contract.vocabulary import View

TERMS = Path(__file__).parents[2] / "manifests/terms.yaml"
PARAMS = ingest.Params(max_side=64, max_megapixels=1)
LUNGS = np.full((320, 320), 255, np.uint8)


def ill(patient: int, share: float) -> Shot:
    """The film of a patient whose lungs are opaque to that share."""
    opacities = LUNGS.copy()
    opacities[int(320 * share) :] = 0
    return shot(patient, lungs=LUNGS, opacities=opacities)


def shots() -> list[Shot]:
    first = ill(1, 0.1)
    return [
        first,
        ill(2, 0.3),
        ill(3, 0.5),
        ill(10, 0.5),
        shot(4, shows_disease=False, extension="jpg"),
        shot(5, condition="normal", shows_disease=False),
        shot(6, condition="normal", shows_disease=False, extension="jpg"),
        shot(1, copy_of=first.ref, copy_kind="exact", ref="p001-copy", data=first.data,
             shows_disease=False),
    ]  # fmt: skip


def ingested(folder: Path, films: list[Shot]) -> tuple[pd.DataFrame, pd.DataFrame]:
    filed(file_shots, folder / "files", films)
    (folder / "out").mkdir()
    source = Covidgr(files=folder / "files", severity="severity.csv")
    return ingest.main("covidgr", source, folder / "out", TERMS, PARAMS)


def test_the_same_shots_give_the_same_files_in_any_order(tmp_path: Path) -> None:
    assert filed(file_shots, tmp_path / "one", shots()) == filed(
        file_shots, tmp_path / "two", shots()[::-1]
    )


def test_what_was_drawn_comes_back(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
    found = {(row["sha256"], row["view"], row["finding"]) for row in kept.to_dict("records")}
    assert found == {
        (hashlib.sha256(film.data).hexdigest(), "PA", film.condition) for film in shots()
    }
    assert kept["patient_id"].is_unique
    assert kept[["age_years", "sex"]].isna().all(axis=None)


def test_the_grade_is_of_what_the_film_shows(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots()[:-1])
    severity = dict(zip(kept["sha256"], kept["severity"].fillna(""), strict=True))
    films = shots()[:-1]
    assert [severity[hashlib.sha256(film.data).hexdigest()] for film in films] == [
        "mild", "moderate", "severe", "", "none", "", "",
    ]  # fmt: skip


def test_nothing_is_lost_and_the_oddities_are_told(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path, shots())
    assert len(kept) == len(shots())
    assert sorted(rejected["reason"]) == ["missing_image", "unlisted_image"]


@pytest.mark.parametrize(
    ("film", "fault"),
    [(shot(1, condition="cap"), "COVID-19 only"), (shot(1, view=View.AP), "PA films only")],
)
def test_what_upstream_cannot_hold_has_no_place(film: Shot, fault: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=fault):
        filed(file_shots, tmp_path / "files", [film])


def test_a_world_without_films_is_filed_and_told_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(NoFilms, match="no row names one"):
        ingested(tmp_path, [])
