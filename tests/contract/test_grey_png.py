"""The law: where the fast reader gives pixels, the general one gives the same film."""

import io
import struct
import tracemalloc
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from textures import texture

from manifests.contract.grey_png import grey_png
from manifests.contract.images import Film, Pixels, _by_pillow, decode, decode_small
from manifests.contract.packing import png, unpng
from manifests.contract.rejection import Rejected

MOST = 1_000_000
FILM = texture(7, 61, 47)
SHAPES = [(1, 1), (1, 300), (80, 1), (2, 3), (61, 47), (64, 256), (33, 1025)]


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def file_of(  # noqa: PLR0913 - the parts of a file
    rows: bytes,
    shape: tuple[int, int],
    *,
    kind: tuple[int, ...] = (8, 0, 0, 0, 0),
    before: bytes = b"",
    after: bytes = b"",
    pieces: int = 1,
) -> bytes:
    """A PNG of filtered rows; `before` and `after` are chunks around the pixels."""
    packed = zlib.compress(rows)
    step = -(-len(packed) // pieces)
    return b"".join([
        b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", struct.pack(">II5B", shape[1], shape[0], *kind)),
        before, *(chunk(b"IDAT", packed[at : at + step]) for at in range(0, len(packed), step)),
        after, chunk(b"IEND", b""),
    ])  # fmt: skip


def filtered(pixels: Pixels, kinds: Iterable[int]) -> bytes:
    """The rows as the specification says it (section 9), a filter for each."""
    rows, above = [], np.zeros(pixels.shape[1], int)
    for row, kind in zip(pixels.astype(int), kinds, strict=True):
        left, corner = np.r_[0, row[:-1]], np.r_[0, above[:-1]]
        distances = np.abs(np.stack([above - corner, left - corner, above + left - 2 * corner]))
        paeth = np.choose(distances.argmin(0), [left, above, corner])
        guess = [np.zeros_like(row), left, above, (left + above) // 2, paeth][kind]
        rows.append(bytes([kind]) + ((row - guess) % 256).astype(np.uint8).tobytes())
        above = row
    return b"".join(rows)


def saved(image: Image.Image, **options: Any) -> bytes:
    data = io.BytesIO()
    image.save(data, "PNG", **options)
    return data.getvalue()


def check(data: bytes) -> Pixels | None:
    """What the fast reader gives, after it was compared with the general one."""
    pixels = grey_png(data, MOST)
    if pixels is not None:
        film = _by_pillow(data, "film", MOST, None)
        assert (film.format, film.bits, film.steps, film.colour) == ("PNG", 8, (), 0.0)
        np.testing.assert_array_equal(film.pixels, pixels)
    return pixels


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", range(5))
def test_every_filter_is_undone(kind: int, shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, shape, np.uint8)
    found = check(file_of(filtered(pixels, [kind] * shape[0]), shape))
    np.testing.assert_array_equal(pixels, found)


def test_the_nearest_neighbour_is_chosen_as_the_specification_says_for_all_of_them() -> None:
    # Eight levels in every order: all ties, and the ends of the range.
    levels = np.array([0, 1, 2, 127, 128, 129, 254, 255], np.uint8)
    left, up, corner = (part.ravel() for part in np.meshgrid(levels, levels, levels))
    pixels = np.stack([np.stack([corner, up], 1).ravel(), np.stack([left, up], 1).ravel()])
    rows = filtered(pixels, [0, 4])
    np.testing.assert_array_equal(pixels, check(file_of(rows, (2, pixels.shape[1]))))


@settings(max_examples=100, deadline=None, database=None)
@given(st.integers(1, 9), st.integers(1, 40), st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_filters_in_any_order(height: int, width: int, seed: int, pieces: int) -> None:
    chance = np.random.default_rng(seed)
    pixels = chance.integers(0, chance.integers(2, 257), (height, width)).astype(np.uint8)
    rows = filtered(pixels, chance.integers(0, 5, height))
    found = check(file_of(rows, pixels.shape, pieces=pieces))
    np.testing.assert_array_equal(pixels, found)


@pytest.mark.parametrize("shape", SHAPES)
def test_what_other_programs_write_is_read(shape: tuple[int, int]) -> None:
    film = texture(11, 80, 1100)[: shape[0], : shape[1]].copy()
    written = [png(film), *(saved(Image.fromarray(film), compress_level=n) for n in (0, 6, 9))]
    for strategy in range(5):
        how = [cv2.IMWRITE_PNG_STRATEGY, strategy, cv2.IMWRITE_PNG_COMPRESSION, 3]
        written.append(cv2.imencode(".png", film, how)[1].tobytes())
    for data in written:
        np.testing.assert_array_equal(film, check(data))


def test_our_own_pngs_come_back_and_may_be_written_to() -> None:
    found = unpng(png(FILM))
    np.testing.assert_array_equal(FILM, found)
    assert found.flags.writeable
    colours = np.dstack([FILM, FILM.T[: len(FILM), :1].repeat(47, 1)[:1].repeat(61, 0), FILM])
    np.testing.assert_array_equal(colours, unpng(png(colours)))


def test_tags_without_weight_are_passed_over() -> None:
    tags = {b"pHYs": b"\0\0\x0b\x12" * 2 + b"\1", b"gAMA": b"\0\0\xb1\x8f", b"sRGB": b"\0"}
    before = b"".join(chunk(name, body) for name, body in tags.items())
    rows = filtered(FILM, [1] * len(FILM))
    np.testing.assert_array_equal(FILM, check(file_of(rows, FILM.shape, before=before)))


TURNED = Image.Exif()
TURNED[0x0112] = 6
XMP = (b'XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta xmlns:x="adobe:ns:meta/">'
       b'<rdf:Description tiff:Orientation="6"/></x:xmpmeta>')  # fmt: skip
ROWS = filtered(FILM, [4] * len(FILM))
SHAPE = FILM.shape
GREY = Image.fromarray(FILM)


@pytest.mark.parametrize(
    "data",
    [
        saved(GREY, exif=TURNED.tobytes()),
        file_of(ROWS, SHAPE, before=chunk(b"iTXt", XMP)),
        saved(GREY, transparency=5),
        saved(GREY.convert("RGB")), saved(GREY.convert("LA")), saved(GREY.convert("P")),
        saved(GREY.convert("1")), saved(Image.fromarray(FILM.astype(np.uint16) * 7)),
        saved(GREY, save_all=True, append_images=[Image.fromarray(255 - FILM)]),
        file_of(ROWS, SHAPE, kind=(8, 0, 0, 0, 1)), file_of(ROWS, SHAPE, kind=(8, 0, 0, 1, 0)),
        file_of(ROWS, SHAPE, before=chunk(b"gAMA", b"\0")),
        file_of(ROWS, SHAPE, before=chunk(b"prVt", b"")),
        file_of(ROWS, SHAPE, after=chunk(b"tEXt", b"a\0b")),
        file_of(ROWS, SHAPE, pieces=2, after=chunk(b"tIME", bytes(7)) + chunk(b"IDAT", b"")),
        file_of(ROWS, SHAPE) + b"\0", file_of(ROWS + b"\0", SHAPE), file_of(ROWS[:-1], SHAPE),
        file_of(b"\5" + ROWS[1:], SHAPE), file_of(ROWS, (0, 47)), file_of(ROWS, (2**31, 2**31)),
        b"", b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""),
    ],
)  # fmt: skip
def test_what_is_unusual_is_left_to_the_general_reader(data: bytes) -> None:
    assert grey_png(data, MOST) is None


def test_a_picture_above_the_limit_is_not_inflated() -> None:
    bomb = file_of(bytes(1 + 2000) * 2000, (2000, 2000))
    assert grey_png(bomb, 2000 * 2000 - 1) is None
    with pytest.raises(Rejected, match="2000x2000 exceeds the limit of 3999999 pixels"):
        decode(bomb, "bomb", 3_999_999)


def test_rows_without_end_are_not_inflated_to_the_end() -> None:
    bomb = file_of(bytes(50_000_000), (2, 2))
    tracemalloc.start()
    assert grey_png(bomb, MOST) is None
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 2_000_000


def test_a_file_cut_anywhere_is_left_to_the_general_reader() -> None:
    whole = file_of(ROWS, SHAPE, before=chunk(b"tIME", bytes(7)), pieces=2)
    assert all(grey_png(whole[:length], MOST) is None for length in range(len(whole)))


def mended(data: bytearray) -> bytes:
    """`data` with the checksum of every chunk put right, so that damage gets through to a decoder.

    Chunks end where the file does.
    """
    parts, place = [bytes(data[:8])], 8
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        name, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        parts.append(chunk(bytes(name), bytes(body)))
        place += 12 + length
    return b"".join(parts)


@settings(max_examples=400, deadline=None, database=None)
@given(
    st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), max_size=3),
    st.sampled_from([bytes, mended]),
    st.integers(1, 3),
)
def test_a_damaged_file_gives_the_pixels_of_the_general_reader_or_is_left_to_it(
    edits: list[tuple[int, int]], finished: Callable[[bytearray], bytes], pieces: int
) -> None:
    small = FILM[:6, :9]
    whole = file_of(filtered(small, [0, 1, 2, 3, 4, 4]), (6, 9), pieces=pieces)
    data = bytearray(whole)
    for place, value in edits:
        data[place % len(data)] = value
    found = check(finished(data))
    assert (found is None) <= (bytes(data) != whole)


@settings(max_examples=200, deadline=None, database=None)
@given(st.lists(st.tuples(st.integers(0, 59), st.integers(0, 255)), min_size=1, max_size=4))
def test_any_rows_are_read_as_the_general_reader_does(edits: list[tuple[int, int]]) -> None:
    rows = bytearray(filtered(FILM[:6, :9], [0, 1, 2, 3, 4, 4]))
    for place, value in edits:
        rows[place] = value
    assert (check(file_of(bytes(rows), (6, 9))) is not None) == all(k <= 4 for k in rows[::10])


def test_films_may_be_read_side_by_side() -> None:
    films = [texture(n, 200, 150 + n) for n in range(8)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(unpng, [png(film) for film in films] * 4))
    for film, one in zip(films * 4, found, strict=True):
        np.testing.assert_array_equal(film, one)


def test_decode_and_decode_small_tell_the_same_of_it() -> None:
    film = decode(png(FILM), "film")
    assert isinstance(film, Film)
    np.testing.assert_array_equal(FILM, film.pixels)
    np.testing.assert_array_equal(FILM, decode_small(png(FILM), "film", 10))


@pytest.mark.sample
def test_real_films_are_read_as_the_general_reader_does() -> None:
    folder = Path(__file__).parents[2].parent / "shared/data"
    if not folder.is_dir():
        pytest.skip("the real sample of films is not beside the project")
    files = sorted(folder.rglob("*.png"))
    read = [check(file.read_bytes()) is not None for file in files]
    assert sum(read) >= 200
