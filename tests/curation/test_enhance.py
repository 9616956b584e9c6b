from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from small_films import FILMS
from textures import texture

from curation.pixels.enhance import ahe, beasf, beasf_reference, clahe, equalize
from curation.pixels.histogram import counts, matched
from manifests.contract.images import Pixels, decode

GAMMAS = some.floats(0.1, 20)
FILM = texture(1)


@given(FILMS, GAMMAS)
def test_beasf_keeps_the_order_of_grey_levels(film: Pixels, gamma: float) -> None:
    order = np.argsort(film, axis=None, kind="stable")
    assert (np.diff(beasf(film, gamma).ravel()[order].astype(int)) >= 0).all()


@given(FILMS, GAMMAS)
def test_beasf_keeps_shape_and_leaves_the_film_itself_alone(film: Pixels, gamma: float) -> None:
    before = film.copy()
    made = beasf(film, gamma)
    assert (made.shape, made.dtype) == (film.shape, film.dtype)
    assert (film == before).all()


@pytest.mark.parametrize("grey", [0, 1, 77, 128, 254, 255])
def test_beasf_leaves_a_film_of_one_grey_level_unchanged(grey: int) -> None:
    film = np.full((6, 5), grey, np.uint8)
    assert (beasf(film, 1.5) == film).all()


def test_beasf_keeps_black_mean_and_white_in_their_places() -> None:
    film = np.array([[0, 50, 100, 150, 200, 255]], np.uint8)
    made = beasf(film, 1.5)
    assert (made[0, 0], made[0, -1]) == (0, 255)
    assert made[0, 2] <= film.mean() <= made[0, 3]


def test_a_steeper_slope_gives_more_contrast() -> None:
    assert beasf(FILM, 3).std() > beasf(FILM, 1).std()


OPERATIONS: list[Callable[[Pixels], Pixels]] = [
    equalize, lambda film: ahe(film, 9), lambda film: clahe(film, 2, 8),
    lambda film: beasf(film, 1.5), lambda film: matched(film, counts(FILM)),
]  # fmt: skip


@pytest.mark.parametrize("operation", OPERATIONS)
@given(FILMS)
def test_every_operation_keeps_shape_and_film(
    operation: Callable[[Pixels], Pixels], film: Pixels
) -> None:
    before = film.copy()
    made = operation(film)
    assert made.shape == film.shape
    assert made.dtype == np.uint8
    assert (film == before).all()
    # A view with steps gives what its copy gives.
    assert (operation(film[::2, ::-1]) == operation(film[::2, ::-1].copy())).all()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_film_of_sixteen_bits_is_enhanced_as_its_eight_bits_are(
    operation: Callable[[Pixels], Pixels],
) -> None:
    deep = (FILM.astype(np.uint16) << 4) + 7
    data = cv2.imencode(".png", deep)[1].tobytes()
    film = decode(data, "deep.png").pixels
    assert operation(film).shape == FILM.shape
    assert operation(film).std() > 0


@pytest.mark.parametrize("made", [beasf, beasf_reference])
@pytest.mark.parametrize("gamma", [0, -1.5, float("nan")])
def test_a_slope_that_does_not_rise_is_told(
    made: Callable[[Pixels, float], Pixels], gamma: float
) -> None:
    with pytest.raises(ValueError, match="above 0"):
        made(FILM, gamma)


@pytest.mark.parametrize(("clip", "tiles"), [(0, 8), (-1, 8), (2, 0)])
def test_what_clahe_cannot_do_is_told(clip: float, tiles: int) -> None:
    with pytest.raises(ValueError, match="above 0"):
        clahe(FILM, clip, tiles)


@given(FILMS)
def test_clahe_and_equalize_are_opencvs(film: Pixels) -> None:
    assert (clahe(film, 2, 8) == cv2.createCLAHE(2.0, (8, 8)).apply(film)).all()
    assert (equalize(film) == cv2.equalizeHist(film)).all()


def test_equalising_spreads_the_grey_levels_evenly() -> None:
    dull = (FILM // 4 + 90).astype(np.uint8)
    assert equalize(dull).std() > 2 * dull.std()
    assert (equalize(dull).min(), equalize(dull).max()) == (0, 255)
