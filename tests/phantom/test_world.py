import hashlib
import io
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from curation.phantom.broken import KINDS
from curation.phantom.deck import DECK, VIEWS
from curation.phantom.files import TAG
from curation.phantom.shot import Shot
from curation.phantom.truth import write_truth
from curation.phantom.world import shots, shots_of
from curation.sources.loading import keys
from manifests.contract.images import decode
from manifests.contract.packing import unpng
from manifests.contract.rejection import Rejected
from manifests.contract.table import read_arrow
from manifests.contract.vocabulary import Modality, View


@pytest.fixture(scope="module")
def world() -> list[Shot]:
    return list(shots(len(DECK), 1))


def frontal(drawn: list[Shot]) -> list[Shot]:
    return [
        shot
        for shot in drawn
        if shot.modality is Modality.X_RAY and shot.view is not View.L and not is_broken(shot)
    ]


def is_broken(shot: Shot) -> bool:
    return shot.ref.endswith(KINDS)


def area(mask: np.ndarray) -> float:
    return float((mask > 0).mean())


def test_a_patient_is_drawn_the_same_twice_and_another_world_draws_another() -> None:
    first = [shot.data for shot in shots_of(3, 1)]
    assert first == [shot.data for shot in shots_of(3, 1)]
    assert first != [shot.data for shot in shots_of(3, 2)]


def test_adding_a_patient_moves_no_old_film(world: list[Shot]) -> None:
    smaller = list(shots(4, 1))
    assert [(shot.ref, shot.data) for shot in smaller] == [
        (shot.ref, shot.data) for shot in world[: len(smaller)]
    ]


def test_every_film_decodes_and_the_broken_ones_are_refused() -> None:
    hurt = [shot for n in (13, 17, 73, 77) for shot in shots_of(n, 1) if is_broken(shot)]
    assert len(hurt) == len(KINDS)
    for shot in hurt:
        with pytest.raises(Rejected, match="leave it rejected"):
            decode(shot.data, shot.ref)


def test_every_whole_file_is_a_picture_and_says_that_it_is_drawn(world: list[Shot]) -> None:
    for shot in (shot for shot in world if not is_broken(shot)):
        kind = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG"}[shot.extension]
        assert decode(shot.data, shot.ref).format == kind
        with Image.open(io.BytesIO(shot.data)) as picture:
            words = picture.info["Comment" if kind == "PNG" else "comment"]
        assert TAG in (words if isinstance(words, bytes) else words.encode())


def test_every_source_is_dealt_films_that_it_can_hold(world: list[Shot]) -> None:
    assert {shot.source for shot in world} == set(keys())
    for shot in frontal(world):
        assert shot.copy_of or shot.view in VIEWS.get(shot.source, (shot.view,)), shot.ref


def test_references_are_unique_and_name_their_patient(world: list[Shot]) -> None:
    refs = Counter(shot.ref for shot in world)
    assert refs.most_common(1)[0][1] == 1
    assert all(shot.ref.startswith(f"{shot.patient}-day{shot.day}-") for shot in world)


def test_lungs_lie_in_the_frame_and_fill_a_plausible_part_of_it(world: list[Shot]) -> None:
    for shot in frontal(world):
        assert shot.lungs.shape == shot.opacities.shape == (320, 320)
        assert set(np.unique(shot.lungs)) == {0, 255}
        assert 0.10 < area(shot.lungs) < 0.50, shot.ref


def test_lungs_are_darker_than_the_space_between_them(world: list[Shot]) -> None:
    for shot in (s for s in frontal(world) if s.condition == "normal" and not s.copy_of):
        film = np.asarray(Image.fromarray(decode(shot.data, shot.ref).pixels).resize((320, 320)))
        lungs = shot.lungs > 0
        rows = slice(*np.flatnonzero(lungs.any(axis=1))[[0, -1]])
        middle = np.zeros_like(lungs)
        middle[rows, 155:165] = True
        assert film[lungs].mean() < film[middle & ~lungs].mean() - 40, shot.ref


def test_opacities_stand_where_disease_is_and_inside_the_lungs(world: list[Shot]) -> None:
    for shot in (shot for shot in world if not is_broken(shot)):
        assert shot.shows_disease == bool(shot.opacities.any()), shot.ref
        if shot.shows_disease:
            inside = (shot.opacities > 0) & (shot.lungs > 0)
            assert inside.sum() > 0.9 * (shot.opacities > 0).sum(), shot.ref


def test_cap_is_on_one_side_and_covid_on_both(world: list[Shot]) -> None:
    for shot in (s for s in frontal(world) if s.shows_disease and not s.copy_of):
        # The heart's left border reaches far, so the frame's middle parts the lungs well enough.
        left, right = shot.opacities[:, :150].any(), shot.opacities[:, 170:].any()
        assert (left and right) == (shot.condition == "covid19"), shot.ref


def test_a_child_has_a_rounder_thorax_and_smaller_lungs(world: list[Shot]) -> None:
    films = [shot for shot in frontal(world) if not shot.copy_of]
    children = [shot for shot in films if shot.age_years < 18]
    adults = [shot for shot in films if shot.age_years >= 18]
    assert len(children) == 6

    def height(shot: Shot) -> float:
        rows, columns = np.flatnonzero(shot.lungs.any(1)), np.flatnonzero(shot.lungs.any(0))
        return float((rows[-1] - rows[0]) / (columns[-1] - columns[0]))

    assert np.mean([area(s.lungs) for s in children]) < np.mean([area(s.lungs) for s in adults])
    assert np.mean([height(s) for s in children]) < np.mean([height(s) for s in adults])


def test_every_kind_of_copy_exists_within_and_across_sources(world: list[Shot]) -> None:
    first = {shot.ref: shot for shot in world}
    copies = [shot for shot in world if shot.copy_of]
    assert {s.copy_kind for s in copies} == {
        "exact", "re-encoded", "resized", "cropped", "annotated",
    }  # fmt: skip
    assert {s.source == first[s.copy_of].source for s in copies} == {True, False}
    for shot in copies:
        original = first[shot.copy_of]
        assert (shot.data == original.data) == (shot.copy_kind == "exact")
        assert (shot.patient, shot.condition) == (original.patient, original.condition)


def test_the_masks_of_a_crop_are_cropped_with_it(world: list[Shot]) -> None:
    first = {shot.ref: shot for shot in world}
    for shot in (shot for shot in world if shot.copy_kind == "cropped"):
        assert area(shot.lungs) > area(first[shot.copy_of].lungs)


def test_a_source_gives_the_label_away_where_it_does_so_in_life(world: list[Shot]) -> None:
    shown = {(s.source, s.condition) for s in frontal(world) if s.age_years >= 18}
    kinds = Counter(source for source, _ in shown)
    assert {source for source, count in kinds.items() if count == 1} == {
        "covid_cxnet", "hannover", "listed", "nlm_tb", "sirm",
    }  # fmt: skip
    assert (kinds["cohen"], kinds["radiopaedia"]) == (3, 3)
    clear = [s for s in world if s.condition == "covid19" and not s.shows_disease]
    assert {s.source for s in clear} == {"sirm", "covid_cxnet", "covidgr"}
    assert all(
        len({source for source, condition in shown if condition == kind}) > 1
        for kind in ("normal", "cap", "covid19")
    )


def test_some_patients_come_back_and_some_stand_in_two_sources(world: list[Shot]) -> None:
    films = [shot for shot in frontal(world) if not shot.copy_of]
    days = {(s.patient, s.day) for s in films}
    assert Counter(Counter(p for p, _ in days).values())[2] >= 5
    places = {(s.patient, s.source) for s in films}
    assert 2 in Counter(p for p, _ in places).values()


def test_truth_lists_every_film_and_one_pair_of_masks_per_file(
    tmp_path: Path, world: list[Shot]
) -> None:
    write_truth(tmp_path, world)
    rows = read_arrow(tmp_path / "truth.parquet").to_pylist()
    masks = read_arrow(tmp_path / "masks.parquet").to_pylist()
    assert {(r["source"], r["ref"]) for r in rows} == {(s.source, s.ref) for s in world}
    assert [m["sha256"] for m in masks] == sorted({r["sha256"] for r in rows})
    film = world[1]
    sha256 = hashlib.sha256(film.data).hexdigest()
    mask = next(m for m in masks if m["sha256"] == sha256)
    assert np.array_equal(unpng(mask["lungs"]), film.lungs)
    assert np.array_equal(unpng(mask["opacities"]), film.opacities)
