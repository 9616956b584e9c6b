from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from printed import covered, ground, printed
from small_films import FILMS
from textures import texture

from curation.pixels.text import Box, boxes, conceal, joined, painted, text_lines, text_mask
from manifests.contract.images import Pixels, decode

SIDES = some.tuples(some.integers(1, 60), some.integers(1, 60))
BOXES = some.tuples(*[some.integers(0, 40)] * 2, *[some.integers(1, 20)] * 2).map(
    lambda at: Box(at[0], at[1], at[0] + at[2], at[1] + at[3])
)


def share_found(words: str, **given: object) -> float:
    plain, film = printed("", **given), printed(words, **given)  # type: ignore[arg-type]
    return covered(text_mask(film), plain, film)


@pytest.mark.parametrize("words", ["AP ERECT", "ROSSI ANNA", "12/03/1965", "Id 4471829"])
@pytest.mark.parametrize("size", [12, 16, 24, 36, 50])
def test_words_are_found_small_and_large(words: str, size: int) -> None:
    assert share_found(words, size=size) > 0.95


@pytest.mark.parametrize("size", [90, 120])
def test_so_are_letters_as_high_as_a_rib_is_wide(size: int) -> None:
    assert share_found("ERECT", size=size) > 0.95


@pytest.mark.parametrize(("level", "tone"), [(20, 250), (60, 190), (160, 20), (190, 0), (0, 120)])
def test_words_are_found_bright_and_dark(level: int, tone: int) -> None:
    assert share_found("SUPINE 14:32", tone=tone, on=ground(level=level)) > 0.95


@pytest.mark.parametrize(("plate", "tone"), [(0, 255), (255, 0), (128, 250), (90, 0)])
def test_words_are_found_on_a_plate(plate: int, tone: int) -> None:
    film = ground()
    film[10:70, 20:330] = plate
    assert share_found("MILLER JOHN", tone=tone, on=film) > 0.95


@pytest.mark.parametrize("at", [(0, -6), (0, 190), (0, 371), (270, -6), (270, 371)])
def test_words_that_touch_the_edge_are_found(at: tuple[int, int]) -> None:
    assert share_found("ROSSI ANNA", at=at) > 0.95


@pytest.mark.parametrize("letter", ["R", "L"])
@pytest.mark.parametrize("size", [24, 40, 80])
def test_a_letter_alone_is_found(letter: str, size: int) -> None:
    assert share_found(letter, size=size) > 0.95


@pytest.mark.parametrize("size", [14, 18, 24])
def test_two_letters_that_touch_are_found(size: int) -> None:
    plain, tight = ground(), 0.6
    film = printed("P", size, (60 + int(tight * size), 40), on=printed("A", size, (60, 40)))
    assert covered(text_mask(film), plain, film) > 0.95


def test_a_ring_around_a_letter_goes_with_it() -> None:
    plain = ground()
    film = printed("R", size=36, at=(60, 40))
    cv2.circle(film, (73, 63), 30, 250, 2, cv2.LINE_AA)
    assert covered(text_mask(film), plain, film) > 0.95


@pytest.mark.parametrize("quality", [60, 80, 95])
def test_words_are_found_after_compression(quality: int) -> None:
    plain, film = ground(), printed("GARCIA 4471829", size=22)
    data = cv2.imencode(".jpg", film, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
    assert covered(text_mask(decode(data, "film").pixels), plain, film) > 0.95


def test_words_are_found_on_a_film_that_had_16_bits() -> None:
    plain, film = ground(), printed("GARCIA 4471829", size=22)
    deep = film.astype(np.uint16) * 14 + 300
    seen = decode(cv2.imencode(".png", deep)[1].tobytes(), "film")
    assert seen.bits == 16
    assert covered(text_mask(seen.pixels), plain, film) > 0.95


def test_every_line_of_a_block_has_a_box_of_its_own() -> None:
    film = printed("ROSSI ANNA\n12/03/1965\nSUPINE", size=24, at=(30, 40))
    # The block as a whole, seen from afar, is found once more.
    found = [box for box in joined(text_lines(film)) if box.bottom - box.top < 2 * 24]
    assert len(found) == 3
    assert all(one.bottom <= other.top + 8 for one, other in pairwise(found))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("deviation", "blur"),
    [(4, 0), (12, 0), (30, 0), (60, 0), (12, 1), (30, 1), (60, 1), (12, 2.5), (30, 2.5)],
)
def test_nothing_is_found_in_noise(deviation: float, blur: float, seed: int) -> None:
    noise = np.random.default_rng(seed).normal(size=(500, 600))
    if blur:
        cv2.GaussianBlur(noise, (0, 0), blur, dst=noise)
    film = np.clip(110 + deviation * noise / noise.std(), 0, 255).astype(np.uint8)
    assert text_lines(film) == []


@pytest.mark.parametrize("number", range(4))
def test_nothing_is_found_in_structure_without_strokes(number: int) -> None:
    assert text_lines(texture(number)) == []


def lines_of(angle: float, thick: int) -> Pixels:
    """Eight parallel wires."""
    film, turned = ground(), np.radians(angle)
    way = np.array([np.cos(turned), np.sin(turned)])
    for number in range(8):
        middle = np.array([250, 200]) + (number - 3.5) * 45 * np.array([-way[1], way[0]])
        first, last = ((middle + side * 400 * way).astype(int).tolist() for side in (-1, 1))
        cv2.line(film, first, last, 240, thick, cv2.LINE_AA)
    return film


@pytest.mark.parametrize("angle", [0, 10, 45, 80, 90])
@pytest.mark.parametrize("thick", [1, 3, 6])
def test_wires_are_no_words(angle: float, thick: int) -> None:
    assert text_lines(lines_of(angle, thick)) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (700, 1), (2, 2), (11, 11), (300, 300)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_nothing_is_found_where_nothing_is(shape: tuple[int, int], level: int) -> None:
    mask = text_mask(np.full(shape, level, np.uint8))
    assert mask.shape == shape
    assert not mask.any()


@pytest.mark.parametrize("levels", [64, 255])
@pytest.mark.parametrize("is_down", [False, True])
def test_nothing_is_found_in_a_gradient(levels: int, is_down: bool) -> None:  # noqa: FBT001 - a parameter of the test
    ramp = np.tile(np.linspace(0, levels, 400).astype(np.uint8), (300, 1))
    film = np.ascontiguousarray(ramp.T) if is_down else ramp
    assert text_lines(film) == []


@given(FILMS)
def test_any_film_has_a_mask_of_its_own_shape(film: Pixels) -> None:
    before = film.copy()
    mask = text_mask(film)
    assert mask.shape == film.shape
    assert mask.dtype == np.uint8
    assert np.isin(mask, (0, 255)).all()
    assert (film == before).all()


def test_the_mask_is_the_boxes_of_the_lines_and_they_lie_on_the_film() -> None:
    film = printed("ROSSI\nANNA 1965", size=40, at=(0, 0))
    found = text_lines(film)
    assert found == sorted(found, key=lambda box: (box.top, box.left, box.bottom, box.right))
    assert all(0 <= box.left < box.right <= 500 for box in found)
    assert all(0 <= box.top < box.bottom <= 400 for box in found)
    assert (text_mask(film) == painted(found, film.shape)).all()


def test_a_box_gives_its_part_of_the_film_and_not_a_pixel_more() -> None:
    film = np.arange(30, dtype=np.uint8).reshape(5, 6)
    assert Box(1, 2, 4, 5).of(film).tolist() == [[13, 14, 15], [19, 20, 21], [25, 26, 27]]
    assert (painted([Box(1, 2, 4, 5)], (5, 6)) > 0).sum() == 9


@given(some.lists(BOXES, max_size=6))
def test_the_boxes_of_a_mask_cover_it_and_nothing_is_painted_twice(given_boxes: list[Box]) -> None:
    mask = painted(given_boxes, (60, 60))
    assert all((box.of(mask) == 255).all() for box in given_boxes)
    again = painted(boxes(mask), (60, 60))
    assert (again[mask > 0] == 255).all()
    assert len(boxes(mask)) <= len(given_boxes)


def test_boxes_that_do_not_touch_come_back_as_they_were() -> None:
    some_boxes = [Box(20, 3, 30, 9), Box(5, 10, 9, 30), Box(40, 10, 60, 60)]
    assert boxes(painted(some_boxes, (60, 60))) == some_boxes


def test_a_line_found_in_two_sizes_becomes_one_box() -> None:
    assert joined([Box(10, 10, 60, 30), Box(50, 12, 120, 31)]) == [Box(10, 10, 120, 31)]


def test_two_parts_of_a_line_are_joined_by_the_part_between_them() -> None:
    parts = [Box(10, 10, 40, 30), Box(90, 10, 130, 30), Box(35, 10, 95, 30)]
    assert joined(parts) == [Box(10, 10, 130, 30)]


@pytest.mark.parametrize(
    "other", [Box(10, 31, 60, 51), Box(62, 10, 90, 30), Box(10, 12, 40, 20)],
    ids=["another line", "farther on", "much lower"],
)  # fmt: skip
def test_what_is_another_line_stays_apart(other: Box) -> None:
    line = Box(10, 10, 60, 30)
    assert sorted(joined([line, other])) == sorted([line, other])


@given(some.lists(BOXES, max_size=6))
def test_joining_loses_no_point(given_boxes: list[Box]) -> None:
    before, after = (painted(of, (60, 60)) for of in (given_boxes, joined(given_boxes)))
    assert (after[before > 0] == 255).all()


@given(SIDES.flatmap(lambda shape: some.tuples(
    arrays(np.uint8, shape), arrays(np.uint8, shape, elements=some.sampled_from([0, 0, 0, 255])),
)))  # fmt: skip
def test_what_the_mask_does_not_cover_is_never_changed(
    pair: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]],
) -> None:
    film, mask = pair
    before = film.copy()
    made = conceal(film, mask)
    assert made.shape == film.shape
    assert made.dtype == np.uint8
    assert (made[mask == 0] == film[mask == 0]).all()
    assert (film == before).all()
    assert (conceal(film, mask) == made).all()


def test_what_is_covered_does_not_shine_through() -> None:
    mask = painted([Box(30, 20, 320, 60)], (400, 500))
    one, other = (printed(words, on=ground(7)) for words in ("ROSSI ANNA", "SUPINE 4471"))
    assert (one != other).any()
    assert (conceal(one, mask) == conceal(other, mask)).all()


def test_a_patch_is_as_bright_and_as_grainy_as_what_is_beside_it() -> None:
    film = np.random.default_rng(5).normal(90, 8, (400, 500)).round().astype(np.uint8)
    mask = painted([Box(100, 100, 300, 140)], film.shape)
    patch = conceal(film, mask)[100:140, 100:300]
    assert patch.mean() == pytest.approx(90, abs=2)
    assert 5 < patch.std() < 11


def test_a_flat_film_stays_flat_and_one_that_is_all_covered_turns_black() -> None:
    film, some_of_it = np.full((50, 60), 77, np.uint8), painted([Box(5, 5, 30, 20)], (50, 60))
    assert (conceal(film, some_of_it) == 77).all()
    assert (conceal(film, np.full_like(film, 255)) == 0).all()


@pytest.mark.parametrize("shape", [(60, 50), (50, 61), (1, 1)])
def test_a_mask_of_another_shape_is_refused(shape: tuple[int, int]) -> None:
    film, mask = np.zeros((50, 60), np.uint8), np.zeros(shape, np.uint8)
    with pytest.raises(ValueError, match="does not fit"):
        conceal(film, mask)
