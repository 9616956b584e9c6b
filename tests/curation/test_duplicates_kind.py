from collections.abc import Callable

import cv2
import numpy as np
import pytest
from textures import texture

from curation.duplicates.candidates import look
from curation.duplicates.features import features
from curation.duplicates.verification import Likeness, compare
from manifests.contract.images import Pixels
from manifests.contract.vocabulary import Relation

FILM = texture(1, 512, 480)
SIZE = (480, 512)
Change = Callable[[Pixels], Pixels]


def compared(one: Pixels, other: Pixels, **ways: bool) -> Likeness:
    seen = [features(look(np.ascontiguousarray(film))) for film in (one, other)]
    return compare(seen[0], seen[1], **ways)


def recompressed(film: Pixels, quality: int = 40) -> Pixels:
    data = cv2.imencode(".jpg", film, [1, quality])[1]
    return np.asarray(cv2.imdecode(data, 0), np.uint8)


def shrunk(film: Pixels) -> Pixels:
    return np.asarray(cv2.resize(film, (240, 256), interpolation=cv2.INTER_AREA), np.uint8)


def stretched(film: Pixels) -> Pixels:
    return np.asarray(cv2.resize(film, (480, 460), interpolation=cv2.INTER_AREA), np.uint8)


def dated(film: Pixels) -> Pixels:
    marked = film.copy()
    cv2.putText(marked, "12.03.2020", (20, 400), 0, 1.0, 255, 2)
    return marked


def arrowed(film: Pixels) -> Pixels:
    marked = film.copy()
    cv2.arrowedLine(marked, (40, 300), (160, 250), 255, 4)
    return marked


def turned(film: Pixels) -> Pixels:
    turn = cv2.getRotationMatrix2D((240, 256), 1.5, 1)
    return np.asarray(cv2.warpAffine(film, turn, SIZE), np.uint8)


def brightened(film: Pixels) -> Pixels:
    return np.asarray(255 * (film / 255) ** 0.6, np.uint8)


def windowed(film: Pixels) -> Pixels:
    return np.asarray(np.clip((film - 40.0) * 1.4, 0, 255), np.uint8)


def equalised(film: Pixels) -> Pixels:
    return np.asarray(cv2.createCLAHE(2, (8, 8)).apply(film), np.uint8)


def letterboxed(film: Pixels) -> Pixels:
    return np.asarray(cv2.copyMakeBorder(film, 0, 0, 60, 60, cv2.BORDER_CONSTANT, value=0))


KINDS: dict[Relation, list[Change]] = {
    Relation.RECOMPRESSED_OR_RESIZED: [recompressed, shrunk, lambda film: film],
    Relation.CROPPED_OR_ANNOTATED: [
        dated, arrowed, turned, letterboxed, stretched,
        lambda film: film[30:, :440],
        lambda film: brightened(film[30:, :440]),
        lambda film: recompressed(shrunk(dated(film)), 80),
    ],
    Relation.ADJUSTED: [brightened, windowed, equalised],
}  # fmt: skip


@pytest.mark.parametrize(
    ("relation", "change"), [(relation, way) for relation, ways in KINDS.items() for way in ways]
)
def test_a_copy_is_called_what_was_done_to_it(relation: Relation, change: Change) -> None:
    there = compared(FILM, change(FILM))
    back = compared(change(FILM), FILM)
    assert (there.relation, back.relation) == (relation, relation)
    assert min(there.score, back.score) > 0.86


def test_a_mirrored_and_an_inverted_film_are_adjusted() -> None:
    mirrored = compared(FILM, FILM[:, ::-1], is_mirrored=True)
    inverted = compared(FILM, 255 - FILM, is_inverted=True)
    assert (mirrored.relation, inverted.relation) == (Relation.ADJUSTED, Relation.ADJUSTED)
    assert min(mirrored.score, inverted.score) > 0.9


def test_a_mirrored_crop_is_a_crop() -> None:
    found = compared(FILM, FILM[30:, :440][:, ::-1], is_mirrored=True)
    assert found.relation is Relation.CROPPED_OR_ANNOTATED


def test_two_films_with_the_same_mark_do_not_differ_by_it() -> None:
    marked = dated(arrowed(FILM))
    found = compared(marked, recompressed(marked, 60))
    assert found.relation is Relation.RECOMPRESSED_OR_RESIZED


def test_two_films_with_the_same_border_show_one_field_of_view() -> None:
    framed = letterboxed(FILM)
    assert compared(framed, recompressed(framed)).relation is Relation.RECOMPRESSED_OR_RESIZED


def test_a_crop_lacks_what_was_cut_off_and_a_border_lacks_nothing() -> None:
    cut = FILM[: round(0.9 * 512)]
    assert compared(FILM, cut).lacks == pytest.approx((0, 0.1), abs=0.01)
    assert compared(cut, FILM).lacks == pytest.approx((0.1, 0), abs=0.01)
    assert compared(FILM, letterboxed(FILM)).lacks == (0, 0)


@pytest.mark.parametrize("change", [dated, arrowed])
def test_the_film_that_bears_a_mark_lacks_what_lies_under_it(change: Change) -> None:
    clean, marked = compared(FILM, change(FILM)).lacks
    assert clean == 0
    assert 0 < marked < 0.1
    assert compared(change(FILM), FILM).lacks == pytest.approx((marked, clean), abs=0.01)


@pytest.mark.parametrize("change", [recompressed, brightened])
def test_what_is_whole_and_clean_lacks_nothing(change: Change) -> None:
    assert compared(FILM, change(FILM)).lacks == (0, 0)


def test_another_film_is_of_no_kind() -> None:
    assert compared(FILM, texture(2, 512, 480)) == (0, Relation.DIFFERENT, (0, 0))
