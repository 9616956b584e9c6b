"""A heat map as a picture that explains itself: film and heat side by side, with what was said.

It may be passed on alone, so that what it is not stands on it as well. S pixels a side.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from manifests.contract.images import Pixels
from training.explained.gradcam import Heat

S = 400
GAP, MARGIN, LINE, LETTERS = 8, 10, 20, 14
COLOURS = cv2.COLORMAP_INFERNO
STRONGEST = 0.7
"""How much of the hottest place's film the heat covers."""
INK, PAPER = (230, 230, 230), (24, 24, 24)


def picture(film: Pixels, heat: Heat, words: Sequence[str]) -> Pixels:
    """uint8[H, W, 3]: `film` (uint8[S, S]), beside it the same under `heat` (0..1), `words` below.

    The last line of words is followed by the scale of the colours.
    """
    grey = np.asarray(cv2.cvtColor(film, cv2.COLOR_GRAY2RGB), np.uint8)
    wide = 2 * S + GAP
    page = np.full((S + 2 * MARGIN + LINE * (len(words) + 1), wide, 3), PAPER, np.uint8)
    page[:S, :S], page[:S, S + GAP :] = grey, under(grey, heat)
    top = S + MARGIN
    scale = np.tile(np.linspace(0, 1, 160, dtype=np.float32), (10, 1))
    end = top + LINE * len(words)
    page[end + 4 : end + 14, 80:240] = coloured(scale)
    image = Image.fromarray(page)
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(LETTERS)
    for number, line in enumerate(words):
        pen.text((MARGIN, top + LINE * number), fitting(line, font, wide), font=font, fill=INK)
    pen.text((MARGIN, end), "no heat", font=font, fill=INK)
    pen.text((248, end), "most heat", font=font, fill=INK)
    return np.asarray(image, np.uint8)


def under(grey: npt.NDArray[np.uint8], heat: Heat) -> npt.NDArray[np.uint8]:
    """uint8[S, S, 3]: the film where nothing is hot, the colour of the heat where much is."""
    warm = cv2.resize(heat, (S, S), interpolation=cv2.INTER_LINEAR).clip(0, 1)
    share = (STRONGEST * warm)[:, :, None]
    mixed = grey * (1 - share) + coloured(warm) * share
    return np.asarray(np.rint(mixed), np.uint8)


def coloured(heat: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """uint8[H, W, 3], RGB, of 0..1: from black over red to yellow."""
    levels = np.asarray(np.rint(heat * 255), np.uint8)
    return np.asarray(cv2.cvtColor(cv2.applyColorMap(levels, COLOURS), cv2.COLOR_BGR2RGB), np.uint8)


def fitting(line: str, font: "ImageFont.FreeTypeFont | ImageFont.ImageFont", wide: int) -> str:
    """`line`, without its middle where it is too long: of a path the name counts most."""
    whole = line
    while font.getlength(line) > wide - 2 * MARGIN and len(whole) > 1:
        whole = whole[: len(whole) // 3] + whole[len(whole) // 3 + 1 :]
        line = f"{whole[: len(whole) // 3]}…{whole[len(whole) // 3 :]}"
    return line
