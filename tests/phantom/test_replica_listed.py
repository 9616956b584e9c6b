import hashlib
from pathlib import Path

from drawn_shots import shot
from replicas import filed

from curation.phantom.replicas.listed import file_shots
from curation.phantom.shot import Shot
from curation.sources.listed import Listed
from curation.stages import ingest
from manifests.contract.vocabulary import Sex, View

TERMS = Path(__file__).parents[2] / "manifests/terms.yaml"


def shots() -> list[Shot]:
    first = shot(1, day=4)
    return [
        first,
        shot(1, day=9, view=View.AP_SUPINE, extension="jpg"),
        shot(2, day=0, view=View.L, sex=Sex.M),
        shot(3, condition="normal", shows_disease=False),
        shot(4, shows_disease=False),
        shot(1, copy_of=first.ref, copy_kind="exact", ref="p001-copy", data=first.data, day=4),
    ]


def test_the_same_shots_give_the_same_files_in_any_order(tmp_path: Path) -> None:
    assert filed(file_shots, tmp_path / "one", shots()) == filed(
        file_shots, tmp_path / "two", shots()[::-1]
    )


def test_no_shots_are_a_list_without_rows(tmp_path: Path) -> None:
    assert list(filed(file_shots, tmp_path / "none", [])) == ["list.csv"]
    assert list(Listed(files=tmp_path / "none").read(tmp_path / "none")) == []


def test_what_was_drawn_comes_back(tmp_path: Path) -> None:
    filed(file_shots, tmp_path / "files", shots())
    (tmp_path / "out").mkdir()
    kept, rejected = ingest.main(
        "listed", Listed(files=tmp_path / "files"), tmp_path / "out", TERMS,
        ingest.Params(max_side=64, max_megapixels=1),
    )  # fmt: skip
    assert rejected["reason"].tolist() == ["missing_image"]
    columns = ["sha256", "sex", "view", "finding", "offset_days", "abnormal"]
    found = {tuple(row) for row in kept[columns].itertuples(index=False)}
    assert found == {
        (hashlib.sha256(film.data).hexdigest(), str(film.sex), str(film.view), film.condition,
         film.day, film.shows_disease)
        for film in shots()
    }  # fmt: skip
    assert kept["patient_id"].value_counts().tolist() == [2, 1, 1, 1, 1]
    assert kept["age_years"].tolist().count(50.0) == 3
