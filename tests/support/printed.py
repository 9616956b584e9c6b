"""Pictures with words printed on them, for whoever looks for words."""

import numpy as np
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont
from textures import texture

from manifests.contract.images import Pixels

FONT = font_manager.findfont("DejaVu Sans")


def ground(number: int = 4, level: int = 20) -> Pixels:
    """uint8[400, 500]: coarse and fine structure around `level` + 43."""
    return np.asarray(texture(number, 400, 500) // 3 + level, np.uint8)


def printed(
    words: str, size: int = 30, at: tuple[int, int] = (30, 20), tone: int = 250,
    on: Pixels | None = None,
) -> Pixels:  # fmt: skip
    """`on` with `words` from `at` (column, row) on, letters `size` pixels with their ascenders."""
    film = Image.fromarray(ground() if on is None else on)
    ImageDraw.Draw(film).text(at, words, fill=tone, font=ImageFont.truetype(FONT, size))
    return np.array(film, np.uint8)


def covered(mask: Pixels, plain: Pixels, film: Pixels) -> float:
    """The share of what was printed on `plain`, without its soft edges, that the mask covers."""
    off = np.abs(film.astype(int) - plain)
    return float((mask[off > off.max() / 2] > 0).mean())
