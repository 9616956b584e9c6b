import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textures import texture

from curation.pixels.area import by_area
from manifests.contract.images import Pixels


def by_opencv(film: Pixels, size: int) -> Pixels:
    return np.asarray(cv2.resize(film, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def noise(height: int, width: int, seed: int) -> Pixels:
    chance = np.random.default_rng(seed)
    return chance.integers(0, chance.integers(2, 257), (height, width)).astype(np.uint8)


@settings(max_examples=150, deadline=None, database=None)
@given(st.integers(1, 90), st.integers(0, 120), st.integers(0, 120), st.integers(0, 2**32 - 1))
def test_every_pixel_is_that_of_opencv(size: int, taller: int, wider: int, seed: int) -> None:
    film = noise(size + taller, size + wider, seed)
    np.testing.assert_array_equal(by_opencv(film, size), by_area(film, size))


@pytest.mark.parametrize(
    ("height", "width"),
    [(320, 320), (320, 321), (321, 320), (639, 639), (640, 640), (500, 640), (320, 960),
     (512, 417), (333, 5000), (1601, 1599)],
)  # fmt: skip
def test_films_at_the_size_of_the_paper_are_those_of_opencv(height: int, width: int) -> None:
    for film in (texture(2, height, width), noise(height, width, 3)):
        np.testing.assert_array_equal(by_opencv(film, 320), by_area(film, 320))


@pytest.mark.parametrize("many", range(1, 130))
def test_whole_numbers_of_pixels_are_too(many: int) -> None:
    # Some of these are no whole number any more when divided twice, as OpenCV does.
    film = noise(49 * many, 49, many)
    np.testing.assert_array_equal(by_opencv(film, 49), by_area(film, 49))


def test_a_flat_film_stays_as_it_is() -> None:
    assert np.unique(by_area(np.full((417, 512), 201, np.uint8), 320)).tolist() == [201]


def test_a_window_of_a_film_is_as_good_as_a_film() -> None:
    film = texture(4, 600, 700)
    window = film[11:500, 3:603]
    np.testing.assert_array_equal(by_area(window.copy(), 320), by_area(window, 320))
