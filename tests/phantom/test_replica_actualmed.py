import hashlib
from pathlib import Path

import pandas as pd
import pytest
from drawn_shots import shot
from replicas import filed

from curation.border import NoFilms
from curation.phantom.replicas.actualmed import file_shots
from curation.phantom.shot import Shot
from curation.sources.actualmed import Actualmed
from curation.stages import ingest
from manifests.contract.vocabulary import View

TERMS = Path(__file__).parents[2] / "manifests/terms.yaml"
PARAMS = ingest.Params(max_side=64, max_megapixels=1)


def shots() -> list[Shot]:
    first = shot(2)
    return [
        first,
        shot(2, day=9, view=View.AP_SUPINE, shows_disease=False),
        shot(3, condition="normal", shows_disease=False),
        shot(5, condition="cap", view=View.AP, extension="jpg"),
        shot(2, copy_of=first.ref, copy_kind="exact", ref="p002-copy", data=first.data),
    ]


def ingested(folder: Path, films: list[Shot]) -> tuple[pd.DataFrame, pd.DataFrame]:
    filed(file_shots, folder / "files", films)
    (folder / "out").mkdir()
    source = Actualmed(files=folder / "files", commit="drawn")
    return ingest.main("actualmed", source, folder / "out", TERMS, PARAMS)


def test_the_same_shots_give_the_same_files_in_any_order(tmp_path: Path) -> None:
    assert filed(file_shots, tmp_path / "one", shots()) == filed(
        file_shots, tmp_path / "two", shots()[::-1]
    )


def test_what_was_drawn_comes_back_as_far_as_upstream_says_it(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
    found = sorted(
        (row["patient_id"], row["sha256"], row["view"], row["finding"], row["finding_text"])
        for row in kept.to_dict("records")
    )
    ill, clear, normal, cap, _ = (hashlib.sha256(film.data).hexdigest() for film in shots())
    assert found == sorted([
        ("actualmed/ANON3", ill, "PA", "covid19", "COVID-19"),
        ("actualmed/ANON3", clear, "AP", "unknown", "No finding"),
        ("actualmed/ANON4", normal, "PA", "unknown", "No finding"),
        ("actualmed/ANON6", cap, "AP", "unknown", ""),
        ("actualmed/ANON5003", ill, "PA", "covid19", "COVID-19"),
    ])  # fmt: skip
    assert kept[["age_years", "sex", "offset_days"]].isna().all(axis=None)


def test_nothing_is_lost_and_the_oddities_are_told(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path, shots())
    assert len(kept) == len(shots())
    assert sorted(rejected["reason"]) == ["missing_image", "unlisted_image"]


def test_a_world_without_films_is_filed_and_told_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(NoFilms, match="no row names one"):
        ingested(tmp_path, [])
