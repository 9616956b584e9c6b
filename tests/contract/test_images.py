import errno
import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, features
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, SecondaryCaptureImageStorage

from manifests.contract.images import Film, decode, to_eight_bits
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

RAMP = np.tile(np.linspace(0, 255, 64, dtype=np.uint8), (48, 1))
DEEP = (500 + RAMP.astype(np.uint16) * 14).astype(np.uint16)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def grey(kind: str, **options: Any) -> bytes:
    return saved(Image.fromarray(RAMP), kind, **options)


def dicom(pixels: np.ndarray[Any, Any], photometric: str, **more: Any) -> bytes:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = UID("1.2.3")
    file = FileDataset("drawn", {}, file_meta=meta, preamble=b"\0" * 128)
    file.Rows, file.Columns = pixels.shape[-2:]
    file.PhotometricInterpretation, file.SamplesPerPixel = photometric, 1
    file.BitsAllocated, file.PixelRepresentation = pixels.dtype.itemsize * 8, 0
    file.BitsStored = 12 if pixels.dtype == np.uint16 else 8
    file.HighBit = file.BitsStored - 1
    for name, value in more.items():
        setattr(file, name, value)
    file.PixelData = pixels.tobytes()
    data = io.BytesIO()
    file.save_as(data, enforce_file_format=True)
    return data.getvalue()


def refused(data: bytes, **options: Any) -> str:
    with pytest.raises(Rejected) as verdict:
        decode(data, "film.jpg", **options)
    assert verdict.value.reason is Reason.UNREADABLE_IMAGE
    assert verdict.value.detail.startswith("film.jpg: ")
    return verdict.value.detail


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("TIFF", {}), ("WEBP", {"lossless": True})]
)
def test_a_lossless_grey_film_comes_back_pixel_for_pixel(kind: str, options: Any) -> None:
    film = decode(grey(kind, **options), "x.png")
    np.testing.assert_array_equal(RAMP, film.pixels)
    assert (film.format, film.bits) == (kind, 8)


def test_a_jpeg_comes_back_nearly_so() -> None:
    film = decode(grey("JPEG", quality=95), "x.jpg")
    assert film.format == "JPEG"
    assert np.abs(film.pixels.astype(int) - RAMP).max() <= 6


@pytest.mark.parametrize("name", ["film.jpg", "film.dcm", "film", "film.txt"])
def test_the_extension_does_not_matter(name: str) -> None:
    assert decode(grey("WEBP"), name).format == "WEBP"


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_are_stretched_not_clipped(kind: str) -> None:
    film = decode(saved(Image.fromarray(DEEP), kind), "deep.png")
    np.testing.assert_array_equal(RAMP, film.pixels)
    assert (film.bits, film.steps) == (16, ("stretched_to_8_bits",))


def test_big_endian_tiff_of_sixteen_bits_is_read_the_same() -> None:
    rows, columns = DEEP.shape
    tags = [(256, 4, columns), (257, 4, rows), (258, 3, 16), (259, 3, 1), (262, 3, 1),
            (273, 4, 8), (277, 3, 1), (278, 4, rows), (279, 4, DEEP.nbytes)]  # fmt: skip
    entries = b"".join(
        struct.pack(">HHI", tag, kind, 1)
        + struct.pack(">I" if kind == 4 else ">HH", value, *[0][kind - 4 :][: 4 - kind])
        for tag, kind, value in tags
    )
    head = b"MM\0*" + struct.pack(">I", 8 + DEEP.nbytes)
    directory = struct.pack(">H", len(tags)) + entries + b"\0\0\0\0"
    film = decode(head + DEEP.astype(">u2").tobytes() + directory, "x.tif")
    np.testing.assert_array_equal(RAMP, film.pixels)


def test_a_deep_tiff_whose_white_is_zero_is_turned() -> None:
    pixels = RAMP.astype(np.uint16) * 257
    negative = saved(Image.fromarray(65535 - pixels), "TIFF", tiffinfo={262: 0})
    straight = decode(saved(Image.fromarray(pixels), "TIFF"), "b").pixels
    np.testing.assert_array_equal(straight, decode(negative, "a").pixels)


def test_a_deflated_dicom_is_refused_before_it_is_inflated() -> None:
    plain = dicom(DEEP, "MONOCHROME2")
    deflated = plain.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99\0", 1)
    assert "deflated DICOM" in refused(deflated)


def test_a_flat_film_of_sixteen_bits_is_black() -> None:
    assert to_eight_bits(np.full((3, 4), 900, np.uint16)).tolist() == [[0] * 4] * 3


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_sample_that_is_no_number_is_refused(value: float) -> None:
    pixels = RAMP.astype(np.float32)
    pixels[3, 3] = value
    assert "no number" in refused(saved(Image.fromarray(pixels), "TIFF"))


def test_monochrome2_is_windowed_to_its_own_range() -> None:
    film = decode(dicom(DEEP, "MONOCHROME2"), "x")
    np.testing.assert_array_equal(RAMP, film.pixels)
    assert (film.format, film.bits) == ("DICOM", 12)


def test_monochrome1_is_turned_so_that_bone_is_white() -> None:
    film = decode(dicom(DEEP, "MONOCHROME1"), "x")
    np.testing.assert_array_equal(255 - RAMP, film.pixels)
    assert film.steps[-1] == "monochrome1_inverted"


def test_a_dicom_window_is_applied() -> None:
    film = decode(dicom(DEEP, "MONOCHROME2", WindowCenter=2000, WindowWidth=200), "x")
    assert film.pixels[0, 0] == 0
    assert film.pixels[0, -1] == 255
    assert np.unique(film.pixels).size < 10


@pytest.mark.parametrize(
    ("pixels", "photometric", "more"),
    [(np.zeros((3, 8, 8), np.uint8), "MONOCHROME2", {"NumberOfFrames": 3}),
     (RAMP, "PALETTE COLOR", {})],
)  # fmt: skip
def test_a_dicom_that_is_no_grey_still_film_is_refused(
    pixels: np.ndarray[Any, Any], photometric: str, more: Any
) -> None:
    assert "film" in refused(dicom(pixels, photometric, **more))


def test_a_palette_is_looked_up_not_taken_for_grey() -> None:
    image = Image.fromarray((RAMP // 128).astype(np.uint8))
    image.putpalette([255, 255, 255, 0, 0, 0])
    film = decode(saved(image, "PNG"), "x")
    np.testing.assert_array_equal(np.where(RAMP // 128 == 0, 255, 0), film.pixels)


def test_what_is_transparent_is_black() -> None:
    image = Image.fromarray(
        np.dstack([RAMP, RAMP, RAMP, np.where(RAMP < 100, 0, 255)]).astype("u1")
    )
    film = decode(saved(image, "PNG"), "x")
    np.testing.assert_array_equal(np.where(RAMP < 100, 0, RAMP), film.pixels)
    assert film.steps == ("alpha_on_black", "RGBA_to_grey")


@pytest.mark.parametrize(("mode", "kind"), [("LA", "PNG"), ("RGB", "PNG"), ("1", "PNG")])
def test_other_modes_of_a_grey_picture_stay_as_they_look(mode: str, kind: str) -> None:
    image = Image.fromarray(np.where(RAMP < 128, 0, 255).astype(np.uint8)).convert(mode)
    film = decode(saved(image, kind), "x")
    np.testing.assert_array_equal(np.where(RAMP < 128, 0, 255), film.pixels)


def test_cmyk_is_not_read_as_a_negative() -> None:
    film = decode(saved(Image.fromarray(RAMP).convert("CMYK"), "JPEG", quality=95), "x")
    assert film.pixels[:, :4].mean() < 20
    assert film.pixels[:, -4:].mean() > 235


def test_a_turned_camera_is_turned_back() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    film = decode(grey("PNG", exif=exif.tobytes()), "x")
    np.testing.assert_array_equal(np.rot90(RAMP, -1), film.pixels)
    assert film.steps == ("exif_rotation",)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_file_cut_anywhere_is_refused(kind: str) -> None:
    whole = grey(kind)
    for length in sorted({1, 20, len(whole) // 3, len(whole) // 2, len(whole) - 16}):
        refused(whole[:length])


def test_a_cut_dicom_is_refused() -> None:
    whole = dicom(DEEP, "MONOCHROME2")
    refused(whole[: len(whole) - 200])
    refused(whole[:132])


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_a_moving_picture_is_refused(kind: str) -> None:
    frames = [Image.fromarray(RAMP), Image.fromarray(255 - RAMP)]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:])
    assert "holds 2 frames" in refused(data)


@pytest.mark.parametrize("side", [8_000, 20_000])
def test_a_bomb_is_refused_before_it_is_decoded(side: int) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    # Were a single pixel decoded, the message would name the damaged data instead.
    data = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"bomb") + chunk(b"IEND", b"")
    assert "exceeds" in refused(data)


def test_the_limit_of_pixels_is_the_callers() -> None:
    assert "64x48 exceeds the limit of 3000 pixels" in refused(grey("PNG"), max_pixels=3000)
    assert isinstance(decode(grey("PNG"), "x", max_pixels=64 * 48), Film)


@pytest.mark.parametrize(
    "data",
    [b"", b"<!DOCTYPE html><html></html>", b"%PDF-1.7", b"%!PS-Adobe-3.0 EPSF-3.0",
     b"MZ" + b"\0" * 60, b"\0" * 128 + b"DICM", b"\x1f\x8b" + b"\0" * 40],
)  # fmt: skip
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    refused(data)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "PPM", "ICO"])
def test_formats_that_no_source_uses_are_not_opened(kind: str) -> None:
    assert "not a JPEG, PNG, WebP, TIFF or DICOM" in refused(grey(kind))


def test_the_same_picture_in_two_wrappings_has_one_pixel_hash() -> None:
    assert decode(grey("PNG"), "a").pixel_sha256 == decode(grey("TIFF"), "b").pixel_sha256
    assert (
        decode(grey("PNG"), "a").pixel_sha256
        != decode(saved(Image.fromarray(RAMP.T), "PNG"), "b").pixel_sha256
    )


SEEDS = [grey("JPEG"), grey("PNG"), grey("WEBP"), grey("TIFF"), dicom(DEEP, "MONOCHROME1"),
         saved(Image.fromarray(DEEP), "PNG"), grey("TIFF", compression="tiff_lzw")]  # fmt: skip


def survives(data: bytes) -> None:
    try:
        film = decode(data, "x", max_pixels=1_000_000)
    except Rejected:
        return
    assert film.pixels.dtype == np.uint8
    assert film.pixels.ndim == 2
    assert film.pixels.size


@settings(max_examples=150, deadline=None, database=None)
@given(st.binary(max_size=400), st.sampled_from([b"", *(seed[:24] for seed in SEEDS[:4])]))
def test_random_bytes_give_pixels_or_a_rejection(data: bytes, start: bytes) -> None:
    survives(start + data)


@settings(
    max_examples=300, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=12),
    st.integers(0, 40),
)
def test_mutated_files_give_pixels_or_a_rejection(
    seed: bytes, edits: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(seed)
    for place, value in edits:
        data[place % min(len(data), 600)] = value
    survives(bytes(data[: len(data) - cut]))


def test_the_webp_decoder_is_built_in() -> None:
    assert features.check("webp")


@pytest.mark.sample
def test_every_real_film_is_read() -> None:
    folder = Path(__file__).parents[2].parent / "shared/data"
    if not folder.is_dir():
        pytest.skip("the real sample of films is not beside the project")
    for place in sorted((folder / "dicom_samples").glob("*.dcm")):
        assert decode(place.read_bytes(), place.name).format == "DICOM"


@pytest.mark.parametrize("fault", [MemoryError(), OSError(errno.EIO, "the disk is gone")])
def test_a_fault_of_the_machine_is_no_verdict_on_the_film(
    fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(Image, "open", failing)
    with pytest.raises(type(fault)):
        decode(b"any", "a.png")
