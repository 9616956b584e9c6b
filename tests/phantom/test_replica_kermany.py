import hashlib
from pathlib import Path

import pytest
from drawn_shots import shot
from replicas import filed

from curation.border import NoFilms
from curation.phantom.replicas.kermany import file_shots
from curation.phantom.shot import Shot
from curation.sources.kermany import Kermany
from curation.stages import ingest
from curation.verdict import Verdict
from manifests.contract.vocabulary import View

TERMS = Path(__file__).parents[2] / "manifests/terms.yaml"


def child(number: int, **given: object) -> Shot:
    usual: dict[str, object] = {"age_years": 2.0, "view": View.AP, "extension": "jpg"}
    return shot(number, **(usual | given))  # type: ignore[arg-type]  # a test may give any field


def shots() -> list[Shot]:
    return [
        child(1, condition="cap"),
        child(1, condition="cap", day=9),
        child(2, condition="cap"),
        child(3, condition="normal", shows_disease=False),
        child(4, condition="normal", shows_disease=False),
    ]


def ingested(folder: Path, films: list[Shot]) -> Verdict:
    filed(file_shots, folder / "files", films)
    (folder / "out").mkdir()
    params = ingest.Params(max_side=64, max_megapixels=1)
    return ingest.main("kermany", Kermany(files=folder / "files"), folder / "out", TERMS, params)


def test_the_same_shots_give_the_same_files_in_any_order(tmp_path: Path) -> None:
    assert filed(file_shots, tmp_path / "one", shots()) == filed(
        file_shots, tmp_path / "two", shots()[::-1]
    )


def test_what_was_drawn_comes_back(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path, shots())
    assert rejected["reason"].tolist() == ["unlisted_image"] * 2
    found = dict(zip(kept["sha256"], kept["finding"], strict=True))
    agents = {"p001": "viral_pneumonia", "p002": "bacterial_pneumonia"}
    assert found == {
        hashlib.sha256(film.data).hexdigest(): agents.get(film.patient, "normal")
        for film in shots()
    }
    assert kept["is_child"].all()
    assert sorted(kept["patient_id"].value_counts()) == [1, 1, 1, 2]


def test_no_shots_are_a_set_without_films(tmp_path: Path) -> None:
    with pytest.raises(NoFilms):
        ingested(tmp_path, [])


def test_what_the_set_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="before COVID-19"):
        filed(file_shots, tmp_path / "files", [child(1)])
