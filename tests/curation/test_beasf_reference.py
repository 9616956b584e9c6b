from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from published_beasf import published_beasf
from small_films import FILMS
from textures import texture

from curation.pixels.enhance import _over_own_range, beasf, beasf_reference
from curation.pixels.histogram import counts
from curation.pixels.stack import squeezed
from manifests.contract.images import Pixels, decode

VECTORS = Path(__file__).parents[2].parent / "shared/data/beasf_vectors.npz"
REAL = VECTORS.parent / "nih"
FILM = texture(1)


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
        # Small ones too: there half the pixels of a side are often reached to the pixel.
        shape = chance.integers(1, 60 if n % 2 else 9, 2)
        film = chance.integers(low, chance.integers(low + 1, 257), shape).astype(np.uint8)
        found.append(agree(film, (0.1, 0.5, 1, 1.5, 3, 20)[n % 6]))
    assert False not in found
    assert found.count(True) > 950


def test_where_a_side_is_half_full_its_sum_is_taken_as_published() -> None:
    film = np.array([[76, 76, 76, 86, 86, 141, 244]], np.uint8)
    assert beasf_reference(film, 0.5).tolist() == [[90, 90, 90, 97, 97, 126, 238]]
    assert beasf_reference(film, 1.5).tolist() == [[111, 111, 111, 111, 111, 112, 214]]


@given(FILMS | arrays(np.uint8, (4, 5), elements=some.sampled_from([0, 1, 127, 128, 129, 255])))
def test_where_the_published_loop_fails_the_reference_says_so(film: Pixels) -> None:
    assert agree(film, 1.5) is not False


@pytest.mark.sample
@pytest.mark.skipif(not REAL.exists(), reason="the sample of films is not beside the project")
def test_the_reference_is_the_published_loop_on_real_films() -> None:
    films = [decode(file.read_bytes(), file.name).pixels for file in sorted(REAL.rglob("*.png"))]
    # In the paper's size, and so small that a half is often reached to the pixel.
    small = [squeezed(film, size) for film in films[:40] for size in (320, 32)]
    found = [agree(film, gamma) for film in small for gamma in (0.5, 1.5, 5)]
    assert found == [True] * 240


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
