import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from textures import texture

from manifests.contract.images import Pixels, decode, decode_small
from manifests.contract.rejection import Rejected

FILM = texture(5, 420, 380)


def saved(film: Pixels, kind: str = "JPEG", mode: str = "L", **options: Any) -> bytes:
    data = io.BytesIO()
    Image.fromarray(film).convert(mode).save(data, kind, **options)
    return data.getvalue()


def verdict(data: bytes, side: int | None) -> str:
    """Why the film is refused; empty where it is not."""
    try:
        if side is None:
            decode(data, "film")
        else:
            decode_small(data, "film", side)
    except Rejected as refused:
        return refused.detail
    return ""


@pytest.mark.parametrize(
    ("side", "shape"),
    [(380, (420, 380)), (191, (420, 380)), (190, (210, 190)), (96, (210, 190)), (95, (105, 95)),
     (47, (53, 48)), (1, (53, 48)), (9999, (420, 380))],
)  # fmt: skip
def test_a_jpeg_comes_in_the_least_size_that_is_enough(side: int, shape: tuple[int, int]) -> None:
    found = decode_small(saved(FILM), "film", side)
    assert found.shape == shape


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 30}])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_small_jpeg_looks_like_the_large_one_reduced(mode: str, options: dict[str, Any]) -> None:
    data = saved(FILM, mode=mode, **options)
    found = decode_small(data, "film", 190)
    size = found.shape[1], found.shape[0]
    full = cv2.resize(decode(data, "film").pixels, size, interpolation=cv2.INTER_AREA)
    assert np.abs(found.astype(int) - full).mean() < 1.5


def test_where_nothing_can_be_left_out_the_pixels_are_those_of_decode() -> None:
    data = saved(FILM)
    assert np.array_equal(decode(data, "film").pixels, decode_small(data, "film", 300))


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "L"), ("PNG", "RGBA"), ("WEBP", "RGB"), ("TIFF", "L")]
)
def test_other_formats_come_as_decode_gives_them(kind: str, mode: str) -> None:
    data = saved(FILM, kind, mode)
    assert np.array_equal(decode(data, "film").pixels, decode_small(data, "film", 20))


def test_a_turned_jpeg_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(FILM, exif=exif.tobytes())
    assert decode_small(data, "film", 95).shape == (95, 105)
    assert np.array_equal(
        decode_small(data, "film", 95), np.rot90(decode_small(saved(FILM), "film", 95), -1)
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"no picture at all", saved(FILM)[:2000], saved(FILM)[:-2], saved(FILM, "PNG")[:900]],
)
def test_what_decode_refuses_is_refused_in_the_same_words(data: bytes) -> None:
    said = verdict(data, 95)
    assert said
    assert said == verdict(data, None)


def test_the_limit_of_pixels_is_that_of_the_whole_film() -> None:
    with pytest.raises(Rejected, match="380x420 exceeds the limit of 1000 pixels"):
        decode_small(saved(FILM), "film", 20, max_pixels=1000)


SMALL = texture(5, 420, 380)[100:180, 100:196].copy()
SEEDS = [saved(SMALL), saved(SMALL, progressive=True), saved(SMALL, mode="RGB"),
         saved(SMALL, mode="CMYK"), saved(SMALL, "PNG")]  # fmt: skip


@settings(
    max_examples=400, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=12),
    st.integers(0, 40),
)
def test_damaged_files_are_refused_by_both_or_by_none(
    seed: bytes, edits: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(seed)
    for place, value in edits:
        data[place % len(data)] = value
    damaged = bytes(data[: len(data) - cut])
    assert verdict(damaged, 20) == verdict(damaged, None)


@pytest.mark.sample
def test_real_films_are_refused_by_both_or_by_none() -> None:
    folder = Path(__file__).parents[2].parent / "shared/data"
    if not folder.is_dir():
        pytest.skip("the real sample of films is not beside the project")
    places = sorted((folder / "cohen/images").iterdir())[::4]
    assert len(places) > 20
    for place in places:
        data = place.read_bytes()
        assert verdict(data, 320) == verdict(data, None)
