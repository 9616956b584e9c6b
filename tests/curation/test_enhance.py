from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from textures import texture

from curation.pixels.enhance import beasf, beasf_reference, clahe, equalize
from manifests.contract.images import Pixels

VECTORS = Path(__file__).parents[2].parent / "shared/data/beasf_vectors.npz"
FILMS = arrays(np.uint8, some.tuples(some.integers(1, 12), some.integers(1, 12)))
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


def test_beasf_and_its_published_form_agree_but_for_the_faults() -> None:
    difference = np.abs(beasf(FILM, 1.5).astype(int) - beasf_reference(FILM, 1.5))
    assert 0 < difference.mean() < 12


@pytest.mark.parametrize("grey", [0, 77, 255])
def test_the_published_beasf_fails_in_a_sentence(grey: int) -> None:
    with pytest.raises(ValueError, match=f"fails at a mean of {grey}; use `beasf`"):
        beasf_reference(np.full((1, 1), grey, np.uint8), 1.5)


def vectors() -> Iterator[tuple[Pixels, float, Pixels]]:
    with np.load(VECTORS) as found:
        for key in found.files:
            name, _, gamma = key.partition("__gamma")
            if gamma:
                yield found[f"{name}__in"], float(gamma), found[key]


@pytest.mark.sample
@pytest.mark.skipif(not VECTORS.exists(), reason="the sample of films is not beside the project")
def test_the_published_beasf_gives_what_was_published() -> None:
    checked = [(beasf_reference(film, gamma) == made).all() for film, gamma, made in vectors()]
    assert len(checked) == 168
    assert all(checked)


def test_clahe_and_equalize_are_opencvs() -> None:
    assert (clahe(FILM, 2, 8) == cv2.createCLAHE(2.0, (8, 8)).apply(FILM)).all()
    assert (equalize(FILM) == cv2.equalizeHist(FILM)).all()


def test_equalising_spreads_the_grey_levels_evenly() -> None:
    dull = (FILM // 4 + 90).astype(np.uint8)
    assert equalize(dull).std() > 2 * dull.std()
    assert (equalize(dull).min(), equalize(dull).max()) == (0, 255)
