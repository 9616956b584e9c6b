from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from published_beasf import published_beasf
from skimage.filters import rank
from skimage.morphology import disk
from textures import texture

from curation.pixels.enhance import (
    _over_own_range,
    ahe,
    beasf,
    beasf_reference,
    clahe,
    equalize,
)
from curation.pixels.histogram import counts
from manifests.contract.images import Pixels, decode

VECTORS = Path(__file__).parents[2].parent / "shared/data/beasf_vectors.npz"
REAL = VECTORS.parent / "nih"
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


def test_the_histogram_over_the_own_range_is_numpys() -> None:
    for least in range(0, 256, 5):
        for most in range(least, 256, 3):
            film = np.arange(least, most + 1, dtype=np.uint8)
            found = _over_own_range(counts(film[None]))
            assert (found == np.histogram(film, 256)[0]).all()


def agree(film: Pixels, gamma: float) -> bool | None:
    """Whether both give one result; None where both fail."""
    try:
        expected = published_beasf(film, gamma)
    except ZeroDivisionError:
        with pytest.raises(ValueError, match="use `beasf`"):
            beasf_reference(film, gamma)
        return None
    return bool((beasf_reference(film, gamma) == expected).all())


def test_the_reference_is_the_published_loop_on_a_thousand_films() -> None:
    chance = np.random.default_rng(1)
    found = []
    for n in range(1000):
        low = int(chance.integers(0, 250))
        shape = chance.integers(1, 60, 2)
        film = chance.integers(low, chance.integers(low + 1, 257), shape).astype(np.uint8)
        found.append(agree(film, (0.5, 1, 1.5, 3)[n % 4]))
    assert False not in found
    assert found.count(True) > 950


@given(arrays(np.uint8, (4, 5), elements=some.sampled_from([0, 1, 127, 128, 129, 254, 255])))
def test_where_the_published_loop_fails_the_reference_says_so(film: Pixels) -> None:
    assert agree(film, 1.5) is not False


@pytest.mark.sample
@pytest.mark.skipif(not REAL.exists(), reason="the sample of films is not beside the project")
def test_the_reference_is_the_published_loop_on_real_films() -> None:
    films = [decode(file.read_bytes(), file.name).pixels for file in sorted(REAL.rglob("*.png"))]
    halves = [film[::4, ::4] for film in films[:40]]
    assert [agree(film, 1.5) for film in halves] == [True] * 40


def ranked(film: Pixels, radius: int) -> Pixels:
    by_rank: Callable[..., Pixels] = rank.equalize
    around: Callable[[int], Pixels] = disk
    return by_rank(film, around(radius))


@pytest.mark.parametrize("radius", [0, 1, 5, 40])
@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (25, 1), (60, 90)])
def test_ahe_is_scikit_images_rank_in_a_disk(shape: tuple[int, int], radius: int) -> None:
    film = texture(2)[: shape[0], : shape[1]]
    assert (ahe(film, radius) == ranked(film, radius)).all()


def test_ahe_of_black_and_white_is_scikit_images() -> None:
    for film in (np.zeros((9, 9), np.uint8), np.full((9, 9), 255, np.uint8), FILM[:50, :70] // 128):
        assert (ahe(film, 40) == ranked(film, 40)).all()


@pytest.mark.parametrize("radius", [-1, 128])
def test_a_disk_that_cannot_be_counted_is_told(radius: int) -> None:
    with pytest.raises(ValueError, match="0 to 127"):
        ahe(FILM, radius)


OPERATIONS: list[Callable[[Pixels], Pixels]] = [
    equalize, lambda film: ahe(film, 9), lambda film: clahe(film, 2, 8),
    lambda film: beasf(film, 1.5),
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
