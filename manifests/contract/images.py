"""The one image decoder: bytes from outside become 8-bit grey pixels, or a `Rejected` row.

Everything that reads a film from outside comes through `decode`, so that there is one answer to
16-bit, palette, alpha, CMYK, EXIF rotation, MONOCHROME1, animation, truncation and bombs.
"""

import io
import struct
import warnings
import zlib

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.TiffImagePlugin import PHOTOMETRIC_INTERPRETATION as PHOTOMETRIC
from PIL.TiffImagePlugin import TiffImageFile

from manifests.contract.dicom import dicom
from manifests.contract.film import Film, Pixels, check_size, to_eight_bits, unreadable
from manifests.contract.grey_png import grey_png
from manifests.contract.rejection import Rejected

__all__ = ["MAX_PIXELS", "Film", "Pixels", "decode", "decode_small", "to_eight_bits"]

MAX_PIXELS = 40_000_000
"""Largest picture that is decoded; the largest film known in a public set has 19.7 million."""
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")

# Our own limit is checked before any pixel is decoded, and is stricter than Pillow's warning. Set
# once, because switching warnings on and off is not safe where films are decoded side by side.
warnings.simplefilter("ignore", Image.DecompressionBombWarning)
# A damaged EXIF tag beside a whole picture is not worth a line.
warnings.filterwarnings("ignore", module=r"PIL\.")

# Raised by Pillow and pydicom on damaged input; all else is our mistake, or a lack of memory.
DAMAGE = (OSError, SyntaxError, ValueError, TypeError, LookupError, AttributeError, EOFError,
          ArithmeticError, RuntimeError, struct.error, zlib.error,
          Image.DecompressionBombError)  # fmt: skip


def decode(data: bytes, name: str, max_pixels: int = MAX_PIXELS) -> Film:
    """The film in `data`, by content and never by extension.

    `name` is used in messages only. Raises `Rejected` with a sentence for anything that is not one
    whole, still picture of at most `max_pixels`.
    """
    return _decoded(data, name, max_pixels)


def decode_small(data: bytes, name: str, side: int, max_pixels: int = MAX_PIXELS) -> Pixels:
    """The film's pixels for one who needs `side` of them each way: a JPEG is decoded smaller.

    uint8[H, W]: the half, quarter or eighth whose sides are the least that are not below `side`,
    and of a coloured JPEG its brightness as the file has it. Everything else is as `decode` gives
    it, and what that rejects is rejected here in the same words.
    """
    try:
        return _decoded(data, name, max_pixels, side).pixels
    except Rejected:
        # The full decoding has the last word, also on what cannot be decoded smaller.
        return decode(data, name, max_pixels).pixels


def _decoded(data: bytes, name: str, max_pixels: int, side: int | None = None) -> Film:
    try:
        if data[128:132] == b"DICM":
            return dicom(data, name, max_pixels)
        return _picture(data, name, max_pixels, side)
    except DAMAGE as damage:
        # The bytes are here: what bears a number comes from the machine, and may pass.
        if isinstance(damage, OSError) and damage.errno:
            raise
        found = str(damage).splitlines()[0] if str(damage) else type(damage).__name__
        raise unreadable(name, f"cannot be decoded ({found})") from damage


def _check_whole(name: str, data: bytes) -> None:
    """Decoders fill in what is missing at the end of a file, so look for the end itself."""
    is_cut = (
        (data[:2] == b"\xff\xd8" and _is_jpeg_cut(data))
        or (data[:4] == b"\x89PNG" and b"IEND" not in data[-64 * 1024 :])
        or (data[:4] == b"RIFF" and len(data) < 8 + int.from_bytes(data[4:8], "little"))
    )
    if is_cut:
        raise unreadable(name, f"the file ends early, after {len(data)} bytes")


def _is_jpeg_cut(data: bytes) -> bool:
    # Most end as they should; to look for their last scan would cost as much as opening them.
    return not data.endswith(b"\xff\xd9") and data.rfind(b"\xff\xd9") < data.rfind(b"\xff\xda")


def _picture(data: bytes, name: str, max_pixels: int, side: int | None) -> Film:
    pixels = grey_png(data, max_pixels)
    if pixels is not None:
        return Film(pixels=pixels, format="PNG", bits=8)
    return _by_pillow(data, name, max_pixels, side)


def _by_pillow(data: bytes, name: str, max_pixels: int, side: int | None) -> Film:
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as unknown:
        found = f"(it begins with {data[:8].hex(' ') or 'nothing'})"
        raise unreadable(name, f"not a JPEG, PNG, WebP, TIFF or DICOM {found}") from unknown
    with image:
        check_size(name, *image.size, max_pixels)
        frames = getattr(image, "n_frames", 1)
        # Phones append a preview to a JPEG and call it MPO; its first frame is the picture.
        if frames > 1 and image.format != "MPO":
            raise unreadable(name, f"holds {frames} frames, a film is one still picture")
        _check_whole(name, data)
        if side is not None:
            # Pillow's word for it; other formats than JPEG do not know it.
            image.draft("L", (side, side))
        # In one piece, since it is in memory: decoders begin a line again at the end of a piece.
        image.decodermaxblock = max(len(data), image.decodermaxblock)
        image.load()
        return _grey(image)


def _grey(image: Image.Image) -> Film:
    """The 8-bit grey film of a loaded picture; every step taken is named."""
    kind, mode, steps, colour = image.format or "", image.mode, [], _colour(image)
    # Pillow turns a white-is-zero TIFF of 8 bits, and leaves a deeper one as it is.
    is_white_zero = isinstance(image, TiffImageFile) and image.tag_v2.get(PHOTOMETRIC) == 0
    if image.getexif().get(0x0112, 1) != 1:
        image = ImageOps.exif_transpose(image)
        steps.append("exif_rotation")
    if mode[0] in "IF":
        pixels = to_eight_bits(np.asarray(image))
        steps.append("stretched_to_8_bits")
        if is_white_zero:
            pixels = 255 - pixels
            steps.append("white_is_zero_inverted")
        bits = 32 if mode in {"I", "F"} else 16
        return Film(pixels=pixels, format=kind, bits=bits, steps=tuple(steps))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        black = Image.new("RGBA", image.size, (0, 0, 0, 255))
        image = Image.alpha_composite(black, image)
        steps.append("alpha_on_black")
    if image.mode != "L":
        steps.append(f"{mode}_to_grey")
        # "P" to "L" would take a palette's colours one by one; "CMYK" needs RGB in between.
        image = image.convert("RGB").convert("L") if mode in {"P", "CMYK", "LAB"} else image
    return Film(
        pixels=np.array(image if image.mode == "L" else image.convert("L"), np.uint8),
        format="JPEG" if kind == "MPO" else kind,
        bits=1 if mode == "1" else 8,
        steps=tuple(steps), colour=colour,
    )  # fmt: skip


def _colour(image: Image.Image) -> float:
    if image.mode in {"L", "1"} or image.mode[0] in "IF":
        return 0.0
    few = np.asarray(image.resize((32, 32), Image.Resampling.NEAREST).convert("RGB"), np.int16)
    return round(float(np.ptp(few, axis=2).mean()), 2)
