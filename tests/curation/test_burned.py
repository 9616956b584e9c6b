"""Stage text on one film: what is found, what a person must look at."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from printed import FONT, ground, printed

from curation.burned.film import Asked, Burned, looked, unpacked
from curation.burned.personal import judged
from curation.pixels.text import conceal, text_mask
from manifests.contract.images import Pixels
from manifests.contract.packing import png, unpng
from manifests.contract.vocabulary import PersonalText


def found_on(film: Pixels) -> Burned:
    return unpacked(looked(Asked(png(film), is_read=False)))


def turned(words: str, size: int, angle: int) -> Pixels:
    """uint8[700, 700]: dark, with `words` in the middle, turned by `angle` degrees."""
    film = Image.new("L", (700, 700))
    font = ImageFont.truetype(FONT, size)
    ImageDraw.Draw(film).text((350, 350), words, fill=255, font=font, anchor="mm")
    return np.asarray(film.rotate(angle, Image.Resampling.BICUBIC), np.uint8).clip(20)


@pytest.mark.parametrize("words", ["SMITH", "LEE", "WANG", "Jones", "12/65", "SMITH\nJOHN"])
@pytest.mark.parametrize("size", [18, 30, 40])
def test_a_short_name_or_date_that_nobody_read_waits_for_a_person(words: str, size: int) -> None:
    found = found_on(printed(words, size))
    assert found.boxes_found > 0
    assert found.personal is PersonalText.UNREAD


@pytest.mark.parametrize("angle", [0, 20, 30, 40, 45, 60, 75, 90, 270])
@pytest.mark.parametrize("words", ["MUELLER ANNA 12.03.1956", "SMITH JOHN", "SMITH"])
@pytest.mark.parametrize("size", [18, 24, 36])
def test_a_turned_name_waits_for_a_person(words: str, size: int, angle: int) -> None:
    found = found_on(turned(words, size, angle))
    assert found.boxes_found > 0
    assert found.personal is PersonalText.UNREAD


@pytest.mark.parametrize("pitch", [26, 30, 40, 50])
@pytest.mark.parametrize("step", [(1, 0), (0, 1)])
def test_a_name_set_letter_by_letter_waits_for_a_person(step: tuple[int, int], pitch: int) -> None:
    film = ground()
    for place, letter in enumerate("SMITHJOHN"):
        at = (20 + pitch * place * step[0], 20 + pitch * place * step[1])
        film = printed(letter, 24, at, on=film)
    assert found_on(film).personal is PersonalText.UNREAD


@pytest.mark.parametrize("words", ["R", "L", "PA"])
@pytest.mark.parametrize("size", [18, 24, 30, 40, 60])
def test_a_marker_does_not(words: str, size: int) -> None:
    found = found_on(printed(words, size))
    assert found.boxes_found > 0
    assert found.personal is None


@pytest.mark.parametrize("size", [24, 30, 40])
def test_two_markers_in_two_corners_do_not(size: int) -> None:
    found = found_on(printed("L", size, (420, 330), on=printed("R", size)))
    assert found.boxes_found == 2
    assert found.personal is None


@pytest.mark.parametrize(
    "film",
    [np.zeros((300, 300), np.uint8), np.full((300, 300), 255, np.uint8), np.zeros((1, 1), np.uint8),
     np.tile(np.arange(256, dtype=np.uint8), (256, 1))],
)  # fmt: skip
def test_on_a_picture_without_words_none_are_found(film: Pixels) -> None:
    found = found_on(film)
    assert (found.fraction, found.boxes_found, found.personal, found.mask) == (0, 0, None, b"")


def test_what_is_concealed_is_gone_and_the_film_itself_stays() -> None:
    plain, film = printed(""), printed("ANNA ROSSI 1965")
    before = film.copy()
    mask = text_mask(film)
    made = conceal(film, mask)
    assert (film == before).all()
    assert (made[mask == 0] == film[mask == 0]).all()
    drawn = np.abs(film.astype(int) - plain) > 60
    assert (mask[drawn] > 0).mean() > 0.95
    assert not text_mask(made).any()
    assert (unpng(found_on(film).mask) == mask).all()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("R", None), ("AP ERECT 85 kV", None), ("PORTABLE", None), (None, PersonalText.UNREAD),
        ("ROSSI ANNA", PersonalText.NAME), ("SMITH^JOHN", PersonalText.NAME),
        ("12.03.1965", PersonalText.DATE), ("14:32", PersonalText.DATE),
        ("A123456", PersonalText.NUMBER), ("A1B2C3D4", PersonalText.NUMBER),
        ("XU", PersonalText.UNREAD), ("JULIO", PersonalText.UNREAD), ("F/67", PersonalText.UNREAD),
        ("\u738b\u5c0f\u660e", PersonalText.UNREAD),
        ("\u0418\u0432\u0430\u043d", PersonalText.UNREAD),
    ],
)  # fmt: skip
def test_lines_are_harmless_only_where_that_is_known(
    line: str | None, expected: PersonalText | None
) -> None:
    assert judged(line) is expected
