from collections.abc import Callable

import cv2
import numpy as np
import pytest
from textures import texture

from curation.duplicates.candidates import look
from curation.duplicates.features import Features, features, turned
from curation.duplicates.verification import compare
from manifests.contract.images import Pixels

FILM = texture(1, 512, 480)


def seen(film: Pixels) -> Features:
    return features(look(np.ascontiguousarray(film)))


def score(
    one: Features, other: Features, *, mirrored: bool = False, inverted: bool = False
) -> float:
    return compare(one, other, is_mirrored=mirrored, is_inverted=inverted).score


def recompressed(film: Pixels) -> Pixels:
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", film, [1, 40])[1], 0), np.uint8)


def annotated(film: Pixels) -> Pixels:
    marked = film.copy()
    cv2.putText(marked, "12.03.2020", (10, 60), 0, 1.2, 255, 3)
    cv2.arrowedLine(marked, (40, 300), (180, 250), 255, 5)
    return marked


def rotated(film: Pixels) -> Pixels:
    turn = cv2.getRotationMatrix2D((240, 256), 3, 1)
    return np.asarray(cv2.warpAffine(film, turn, (480, 512)), np.uint8)


@pytest.mark.parametrize(
    "change",
    [
        recompressed,
        annotated,
        rotated,
        lambda film: film[30:, :440],
        lambda film: cv2.resize(film, (240, 256), interpolation=cv2.INTER_AREA),
        lambda film: cv2.resize(film, (480, 400), interpolation=cv2.INTER_AREA),
        lambda film: np.asarray(255 * (film / 255) ** 0.6, np.uint8),
        lambda film: cv2.copyMakeBorder(film, 0, 0, 99, 99, cv2.BORDER_CONSTANT, value=0),
    ],
    ids=["jpeg", "annotated", "rotated", "cropped", "halved", "stretched", "gamma", "framed"],
)
def test_a_copy_scores_high(change: Callable[[Pixels], Pixels]) -> None:
    assert score(seen(FILM), seen(change(FILM))) > 0.9


def test_a_film_agrees_with_itself() -> None:
    assert score(seen(FILM), seen(FILM)) == pytest.approx(1, abs=0.001)


def test_another_film_scores_nothing() -> None:
    assert score(seen(FILM), seen(texture(2, 512, 480))) == 0


def test_the_same_coarse_picture_with_other_fine_lines_is_no_copy() -> None:
    coarse = cv2.GaussianBlur(FILM, (0, 0), 12).astype(np.float64)
    one, other = (
        np.clip(coarse + texture(n, 512, 480) - 128.0, 0, 255).astype(np.uint8) for n in (7, 8)
    )
    assert score(seen(one), seen(other)) < 0.6


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize("is_inverted", [False, True])
def test_a_turned_copy_scores_high_only_when_compared_in_that_way(
    *, is_mirrored: bool, is_inverted: bool
) -> None:
    copy = FILM[:, ::-1] if is_mirrored else FILM
    copy = 255 - copy if is_inverted else copy
    found = {
        (mirrored, inverted): score(seen(FILM), seen(copy), mirrored=mirrored, inverted=inverted)
        for mirrored in (False, True)
        for inverted in (False, True)
    }
    assert found.pop((is_mirrored, is_inverted)) > 0.9
    assert max(found.values()) < 0.1


def test_words_are_turned_as_looking_at_the_mirrored_film_would_give_them() -> None:
    there = seen(FILM[:, ::-1])
    words = turned(seen(FILM).words, is_mirrored=True, is_inverted=False).astype(np.float32)
    nearest = cv2.BFMatcher(cv2.NORM_L2).match(words, there.words.astype(np.float32))
    assert sum(match.distance < 100 for match in nearest) > 0.9 * len(words)


def test_a_flat_film_scores_nothing() -> None:
    flat = np.full((200, 200), 9, np.uint8)
    assert score(seen(flat), seen(flat)) == 0
    assert score(seen(FILM), seen(flat)) == 0


@pytest.mark.parametrize("shape", [(1, 1), (3, 300), (300, 3)])
def test_a_strange_shape_scores_nothing(shape: tuple[int, int]) -> None:
    film = texture(4)[: shape[0], : shape[1]]
    assert score(seen(film), seen(film)) == 0


def test_the_number_of_threads_changes_no_compare() -> None:
    found = set()
    for threads in (1, 4):
        cv2.setNumThreads(threads)
        found.add(score(seen(FILM), seen(annotated(recompressed(FILM)))))
    cv2.setNumThreads(1)
    assert len(found) == 1


def test_the_order_of_a_film_and_a_much_smaller_copy_decides_nothing() -> None:
    small = np.asarray(cv2.resize(FILM, (120, 128), interpolation=cv2.INTER_AREA), np.uint8)
    there, back = score(seen(FILM), seen(small)), score(seen(small), seen(FILM))
    assert there == pytest.approx(back, abs=0.02)
    assert min(there, back) > 0.86
