"""Films as small pictures inside the page: nothing is fetched, and no tag goes along."""

import base64
import functools
import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from manifests.contract.images import Pixels

SIDE = 224
"""Longest side of a small picture, pixels."""
QUALITY = 80
HEAT_SHARE = 0.7
"""Opacity of the hottest point over the film; the coldest lets the film through."""


GREEN, RED, TINT, STRIPE = (40, 200, 90), (225, 60, 50), 0.5, 5
"""What speaks for a label and against it, how opaque, and how wide the stripes are in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as a data address, with the size that the page keeps free for it."""

    address: str
    width: int
    height: int


def thumbnail(pixels: Pixels) -> Picture:
    """uint8[H, W] or uint8[H, W, 3] as a JPEG of at most `SIDE` pixels a side."""
    image = Image.fromarray(pixels)
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=None)
    return jpeg(image)


def jpeg(image: Image.Image) -> Picture:
    """The whole image, without a tag."""
    data = io.BytesIO()
    image.save(data, "JPEG", quality=QUALITY, optimize=True)
    return Picture(
        address="data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode("ascii"),
        width=image.width, height=image.height,
    )  # fmt: skip


def overlay(film: Pixels, heat: Pixels) -> Picture:
    """The film with its heat in the colours of `inferno`; both uint8[H, W] of one size."""
    share = (heat.astype(np.float32) / 255.0)[..., None] * HEAT_SHARE
    mixed = film.astype(np.float32)[..., None] * (1 - share) + colours()[heat] * share
    return thumbnail(np.rint(mixed).astype(np.uint8))


def speaking(film: Pixels, speaks_for: Pixels, speaks_against: Pixels) -> Picture:
    """The film with one part in green and one in red; all uint8[H, W] of one size, masks 0 or 255.

    For those who cannot tell the two apart what speaks against is striped.
    """
    rows, columns = np.indices(film.shape)
    is_stripe = (rows + columns) // STRIPE % 2 == 0
    mixed = np.repeat(film.astype(np.float32)[..., None], 3, axis=2)
    for mask, colour in ((speaks_for > 0, GREEN), ((speaks_against > 0) & is_stripe, RED)):
        mixed[mask] = mixed[mask] * (1 - TINT) + np.array(colour) * TINT
    return thumbnail(np.rint(mixed).astype(np.uint8))


def colour_bar() -> Picture:
    """The colours from no heat to most heat, from left to right."""
    return thumbnail(np.tile(colours()[None, :, :], (12, 1, 1)))


@functools.cache
def colours() -> npt.NDArray[np.uint8]:
    """uint8[256, 3]: inferno, in which equal steps look equal and grey prints keep the order."""
    # Takes a third of a second, and only a page with heat needs it.
    from matplotlib import colormaps  # noqa: PLC0415

    made: npt.NDArray[np.uint8] = np.rint(
        np.asarray(colormaps["inferno"](np.arange(256)))[:, :3] * 255
    ).astype(np.uint8)
    return made
