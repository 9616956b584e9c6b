"""The one image decoder: bytes from outside become 8-bit grey pixels, or a `Rejected` row.

Everything that reads a film from outside comes through `decode`, so that there is one answer to
16-bit, palette, alpha, CMYK, EXIF rotation, MONOCHROME1, animation, truncation and bombs.
"""

import hashlib
import io
import struct
import warnings
import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.TiffImagePlugin import PHOTOMETRIC_INTERPRETATION as PHOTOMETRIC
from PIL.TiffImagePlugin import TiffImageFile

from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

Pixels = npt.NDArray[np.uint8]
MAX_PIXELS = 40_000_000
"""Largest picture that is decoded; the largest film known in a public set has 19.7 million."""
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
DEFLATED = b"1.2.840.10008.1.2.1.99"
"""The DICOM transfer syntax Deflated Explicit VR Little Endian."""

# Our own limit is checked before any pixel is decoded, and is stricter than Pillow's warning. Set
# once, because switching warnings on and off is not safe where films are decoded side by side.
warnings.simplefilter("ignore", Image.DecompressionBombWarning)
# A damaged EXIF tag beside a whole picture is not worth a line.
warnings.filterwarnings("ignore", module=r"PIL\.")

# Raised by Pillow and pydicom on damaged input; all else is our mistake, or a lack of memory.
DAMAGE = (OSError, SyntaxError, ValueError, TypeError, LookupError, AttributeError, EOFError,
          ArithmeticError, RuntimeError, struct.error, zlib.error,
          Image.DecompressionBombError)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A decoded picture: `pixels` uint8[H, W], and how it came to be."""

    pixels: Pixels
    format: str
    bits: int
    steps: tuple[str, ...] = ()
    colour: float = 0.0
    """Mean distance between the strongest and the weakest colour, 0-255; 0 in grey."""

    @property
    def pixel_sha256(self) -> str:
        """SHA-256 of shape and pixels: equal for the same picture in another wrapping."""
        shape = f"{self.pixels.shape[0]}x{self.pixels.shape[1]}:".encode()
        return hashlib.sha256(shape + self.pixels.tobytes()).hexdigest()


def decode(data: bytes, name: str, max_pixels: int = MAX_PIXELS) -> Film:
    """The film in `data`, by content and never by extension.

    `name` is used in messages only. Raises `Rejected` with a sentence for anything that is not one
    whole, still picture of at most `max_pixels`.
    """
    try:
        if data[128:132] == b"DICM":
            return _dicom(data, name, max_pixels)
        return _picture(data, name, max_pixels)
    except DAMAGE as damage:
        # The bytes are here: what bears a number comes from the machine, and may pass.
        if isinstance(damage, OSError) and damage.errno:
            raise
        found = str(damage).splitlines()[0] if str(damage) else type(damage).__name__
        raise _unreadable(name, f"cannot be decoded ({found})") from damage


def to_eight_bits(samples: npt.NDArray[np.generic]) -> Pixels:
    """Samples of any depth stretched linearly from their own [min, max] to 0-255, rounded.

    A plain cast would clip 12-bit films to white and make them all look alike. Raises `ValueError`
    where a sample is infinite or no number.
    """
    values = samples.astype(np.float64)
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        raise ValueError("a sample is no number")
    if high <= low:
        return np.zeros(samples.shape, np.uint8)
    return np.rint((values - low) * (255.0 / (high - low))).astype(np.uint8)


def _unreadable(name: str, found: str) -> Rejected:
    told = f"{name}: {found}; fetch it again, or leave it rejected"
    return Rejected(Reason.UNREADABLE_IMAGE, told)


def _check_size(name: str, width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise _unreadable(name, f"{width}x{height} exceeds the limit of {max_pixels} pixels")
    if min(width, height) < 1:
        raise _unreadable(name, f"{width}x{height} holds no picture")


def _check_whole(name: str, data: bytes) -> None:
    """Decoders fill in what is missing at the end of a file, so look for the end itself."""
    is_cut = (
        (data[:2] == b"\xff\xd8" and data.rfind(b"\xff\xd9") < data.rfind(b"\xff\xda"))
        or (data[:4] == b"\x89PNG" and b"IEND" not in data[-64 * 1024 :])
        or (data[:4] == b"RIFF" and len(data) < 8 + int.from_bytes(data[4:8], "little"))
    )
    if is_cut:
        raise _unreadable(name, f"the file ends early, after {len(data)} bytes")


def _picture(data: bytes, name: str, max_pixels: int) -> Film:
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as unknown:
        found = f"(it begins with {data[:8].hex(' ') or 'nothing'})"
        raise _unreadable(name, f"not a JPEG, PNG, WebP, TIFF or DICOM {found}") from unknown
    with image:
        _check_size(name, *image.size, max_pixels)
        frames = getattr(image, "n_frames", 1)
        # Phones append a preview to a JPEG and call it MPO; its first frame is the picture.
        if frames > 1 and image.format != "MPO":
            raise _unreadable(name, f"holds {frames} frames, a film is one still picture")
        _check_whole(name, data)
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
        pixels=np.array(image.convert("L"), np.uint8),
        format="JPEG" if kind == "MPO" else kind,
        bits=1 if mode == "1" else 8,
        steps=tuple(steps), colour=colour,
    )  # fmt: skip


def _colour(image: Image.Image) -> float:
    if image.mode in {"L", "1"} or image.mode[0] in "IF":
        return 0.0
    few = np.asarray(image.resize((32, 32), Image.Resampling.NEAREST).convert("RGB"), np.int16)
    return round(float(np.ptp(few, axis=2).mean()), 2)


def _dicom(data: bytes, name: str, max_pixels: int) -> Film:
    # pydicom takes a quarter of a second to import and most sources need none of it.
    from pydicom import config, dcmread  # noqa: PLC0415
    from pydicom.errors import BytesLengthException, InvalidDicomError  # noqa: PLC0415
    from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut  # noqa: PLC0415

    # Deflated as a whole, it must be inflated before its size is known, and may fill the memory.
    if DEFLATED in data:
        raise _unreadable(name, "a deflated DICOM, which is not opened; store it uncompressed")
    # It would log the values that it doubts, and those may be a patient's.
    config.settings.reading_validation_mode = config.IGNORE
    try:
        file = dcmread(io.BytesIO(data))
        _check_size(name, int(file.Columns), int(file.Rows), max_pixels)
        photometric, frames = str(file.PhotometricInterpretation), file.get("NumberOfFrames", 1)
        if photometric not in {"MONOCHROME1", "MONOCHROME2"} or int(frames or 1) > 1:
            raise _unreadable(name, f"{photometric}, {frames} frames: not one grey, still film")
        samples = apply_voi_lut(apply_modality_lut(file.pixel_array, file), file)
        bits = int(file.BitsStored)
    except (BytesLengthException, InvalidDicomError) as damage:
        raise _unreadable(name, f"damaged DICOM ({damage})") from damage
    if samples.ndim != 2:  # noqa: PLR2004 - a grey film has two axes
        raise _unreadable(name, f"its pixels have the shape {samples.shape}")
    pixels, steps = to_eight_bits(samples), ["dicom_window", "stretched_to_8_bits"]
    if photometric == "MONOCHROME1":
        pixels = 255 - pixels
        steps.append("monochrome1_inverted")
    return Film(pixels=pixels, format="DICOM", bits=bits, steps=tuple(steps))
