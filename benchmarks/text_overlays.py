"""Words that `text.py` prints on films: invented patients, dates, numbers and harmless markers."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from manifests.contract.images import Pixels, decode

FONTS = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif", "DejaVuSansMono", "STIXGeneral",
         "STIXGeneralBol", "cmss10", "cmr10", "hershey")  # fmt: skip
HEIGHTS = (9, 14, 24, 48, 80)
"""Of a capital letter, pixels."""
READABLE, LEGIBLE = 60, 30
"""Least grey levels between a word and the mean of what it is printed on; between the ink of one
of its characters and what is under it, since black on black nobody sees."""
WORDS = {
    "name": ("ROSSI ANNA", "Miller, John", "GARCIA^MARIA", "Nguyen Van Tran", "SCHMIDT K.",
             "Dr. P. Novak"),
    "date": ("12/03/2020", "2020-04-17", "03.11.1957", "17 Mar 2020", "14:32:05", "DOB 02/05/61"),
    "number": ("ID 4471829", "ACC12345678", "MRN 0093312", "20200318093312", "No. 558210"),
    "": ("L", "R", "PA", "AP ERECT", "PORTABLE", "SUPINE", "LEFT", "SEMI ERECT", "MOBILE",
         "A LETTO", "85 kV 2 mAs"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """One word on one film: `why` is what its reader should find, "" for a marker."""

    pixels: Pixels
    words: str
    why: str
    font: str
    height: int
    look: str
    place: str
    box: tuple[int, int, int, int]
    characters: list[tuple[int, int, int, int]]
    """Of those that can be seen."""
    unseen: int
    """Characters that cannot."""


def overlay(film: Pixels, number: int) -> Overlay | None:
    """The `number`-th overlay, on `film`; None where the word has no room or cannot be read."""
    chance = np.random.default_rng(number)
    why = tuple(WORDS)[number % len(WORDS)]
    words = str(chance.choice(WORDS[why]))
    font, height = str(chance.choice(FONTS)), int(chance.choice(HEIGHTS))
    ink, cuts = _ink(words, font, height)
    place = str(chance.choice(["corner", "edge", "lungs"]))
    room = film.shape[0] - ink.shape[0] - 8, film.shape[1] - ink.shape[1] - 8
    if min(room) < 8 or ink.shape[1] > 0.8 * film.shape[1]:
        return None
    top, left = (
        int(4 + share * size) for share, size in zip(_where(place, chance), room, strict=True)
    )
    rows, columns = slice(top, top + ink.shape[0]), slice(left, left + ink.shape[1])
    made, look = film.copy(), str(chance.choice(["white", "grey", "black", "plate", "dark plate"]))
    part = made[rows, columns]
    if "plate" in look:
        pad = max(2, height // 4)
        made[top - min(pad, top) : rows.stop + pad, left - min(pad, left) : columns.stop + pad] = (
            255 if look == "plate" else 0
        )
    colour = {"white": 255, "grey": int(chance.integers(150, 225)), "black": 0, "plate": 0}.get(
        look, 255
    )
    if abs(float(part.mean()) - colour) < READABLE:
        return None
    spans = [span for span in cuts if _contrast(part, ink, span, colour) >= LEGIBLE]
    share = ink.astype(np.float32) / 255
    part[:] = np.rint(part * (1 - share) + colour * share).astype(np.uint8)
    if chance.random() < 0.5:
        made = _jpeg(made, int(chance.integers(70, 95)))
    characters = [(left + a, top, left + b, rows.stop) for a, b in spans]
    return Overlay(pixels=made, words=words, why=why, font=font, height=height, look=look,
                   place=place, box=(left, top, columns.stop, rows.stop),
                   characters=characters, unseen=len(cuts) - len(spans))  # fmt: skip


def _contrast(part: Pixels, ink: Pixels, span: tuple[int, int], colour: int) -> float:
    """Mean grey levels between the ink of a character and what it is printed on."""
    columns = slice(*span)
    under = part[:, columns][ink[:, columns] > 127].astype(float)
    return float(np.abs(under - colour).mean()) if under.size else 0.0


def _where(place: str, chance: np.random.Generator) -> tuple[float, float]:
    if place == "lungs":
        return float(chance.uniform(0.25, 0.7)), float(chance.uniform(0.1, 0.9))
    down = float(chance.choice([0, 1])) if place == "corner" else float(chance.uniform(0, 1))
    return down, float(chance.choice([0, 1]))


def _ink(words: str, font: str, height: int) -> tuple[Pixels, list[tuple[int, int]]]:
    """How much of each pixel is inked, 0-255, cut to the ink, and where each character stands."""
    if font == "hershey":
        size = height / 21
        thick = max(1, round(height / 10))
        width = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, size, thick)[0][0]
        ends = [cv2.getTextSize(words[:n], cv2.FONT_HERSHEY_SIMPLEX, size, thick)[0][0]
                for n in range(len(words) + 1)]  # fmt: skip
        page = np.zeros((3 * height, width + 4 * thick), np.uint8)
        cv2.putText(
            page,
            words,
            (thick, 2 * height),
            cv2.FONT_HERSHEY_SIMPLEX,
            size,
            255,
            thick,
            cv2.LINE_AA,
        )
        offset = thick
    else:
        file = Path(mpl.get_data_path()) / "fonts/ttf" / f"{font}.ttf"
        capital = ImageFont.truetype(file, 100).getbbox("H")
        drawn = ImageFont.truetype(file, round(100 * height / (capital[3] - capital[1])))
        ends = [round(drawn.getlength(words[:n])) for n in range(len(words) + 1)]
        image = Image.new("L", (ends[-1] + 2 * height, 3 * height))
        ImageDraw.Draw(image).text((height, height), words, 255, drawn)
        page, offset = np.array(image), height
    rows, columns = np.flatnonzero(page.any(1)), np.flatnonzero(page.any(0))
    cut = page[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    spans = [(max(0, ends[n] + offset - columns[0]),
              min(cut.shape[1], ends[n + 1] + offset - columns[0]))
             for n in range(len(words)) if words[n] != " "]  # fmt: skip
    return cut, [span for span in spans if span[1] > span[0]]


def _jpeg(pixels: Pixels, quality: int) -> Pixels:
    data = BytesIO()
    Image.fromarray(pixels).save(data, "JPEG", quality=quality)
    return decode(data.getvalue(), "overlay").pixels
