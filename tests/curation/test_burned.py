"""Stage text on one film: what is found, what a person must look at."""

import numpy as np
import pytest
from printed import printed

from curation.burned.film import Asked, Burned, looked, unpacked
from curation.burned.personal import judged
from curation.pixels.text import conceal, text_mask
from manifests.contract.images import Pixels
from manifests.contract.packing import png, unpng
from manifests.contract.vocabulary import PersonalText


def found_on(film: Pixels) -> Burned:
    return unpacked(looked(Asked(png(film), is_read=False)))


@pytest.mark.parametrize("words", ["SMITH", "LEE", "WANG", "Jones", "12/65", "SMITH\nJOHN"])
@pytest.mark.parametrize("size", [18, 30, 40])
def test_a_short_name_or_date_that_nobody_read_waits_for_a_person(words: str, size: int) -> None:
    found = found_on(printed(words, size))
    assert found.boxes_found > 0
    assert found.personal is PersonalText.UNREAD


@pytest.mark.parametrize("words", ["R", "L"])
def test_a_marker_of_a_side_does_not(words: str) -> None:
    assert found_on(printed(words)).personal is None


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
