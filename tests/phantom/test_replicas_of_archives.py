import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from drawn_shots import shot

from curation.border import NoFilms
from curation.phantom.replicas import cohen, nih_cxr14, radiopaedia
from curation.phantom.shot import Shot
from curation.sources.loading import load
from curation.stages import ingest
from manifests.contract.vocabulary import Modality, View

TERMS = Path(__file__).parents[2] / "manifests/terms.yaml"
PARAMS = ingest.Params(max_side=64, max_megapixels=1)
QUERIES = tuple(radiopaedia.QUERIES)
ROOMS = {"cohen": cohen, "nih_cxr14": nih_cxr14}
ENTRIES: dict[str, dict[str, Any]] = {
    "cohen": {"commit": "drawn"},
    "nih_cxr14": {"findings": [], "max_films": None},
}


def shots() -> list[Shot]:
    first = shot(1)
    return [
        first,
        shot(1, day=9, view=View.AP_SUPINE, extension="jpg"),
        shot(2, condition="cap", view=View.AP, age_years=0.9),
        shot(3, condition="normal", shows_disease=False, age_years=81.0),
        shot(12, condition="covid19", shows_disease=False),
        shot(1, copy_of=first.ref, copy_kind="exact", ref="p001-copy", data=first.data),
    ]


def filed(key: str, folder: Path, films: list[Shot]) -> dict[str, str]:
    place = folder / key
    place.mkdir(parents=True)
    ROOMS[key].file_shots(place, films, 1)
    return {
        file.relative_to(place).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(place.rglob("*"))
        if file.is_file()
    }


def ingested(key: str, folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    (folder / "out").mkdir()
    source = load(key, {key: {**ENTRIES[key], "files": folder / key}})
    return ingest.main(key, source, folder / "out", TERMS, PARAMS)


@pytest.mark.parametrize("key", sorted(ROOMS))
def test_the_same_shots_give_the_same_files_in_any_order(key: str, tmp_path: Path) -> None:
    one = filed(key, tmp_path / "one", shots())
    assert one == filed(key, tmp_path / "two", shots()[::-1])


@pytest.mark.parametrize("key", sorted(ROOMS))
def test_every_shot_comes_in_under_its_hash_and_the_oddities_are_told(
    key: str, tmp_path: Path
) -> None:
    filed(key, tmp_path, shots())
    kept, rejected = ingested(key, tmp_path)
    assert set(kept["sha256"]) == {hashlib.sha256(film.data).hexdigest() for film in shots()}
    assert {"missing_image", "unlisted_image"} <= set(rejected["reason"])
    assert not {"unknown_term", "invalid_field"} & set(rejected["reason"])


@pytest.mark.parametrize("key", sorted(ROOMS))
def test_a_patient_keeps_a_number_and_a_copy_has_another(key: str, tmp_path: Path) -> None:
    filed(key, tmp_path, shots())
    kept, _ = ingested(key, tmp_path)
    first = hashlib.sha256(shots()[0].data).hexdigest()
    later = hashlib.sha256(shots()[1].data).hexdigest()
    patients = kept[kept["sha256"] == first]["patient_id"]
    assert patients.is_unique
    assert len(patients) >= 2
    assert kept.set_index("sha256").loc[later, "patient_id"] in set(patients)


@pytest.mark.parametrize("key", sorted(ROOMS))
def test_a_world_without_films_for_the_source_is_filed_and_told_to_be_empty(
    key: str, tmp_path: Path
) -> None:
    assert filed(key, tmp_path, [])
    with pytest.raises(NoFilms, match=f"{key}: no films can be read"):
        ingested(key, tmp_path)


def test_a_film_that_another_site_shows_is_cited_from_there(tmp_path: Path) -> None:
    first, later = shot(20), shot(20, day=9)
    copy = shot(20, copy_of=first.ref, copy_kind="exact", ref="p020-copy", data=first.data)
    filed("cohen", tmp_path, [copy, later])
    filed_there = tmp_path / "there"
    radiopaedia.file_shots(filed_there, [first], 1)
    source = load("radiopaedia", {"radiopaedia": {"files": filed_there, "queries": QUERIES,
                                                  "max_cases": 9}})  # fmt: skip
    (tmp_path / "shown").mkdir()
    shown, _ = ingest.main("radiopaedia", source, tmp_path / "shown", TERMS, PARAMS)
    kept, _ = ingested("cohen", tmp_path)
    assert set(kept["source_url"]) == set(shown["source_url"])
    assert {"cohen/20", "cohen/20a"} <= set(kept["patient_id"])


def test_cohens_licences_are_spread(tmp_path: Path) -> None:
    filed("cohen", tmp_path, [shot(number) for number in range(1, 11)])
    kept, _ = ingested("cohen", tmp_path)
    assert {"CC-BY-NC-SA-3.0", "CC-BY-NC-SA-4.0", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-NC-ND-4.0",
            "Apache-2.0", "NOASSERTION"} == set(kept["license"])  # fmt: skip


def test_cohens_clear_film_of_an_ill_patient_says_no_finding(tmp_path: Path) -> None:
    clear = shot(12, condition="covid19", shows_disease=False)
    slice_ = shot(12, modality=Modality.CT, view=View.UNKNOWN, ref="p012-day1-ct")
    filed("cohen", tmp_path, [clear, slice_])
    kept, _ = ingested("cohen", tmp_path)
    rows = kept.set_index("source_ref")
    assert rows.loc[f"{clear.ref}.png", "finding"] == "normal"
    assert rows.loc["p012-day1-ct.png", "finding"] == "covid19"
    assert rows.loc["p012-day1-ct.png", "modality"] == "CT"


def test_nihs_boxes_frame_what_was_drawn_in_pixels_of_the_file(tmp_path: Path) -> None:
    ill = np.zeros((320, 320), np.uint8)
    ill[80:160, 64:128] = 255
    seen = shot(2, condition="cap", view=View.AP, opacities=ill)
    later = shot(2, condition="cap", view=View.AP, opacities=ill, day=9)
    clear = shot(3, condition="normal", shows_disease=False, opacities=ill)
    filed("nih_cxr14", tmp_path, [seen, later, clear])
    kept, _ = ingested("nih_cxr14", tmp_path)
    boxed = kept[kept["boxes"].notna()]
    assert boxed["sha256"].tolist() == [hashlib.sha256(seen.data).hexdigest()]
    (box,) = json.loads(boxed["boxes"].iloc[0])
    # The file has 40 x 48 pixels.
    assert {side: box[side] for side in ("x", "y", "width", "height")} == {
        "x": 8.0, "y": 12.0, "width": 8.0, "height": 12.0
    }  # fmt: skip
    assert box["finding"] in {"pneumonia", "infiltration"}


def test_nihs_official_split_parts_patients(tmp_path: Path) -> None:
    films = [shot(number, day=day, view=View.PA) for number in range(8) for day in (1, 9)]
    filed("nih_cxr14", tmp_path, films)
    kept, rejected = ingested("nih_cxr14", tmp_path)
    assert set(kept["official_split"]) == {"train_val", "test"}
    assert kept.groupby("patient_id")["official_split"].nunique().max() == 1
    assert set(rejected["reason"]) == {"missing_image", "unlisted_image"}


def test_cohens_files_may_end_in_capitals_and_its_table_tells_more(tmp_path: Path) -> None:
    loud = shot(12)
    filed("cohen", tmp_path, [loud, shot(2), shot(3, condition="normal", shows_disease=False)])
    assert (tmp_path / f"cohen/images/{loud.ref}.PNG").is_file()
    kept, rejected = ingested("cohen", tmp_path)
    assert f"cohen/{loud.ref}.png" in set(kept["record_id"])
    assert (rejected["reason"] == "unlisted_image").sum() == 1
    said = [json.loads(facts) for facts in kept["facts"]]
    assert {fact["location"] for fact in said} == {"Land of \ufffd"}
    assert any("temperature" in fact for fact in said)
    assert kept["has_lung_mask"].isna().all()
