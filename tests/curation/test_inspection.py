from collections.abc import Iterator
from functools import cache

import cv2
import imagehash
import numpy as np
import pytest
from PIL import Image

from curation.phantom.world import shots_of
from curation.pixels.chest import GRID, INSIDE, REDUCED, chest, reduced
from curation.pixels.fingerprint import phash
from curation.pixels.fitted import weights
from curation.pixels.inspection import inspection, seen
from curation.pixels.lanczos import shrunk
from manifests.contract.images import Pixels, decode
from manifests.contract.vocabulary import Quality, SeenView

WITH_LATERALS, WITH_SLICES = (2, 10, 36), (3, 13)
"""Patients of world 1 who have such pictures."""


@cache
def pictures(view: SeenView) -> list[Pixels]:
    return [decode(shot.data, shot.ref).pixels for shot in shots(view)]


def shots(view: SeenView) -> Iterator:  # type: ignore[type-arg]
    for number in {*WITH_LATERALS, *WITH_SLICES}:
        for shot in shots_of(number, 1):
            seen = {"CT": SeenView.OTHER}.get(shot.modality, SeenView.FRONTAL)
            if (SeenView.L if shot.view == "L" else seen) is view and not shot.copy_of:
                try:
                    decode(shot.data, shot.ref)
                except Exception:  # noqa: BLE001, S112 - the world draws broken files too
                    continue
                yield shot


@pytest.mark.parametrize(
    ("height", "width"), [(64, 64), (64, 200), (901, 64), (65, 63), (30, 900), (1024, 777), (1, 1)]
)
def test_the_small_picture_of_a_hash_is_pillows_to_the_bit(height: int, width: int) -> None:
    rising = np.arange(height * width, dtype=np.uint32) * 2654435761
    for pixels in ((rising >> 13).astype(np.uint8).reshape(height, width),
                   np.full((height, width), 255, np.uint8)):  # fmt: skip
        expected = Image.fromarray(pixels).resize((64, 64), Image.Resampling.LANCZOS)
        assert np.array_equal(shrunk(pixels), np.asarray(expected))


@pytest.mark.parametrize("view", [SeenView.FRONTAL, SeenView.L, SeenView.OTHER])
def test_a_hash_is_imagehashs_to_the_bit(view: SeenView) -> None:
    for pixels in pictures(view):
        expected = str(imagehash.phash(Image.fromarray(pixels), hash_size=16))
        assert phash(pixels) == expected


@pytest.mark.parametrize("view", [SeenView.FRONTAL, SeenView.L, SeenView.OTHER])
def test_a_drawn_picture_is_seen_as_what_it_shows(view: SeenView) -> None:
    assert [seen(pixels).seen_view for pixels in pictures(view)] == [view] * len(pictures(view))


@pytest.mark.parametrize("view", [SeenView.FRONTAL, SeenView.L])
def test_a_mirrored_film_keeps_its_view(view: SeenView) -> None:
    for pixels in pictures(view):
        assert seen(np.ascontiguousarray(pixels[:, ::-1])).seen_view is view


def test_a_brighter_and_flatter_film_keeps_its_view() -> None:
    for pixels in pictures(SeenView.FRONTAL):
        faint = (pixels // 3 + 90).astype(np.uint8)
        assert seen(faint).seen_view is SeenView.FRONTAL


def test_a_negative_is_called_inverted_and_its_chest_is_still_seen() -> None:
    for pixels in pictures(SeenView.FRONTAL):
        assert seen(pixels).quality is Quality.GOOD
        found = seen(np.asarray(255 - pixels, np.uint8))
        assert (found.quality, found.seen_view) == (Quality.INVERTED, SeenView.FRONTAL)


def test_the_lungs_lie_where_they_were_drawn() -> None:
    scores = []
    for shot in shots(SeenView.FRONTAL):
        film = chest(decode(shot.data, shot.ref).pixels)
        size = film.small.shape[1], film.small.shape[0]
        truth = cv2.resize(shot.lungs, size, interpolation=cv2.INTER_AREA)
        frame = film.frame
        part = truth[frame.top : frame.bottom, frame.left : frame.right]
        drawn = cv2.resize(part, (GRID, GRID), interpolation=cv2.INTER_AREA) > 127
        seen = film.lungs > INSIDE
        scores.append(2 * (drawn & seen).sum() / (drawn.sum() + seen.sum()))
    assert np.mean(scores) > 0.75


def test_a_black_picture_is_blank_and_says_nothing_else() -> None:
    found, score = inspection(np.zeros((400, 300), np.uint8))
    assert (found.quality, found.seen_view, score) == (Quality.BLANK, SeenView.UNKNOWN, None)


def test_the_worst_word_comes_first() -> None:
    film = pictures(SeenView.FRONTAL)[0]
    small = cv2.resize(film, (60, 70), interpolation=cv2.INTER_AREA)
    assert seen(np.asarray(small, np.uint8), colour=40).quality is Quality.TINY
    assert seen(film, colour=40).quality is Quality.PHOTO
    white = np.minimum(film.astype(np.uint16) + 120, 255).astype(np.uint8)
    assert seen(white, colour=40).quality is Quality.SATURATED


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (2000, 1), (3, 5), (40, 4000), (5000, 3000)])
def test_no_shape_is_too_odd_to_be_looked_at(shape: tuple[int, int]) -> None:
    rising = (np.arange(shape[0] * shape[1]) % 251).astype(np.uint8).reshape(shape)
    assert max(reduced(rising).shape) <= REDUCED
    found = seen(rising)
    assert 0 <= found.view_score <= 1


def test_the_fitted_numbers_name_their_features() -> None:
    assert weights("child").names == (
        "lung_fraction", "level_ribs", "rib_slope", "narrow_top", "full_box",
    )  # fmt: skip
    assert len(weights("view").names) == 256 + 7
