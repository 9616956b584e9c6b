"""Copies of a film as they stray between collections: same exposure, other file."""

from collections.abc import Callable

import cv2
import numpy as np

from curation.phantom.chance import Chance
from curation.phantom.files import encoded
from curation.phantom.picture import Picture, scaled
from manifests.contract.images import Pixels

Copied = tuple[Picture, bytes, str]
"""The picture with its truth, the file's bytes, the extension."""


def copied(kind: str, picture: Picture, data: bytes, extension: str, chance: Chance) -> Copied:
    """A copy of the film: exact, re-encoded, resized, cropped or annotated."""
    if kind == "exact":
        return picture, data, extension
    how: Callable[[Picture, Chance], Picture] = {
        "re-encoded": lambda given, _: given,
        "resized": _resized,
        "cropped": _cropped,
        "annotated": _annotated,
    }[kind]
    made = how(picture, chance)
    return made, encoded(made.pixels, "jpg", chance.whole("quality", 70, 85)), "jpg"


def _resized(picture: Picture, chance: Chance) -> Picture:
    height, width = picture.lungs.shape
    factor = chance.between("factor", 0.62, 0.8)
    return picture.moved(scaled(round(width * factor), round(height * factor)))


def _cropped(picture: Picture, chance: Chance) -> Picture:
    height, width = picture.lungs.shape
    top, bottom, left, right = chance.series("sides", 4, 0.04, 0.08)
    rows = slice(round(height * top), round(height * (1 - bottom)))
    columns = slice(round(width * left), round(width * (1 - right)))
    return picture.moved(lambda pixels: np.ascontiguousarray(pixels[rows, columns]))


def _annotated(picture: Picture, chance: Chance) -> Picture:
    height, width = picture.lungs.shape
    across, down = chance.between("x", 0.3, 0.7), chance.between("y", 0.45, 0.65)
    tip = (round(width * across), round(height * down))
    tail = (tip[0] + round(width * 0.09), tip[1] + round(height * 0.07))
    date = f"{chance.whole('day', 1, 28):02d}.{chance.whole('month', 1, 6):02d}.2020"

    def point(pixels: Pixels) -> Pixels:
        marked, white = _white_on(pixels)
        cv2.arrowedLine(marked, tail, tip, white, max(2, width // 250), cv2.LINE_AA, tipLength=0.35)
        return marked

    def write(pixels: Pixels) -> Pixels:
        marked, white = _white_on(pixels)
        place = (round(width * 0.03), round(height * 0.96))
        cv2.putText(
            marked, date, place, cv2.FONT_HERSHEY_SIMPLEX, width / 1000, white,
            max(1, width // 500), cv2.LINE_AA,
        )  # fmt: skip
        return marked

    return picture.seen(point).written(write)


def _white_on(pixels: Pixels) -> tuple[Pixels, tuple[int, ...]]:
    """A copy to draw on, and its white."""
    return np.ascontiguousarray(pixels.copy()), (255,) * (1 if pixels.ndim == 2 else 3)  # noqa: PLR2004 - grey has two axes
