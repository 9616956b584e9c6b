import hashlib
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
import pytest
from drawn_shots import shot
from replicas import filed

from curation.border import NoFilms
from curation.phantom.replicas.nlm_tb import file_shots
from curation.phantom.shot import Shot
from curation.phantom.world import shots_of
from curation.sources.nlm_tb import NlmTb
from curation.stages import ingest
from manifests.contract.images import Pixels
from manifests.contract.vocabulary import Modality, Sex, View
from manifests.contract.working import MASKS, WorkingCopies

TERMS = Path(__file__).parents[2] / "manifests/terms.yaml"
PARAMS = ingest.Params(max_side=512, max_megapixels=4)
SETS = (Path("MontgomerySet"), Path("ChinaSet_AllFiles"))


def lungs() -> Pixels:
    """Two lungs of unlike size, so that left and right cannot be taken for each other."""
    mask = np.zeros((320, 320), np.uint8)
    cv2.ellipse(mask, (90, 160), (50, 110), 0, 0, 360, 255, -1)
    cv2.ellipse(mask, (230, 160), (40, 80), 0, 0, 360, 255, -1)
    return mask


def healthy(number: int, day: int = 0, **given: object) -> Shot:
    usual = {"condition": "normal", "shows_disease": False, "lungs": lungs()}
    return shot(number, day, **{**usual, **given})


def shots() -> list[Shot]:
    first = healthy(1)
    return [
        first, healthy(1, 400), healthy(2, extension="jpg"), healthy(2, 300),
        healthy(3, sex=Sex.M), healthy(4, age_years=1.5), healthy(6, age_years=5.0, sex=Sex.M),
        healthy(7, age_years=1.3), healthy(9, age_years=0.2), healthy(11, sex=Sex.O),
        healthy(1, ref="p001-copy", copy_of=first.ref, copy_kind="exact", data=first.data),
    ]  # fmt: skip


def ingested(folder: Path, films: list[Shot]) -> tuple[pd.DataFrame, pd.DataFrame]:
    filed(file_shots, folder / "files", films)
    (folder / "out").mkdir()
    source = NlmTb(files=folder / "files", sets=SETS)
    return ingest.main("nlm_tb", source, folder / "out", TERMS, PARAMS)


def test_the_same_shots_give_the_same_files_in_any_order(tmp_path: Path) -> None:
    assert filed(file_shots, tmp_path / "one", shots()) == filed(
        file_shots, tmp_path / "two", shots()[::-1]
    )


def test_what_was_drawn_comes_back(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
    found = sorted(
        (row["sha256"], row["view"], row["finding"], json.loads(row["facts"])["set"])
        for row in kept.to_dict("records")
    )
    assert found == sorted(
        (
            hashlib.sha256(film.data).hexdigest(), "PA", "normal",
            "Montgomery" if film.patient in {"p002", "p004", "p006", "p011"} else "Shenzhen",
        )
        for film in shots()
    )  # fmt: skip


def test_age_and_sex_come_back_where_upstream_says_them(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
    known = kept.dropna(subset=["age_years"]).to_dict("records")
    truth = {hashlib.sha256(film.data).hexdigest(): film for film in shots()}
    assert len(known) == len(shots()) - 1
    for row in known:
        film = truth[row["sha256"]]
        assert row["age_years"] == pytest.approx(film.age_years, abs=0.05)
        assert row["sex"] == film.sex


def test_later_films_are_the_same_patients_and_a_copy_is_nobodys(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path, shots())
    assert kept["patient_id"].value_counts().tolist() == [2, 2, 1, 1, 1, 1, 1, 1, 1]


def test_nothing_is_lost_and_the_oddities_are_told(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path, shots())
    assert len(kept) == len(shots())
    assert sorted(rejected["reason"]) == ["missing_image", "unlisted_image"]


def overlap(one: Pixels, other: Pixels) -> float:
    """Intersection over union of two masks."""
    return float(((one > 0) & (other > 0)).sum() / ((one > 0) | (other > 0)).sum())


def test_the_masks_that_come_back_are_the_drawn_lungs(tmp_path: Path) -> None:
    films = [
        film
        for number in range(1, 12)
        for film in shots_of(number, 1)
        if film.condition == "normal" and film.view not in {View.L, View.UNKNOWN}
    ]
    films = [film for film in films if film.modality is Modality.X_RAY][:4]
    kept, _ = ingested(tmp_path, films)
    masks = WorkingCopies([tmp_path / "out" / MASKS])
    truth = {hashlib.sha256(film.data).hexdigest(): film for film in films}
    with_mask = kept[kept["has_lung_mask"].notna()].to_dict("records")
    assert len(with_mask) >= 2
    for row in with_mask:
        mask = masks.pixels(row["record_id"])
        drawn = truth[row["sha256"]].lungs
        assert overlap(cv2.resize(mask, (320, 320), interpolation=cv2.INTER_NEAREST), drawn) > 0.9  # type: ignore[arg-type]  # cv2 gives a wider type


def test_the_left_mask_is_the_patients_left_on_the_viewers_right(tmp_path: Path) -> None:
    files = filed(file_shots, tmp_path / "files", [healthy(2)])
    for side, is_seen_left in (("leftMask", False), ("rightMask", True)):
        data = files[f"MontgomerySet/ManualMask/{side}/MCUCXR_0020_0.png"]
        mask = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert mask is not None
        half = mask.shape[1] // 2
        assert mask[:, :half].any() == is_seen_left
        assert mask[:, half:].any() != is_seen_left


def test_the_readings_have_upstreams_oddities(tmp_path: Path) -> None:
    many = [healthy(number, sex=(Sex.F, Sex.M)[number % 3 % 2]) for number in range(60)]
    files = filed(file_shots, tmp_path / "files", many)
    said = "".join(data.decode() for name, data in files.items() if "ClinicalReadings" in name)
    for oddity in ("Patient\u2019s", "Patient's", "femal ", " , ", "\t\t", "female 51yrs"):
        assert oddity in said
    names = {"/".join(name.split("/")[:2]) for name in files}
    assert names >= {"ChinaSet_AllFiles/mask", "MontgomerySet/ManualMask"}
    (tmp_path / "out").mkdir()
    kept, rejected = ingest.main(
        "nlm_tb", NlmTb(files=tmp_path / "files", sets=SETS), tmp_path / "out", TERMS, PARAMS
    )
    assert (len(kept), len(rejected)) == (60, 2)
    assert kept["has_lung_mask"].isna().sum() == 4
    assert kept["age_years"].isna().sum() == 4


@pytest.mark.parametrize(
    "film",
    [
        healthy(1, condition="cap"),
        healthy(1, condition="covid19"),
        healthy(1, view=View.L),
        healthy(1, modality=Modality.CT),
    ],
    ids=["cap", "covid19", "lateral", "slice"],
)
def test_what_upstream_does_not_hold_has_no_place(tmp_path: Path, film: Shot) -> None:
    with pytest.raises(ValueError, match="the tuberculosis sets hold"):
        filed(file_shots, tmp_path / "files", [film])


def test_a_broken_file_is_filed_without_a_mask_and_told(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path, [healthy(1), healthy(2), healthy(3, data=b"<html>")])
    assert len(kept) == 2
    assert "unreadable_image" in set(rejected["reason"])


def test_a_world_without_films_is_filed_and_told_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(NoFilms, match="no film in CXR_png"):
        ingested(tmp_path, [])


def test_a_film_of_a_tuberculosis_is_named_as_upstream_names_it(tmp_path: Path) -> None:
    ill: dict[str, Any] = {"condition": "tuberculosis", "shows_disease": True}
    kept, _ = ingested(tmp_path, [healthy(2, **ill), healthy(3, **ill), healthy(4)])
    findings = dict(zip(kept["source_ref"], kept["finding"], strict=True))
    assert sorted(findings.values()) == ["normal", "tuberculosis", "tuberculosis"]
    assert all(("_1." in ref) == (word == "tuberculosis") for ref, word in findings.items())
    assert kept["has_lung_mask"].all()
