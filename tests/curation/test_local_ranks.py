from collections.abc import Callable

import numpy as np
import pytest
from skimage.filters import rank
from skimage.morphology import disk
from textures import texture

from curation.pixels.enhance import ahe
from manifests.contract.images import Pixels

FILM = texture(1)


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
