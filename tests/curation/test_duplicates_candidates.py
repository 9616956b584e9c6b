import cv2
import numpy as np
import pytest
from textures import texture

from curation.duplicates.candidates import (
    UNIT,
    VIEW_SIDE,
    Descriptors,
    descriptor,
    descriptors,
    inside,
    look,
)
from curation.duplicates.neighbours import Candidate, neighbours
from manifests.contract.images import Pixels

FILMS = [texture(number) for number in range(20)]


def described(*films: Pixels) -> Descriptors:
    return np.stack([descriptors(look(film).seen) for film in films])


def test_a_view_is_small_and_has_no_uniform_border() -> None:
    framed = cv2.copyMakeBorder(FILMS[0], 50, 0, 90, 90, cv2.BORDER_CONSTANT, value=0)
    height, width = FILMS[0].shape
    # The first and last lines may be half border.
    assert framed[inside(np.asarray(framed))].shape == (height - 1, width - 2)
    assert max(look(np.asarray(framed)).seen.shape) == VIEW_SIDE


def test_the_frame_of_a_view_lies_as_far_out_as_the_border_is_wide() -> None:
    framed = cv2.copyMakeBorder(FILMS[0], 42, 0, 19, 38, cv2.BORDER_CONSTANT, value=0)
    seen, frame = look(np.asarray(framed))
    height, width = seen.shape
    expected = (-width / 20, -height / 10, 1.1 * width, height)
    assert frame == pytest.approx(expected, abs=1.5)


def test_a_frame_within_a_frame_is_taken_away_too() -> None:
    black = cv2.copyMakeBorder(FILMS[0], 20, 20, 30, 30, cv2.BORDER_CONSTANT, value=0)
    white = cv2.copyMakeBorder(black, 50, 0, 40, 40, cv2.BORDER_CONSTANT, value=255)
    assert np.array_equal(white[inside(np.asarray(white))], FILMS[0][1:-1, 1:-1])


def test_a_noisy_border_is_a_border() -> None:
    framed = np.asarray(cv2.copyMakeBorder(FILMS[0], 0, 0, 60, 60, cv2.BORDER_CONSTANT, value=90))
    noise = np.random.default_rng(1).normal(0, 8, framed.shape)
    noisy = np.clip(framed + noise, 0, 255).astype(np.uint8)
    assert noisy[inside(noisy)].shape[1] == pytest.approx(FILMS[0].shape[1], abs=8)


def test_a_signature_in_the_border_does_not_keep_the_border() -> None:
    framed = np.full((FILMS[0].shape[0] + 80, FILMS[0].shape[1]), 20, np.uint8)
    framed[:-80] = FILMS[0]
    cv2.putText(framed, "a name", (10, FILMS[0].shape[0] + 60), 0, 0.6, 255, 2)
    assert framed[inside(framed)].shape[0] == FILMS[0].shape[0] - 1


def test_a_small_film_is_not_enlarged_and_a_flat_one_not_trimmed_away() -> None:
    flat = np.full((30, 20), 7, np.uint8)
    assert look(flat).seen.shape == (30, 20)


def test_a_descriptor_holds_whole_numbers_of_one_length() -> None:
    found = descriptor(look(FILMS[0]).seen)
    assert (found == np.rint(found)).all()
    assert np.linalg.norm(found) == pytest.approx(UNIT, rel=0.01)


def test_dot_products_are_exact_so_that_no_order_of_summing_matters() -> None:
    some = described(*FILMS[:4]).reshape(-1, 143)
    assert (some @ some.T == some.astype(np.int64) @ some.astype(np.int64).T).all()


def test_a_flat_film_has_no_neighbours() -> None:
    flat = np.full((64, 64), 200, np.uint8)
    assert neighbours(described(flat, flat, FILMS[0]), 2) == []


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_films_have_no_neighbours(count: int) -> None:
    assert neighbours(np.zeros((count, 10, 143), np.float32), 5) == []


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize("is_inverted", [False, True])
def test_a_turned_copy_is_the_nearest_film_and_says_how_it_was_turned(
    *, is_mirrored: bool, is_inverted: bool
) -> None:
    copy = FILMS[3][:, ::-1] if is_mirrored else FILMS[3]
    copy = 255 - copy if is_inverted else copy
    found = neighbours(described(*FILMS, np.ascontiguousarray(copy)), 1)
    assert Candidate(3, 20, is_mirrored, is_inverted) in found


@pytest.mark.parametrize("share", [0.03, 0.07, 0.13])
def test_a_cropped_copy_is_the_nearest_film(share: float) -> None:
    height, width = FILMS[5].shape
    cut = FILMS[5][round(share * height) :, : width - round(share * width)]
    found = neighbours(described(*FILMS, cut), 1)
    assert (5, 20) in {(pair.first, pair.second) for pair in found}


def test_the_number_of_pairs_is_bounded_on_any_data() -> None:
    alike = [FILMS[0]] * 30
    assert len(neighbours(described(*alike), 4)) <= 30 * 4


def test_of_equals_the_lower_position_is_nearer() -> None:
    found = neighbours(described(*[FILMS[0]] * 4), 1)
    assert [(pair.first, pair.second) for pair in found] == [(0, 1), (0, 2), (0, 3)]


def test_the_order_of_the_films_changes_no_pair() -> None:
    order = [7, 2, 19, 0, 11, 5, 3, 16, 1, 18, 4, 9, 14, 6, 12, 8, 17, 10, 13, 15]
    plain, mixed = described(*FILMS), described(*[FILMS[i] for i in order])
    before = {frozenset((pair.first, pair.second)) for pair in neighbours(plain, 3)}
    after = {frozenset((order[p.first], order[p.second])) for p in neighbours(mixed, 3)}
    assert before == after
