import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.pixels.lungs import Shown, box, grown, in_window, judged, on_film
from manifests.contract.images import Pixels
from manifests.contract.lungs import without_islands

LEFT, RIGHT = ((80, 128), (34, 80)), ((176, 128), (34, 80))


def drawn(*ellipses: tuple[tuple[int, int], tuple[int, int]]) -> Pixels:
    mask = np.zeros((256, 256), np.uint8)
    for middle, axes in ellipses:
        cv2.ellipse(mask, middle, axes, 0, 0, 360, 255, -1)
    return mask


def touching() -> Pixels:
    mask = drawn(LEFT, RIGHT)
    cv2.rectangle(mask, (100, 110), (160, 140), 255, -1)
    assert cv2.connectedComponents(mask)[0] == 2
    return mask


def leaning(mask: Pixels, degrees: float) -> Pixels:
    turn = cv2.getRotationMatrix2D((128, 128), degrees, 1)
    return np.asarray(cv2.warpAffine(mask, turn, (256, 256), flags=cv2.INTER_NEAREST), np.uint8)


def cut_across(mask: Pixels) -> Pixels:
    mask[120:126] = 0
    return mask


@pytest.mark.parametrize(
    "mask",
    [drawn(LEFT, RIGHT), touching(), cut_across(drawn(LEFT, RIGHT)),
     # A small lung beside a large one; a chest at the film's edge; a patient who leans.
     drawn(LEFT, ((176, 160), (14, 30))), drawn(((30, 128), (20, 60)), ((100, 128), (30, 60))),
     leaning(drawn(LEFT, RIGHT), 15), leaning(touching(), -10)],
)  # fmt: skip
def test_two_lungs_are_two(mask: Pixels) -> None:
    assert judged(mask) is Shown.LUNGS


@pytest.mark.parametrize(
    "mask",
    [drawn(LEFT), drawn(RIGHT), cut_across(drawn(LEFT)), drawn(((128, 128), (34, 80))),
     drawn(LEFT, ((176, 128), (5, 5))), drawn(((100, 60), (30, 25)), ((106, 180), (30, 50)))],
)  # fmt: skip
def test_one_lung_is_one_wherever_it_lies_and_whatever_cuts_it(mask: Pixels) -> None:
    assert judged(mask) is Shown.ONE_LUNG


@pytest.mark.parametrize(
    "mask",
    [drawn(), np.full((256, 256), 255, np.uint8), drawn(((60, 60), (6, 6)), ((190, 60), (6, 6)))],
)  # fmt: skip
def test_nothing_all_of_the_frame_and_islands_are_no_lung(mask: Pixels) -> None:
    assert judged(mask) is Shown.NO_LUNG


def test_no_mask_is_said() -> None:
    assert judged(None) is Shown.NO_MASK


def test_an_island_moves_neither_the_box_nor_what_is_left() -> None:
    lungs = drawn(LEFT, RIGHT)
    noisy = lungs | drawn(((4, 4), (3, 3)), ((250, 250), (4, 4)))
    assert judged(noisy) is Shown.LUNGS
    assert (without_islands(noisy) == lungs).all()
    assert box(grown(noisy, 3), 0, (512, 512)) == box(grown(lungs, 3), 0, (512, 512))


@pytest.mark.parametrize(("dilations", "margin", "rim"), [(0, 0, 0), (3, 0, 6), (3, 10, 16)])
def test_the_box_is_that_of_the_lungs_with_dilations_and_margin(
    dilations: int, margin: int, rim: int
) -> None:
    found = box(grown(drawn(LEFT, RIGHT), dilations), margin, (256, 256))
    assert found == (48 - rim, 209 + rim, 46 - rim, 211 + rim)


def test_the_box_ends_at_the_frame_and_fits_a_film_of_another_shape() -> None:
    assert box(drawn(LEFT, RIGHT), 128, (300, 700)) == (0, 300, 0, 700)
    assert box(drawn(LEFT, RIGHT), 0, (512, 1024)) == (96, 418, 184, 844)
    assert box(drawn(LEFT, RIGHT), 0, (1, 1)) == (0, 1, 0, 1)


def test_the_mask_in_a_window_is_that_of_the_film_cropped_and_squeezed() -> None:
    lungs, shape = drawn(LEFT, RIGHT), (512, 512)
    window = box(grown(lungs, 3), 4, shape)
    squeezed = cv2.resize(
        window.of(on_film(lungs, shape)), (320, 320), interpolation=cv2.INTER_NEAREST
    )
    found = in_window(lungs, window, shape, 320)
    assert (found == (squeezed > 0)).mean() > 0.99
    assert found[160].any()


@settings(max_examples=60, deadline=None, database=None)
@given(
    st.lists(
        st.tuples(
            st.tuples(st.integers(0, 255), st.integers(0, 255)),
            st.tuples(st.integers(0, 120), st.integers(0, 120)),
        ),
        max_size=5,
    ),
    st.integers(0, 64), st.integers(0, 128),
    st.tuples(st.integers(1, 900), st.integers(1, 900)),
)  # fmt: skip
def test_of_any_two_lungs_a_part_of_the_film_is_left(
    ellipses: list[tuple[tuple[int, int], tuple[int, int]]],
    dilations: int, margin: int, shape: tuple[int, int],
) -> None:  # fmt: skip
    mask = drawn(*ellipses)
    if judged(mask) is not Shown.LUNGS:
        return
    window = box(grown(mask, dilations), margin, shape)
    assert 0 <= window.top < window.bottom <= shape[0]
    assert 0 <= window.left < window.right <= shape[1]
    assert in_window(mask, window, shape, 64).shape == (64, 64)
