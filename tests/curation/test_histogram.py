import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from scipy.stats import ks_2samp
from skimage.exposure import match_histograms
from small_films import FILMS
from textures import texture

from curation.pixels.histogram import counts, matched, table
from manifests.contract.images import Pixels
from training.grey_levels import distance

FEW = arrays(np.uint8, (5, 7), elements=some.sampled_from([0, 3, 200, 255]))


@given(FILMS | FEW, FILMS | FEW)
def test_matching_is_that_of_scikit_image(film: Pixels, base: Pixels) -> None:
    expected = match_histograms(film, base)
    assert (table(counts(film), counts(base))[film] == expected).all()
    assert (matched(film, counts(base)) == expected.astype(np.uint8)).all()


@given(FILMS | FEW)
def test_a_film_matched_to_itself_is_unchanged(film: Pixels) -> None:
    before = film.copy()
    assert (matched(film, counts(film)) == before).all()
    assert (film == before).all()


@given(FILMS | FEW, FILMS | FEW)
def test_what_was_brighter_stays_brighter(film: Pixels, base: Pixels) -> None:
    levels = table(counts(film), counts(base))
    assert (np.diff(levels) >= 0).all()
    assert base.min() <= levels[film.min()] <= levels[film.max()] <= base.max()


def test_a_matched_film_is_near_its_base() -> None:
    film, base = texture(1), np.asarray(texture(2) // 2 + 100, np.uint8)
    before = distance(counts(film), counts(base))
    after = distance(counts(matched(film, counts(base))), counts(base))
    assert before > 0.3
    assert after < before / 4


def test_every_pixel_is_counted_in_a_strided_view_too() -> None:
    film = texture(3)
    assert counts(film[::2, 1::3]).tolist() == np.bincount(
        film[::2, 1::3].ravel(), minlength=256
    ).tolist()  # fmt: skip
    assert counts(film[:1, :3]).sum() == 3


@given(FILMS, FILMS)
def test_the_distance_is_that_of_kolmogorov_and_smirnov(one: Pixels, other: Pixels) -> None:
    expected = ks_2samp(one.ravel(), other.ravel()).statistic
    assert distance(counts(one), counts(other)) == pytest.approx(expected)


def test_a_film_without_a_pixel_to_match_has_a_table_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = table(np.zeros(256, np.int64), counts(texture(1)))
    assert (made == texture(1).min()).all()


def test_an_empty_histogram_cannot_be_matched() -> None:
    with pytest.raises(ValueError, match="no pixel"):
        matched(texture(1), np.zeros(256, np.int64))
