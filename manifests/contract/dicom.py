"""The DICOM half of the one image decoder: a grey, still film as 8-bit pixels, or `Rejected`."""

import io

from manifests.contract.film import Film, check_size, to_eight_bits, unreadable

DEFLATED = b"1.2.840.10008.1.2.1.99"
"""The DICOM transfer syntax Deflated Explicit VR Little Endian."""


def dicom(data: bytes, name: str, max_pixels: int) -> Film:
    """The film in the DICOM file `data`. Raises what damaged input makes pydicom raise, too."""
    # pydicom takes a quarter of a second to import and most sources need none of it.
    from pydicom import config, dcmread  # noqa: PLC0415
    from pydicom.errors import BytesLengthException, InvalidDicomError  # noqa: PLC0415
    from pydicom.pixels.processing import apply_modality_lut, apply_voi_lut  # noqa: PLC0415

    # Deflated as a whole, it must be inflated before its size is known, and may fill the memory.
    if DEFLATED in data:
        raise unreadable(name, "a deflated DICOM, which is not opened; store it uncompressed")
    # It would log the values that it doubts, and those may be a patient's.
    config.settings.reading_validation_mode = config.IGNORE
    try:
        file = dcmread(io.BytesIO(data))
        check_size(name, int(file.Columns), int(file.Rows), max_pixels)
        photometric, frames = str(file.PhotometricInterpretation), file.get("NumberOfFrames", 1)
        if photometric not in {"MONOCHROME1", "MONOCHROME2"} or int(frames or 1) > 1:
            raise unreadable(name, f"{photometric}, {frames} frames: not one grey, still film")
        samples = apply_voi_lut(apply_modality_lut(file.pixel_array, file), file)
        bits = int(file.BitsStored)
    except (BytesLengthException, InvalidDicomError) as damage:
        raise unreadable(name, f"damaged DICOM ({damage})") from damage
    if samples.ndim != 2:  # noqa: PLR2004 - a grey film has two axes
        raise unreadable(name, f"its pixels have the shape {samples.shape}")
    pixels, steps = to_eight_bits(samples), ["dicom_window", "stretched_to_8_bits"]
    if photometric == "MONOCHROME1":
        pixels = 255 - pixels
        steps.append("monochrome1_inverted")
    return Film(pixels=pixels, format="DICOM", bits=bits, steps=tuple(steps))
