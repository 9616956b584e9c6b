"""From a picture to a file: JPEG or PNG, always with the words that it is drawn, not data."""

import json
import struct
import zlib
from pathlib import Path

import cv2

from manifests.contract.images import Pixels
from manifests.contract.vocabulary import DISCLAIMER, DRAWN

TAG = b"Drawn by a computer, not data"
"""Stands in every drawn file: as a PNG text chunk or a JPEG comment."""
MARKER, README = "PHANTOM.json", "README.txt"


def encoded(pixels: Pixels, extension: str, quality: int = 90) -> bytes:
    """`pixels` (grey, or RGB) as the file content that `extension` says; `quality` is JPEG's."""
    stored = pixels if pixels.ndim == 2 else pixels[:, :, ::-1]  # noqa: PLR2004 - grey has two axes
    if extension == "png":
        _, data = cv2.imencode(".png", stored, [cv2.IMWRITE_PNG_COMPRESSION, 3])
        return tagged_png(data.tobytes())
    _, data = cv2.imencode(".jpg", stored, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return _tagged_jpeg(data.tobytes())


def mark_as_drawn(folder: Path, world: int) -> None:
    """Write the marker that ingest obeys, and a page for the person who opens the folder."""
    marker = {"drawn": True, "world": world}
    (folder / MARKER).write_text(json.dumps(marker, sort_keys=True) + "\n", encoding="utf-8")
    (folder / README).write_text(
        f"{DRAWN}\n{DISCLAIMER}\n\nThe files are laid out as the upstream source lays out its own, "
        f"so that the same code reads both.\nWorld {world} of the stage `phantom`.\n",
        encoding="utf-8",
    )


def tagged_png(data: bytes) -> bytes:
    """A PNG with the tag as a text chunk."""
    after_header = 8 + 25
    body = b"tEXt" + b"Comment\0" + TAG
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:after_header] + chunk + data[after_header:]


def _tagged_jpeg(data: bytes) -> bytes:
    # The JFIF header must stay first, so the comment goes behind it.
    after_header = 4 + int.from_bytes(data[4:6], "big")
    comment = b"\xff\xfe" + struct.pack(">H", len(TAG) + 2) + TAG
    return data[:after_header] + comment + data[after_header:]
