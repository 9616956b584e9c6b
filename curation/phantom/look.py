"""How each source's files look: size, format, colour, frame and burned-in words.

The look depends on the source and on chance, never on what the patient has.
"""

from collections.abc import Callable

import cv2
import numpy as np

from curation.phantom.chance import Chance
from curation.phantom.files import encoded
from curation.phantom.marks import marked
from curation.phantom.patient import Occasion
from curation.phantom.picture import Picture, scaled
from manifests.contract.images import Pixels
from manifests.contract.vocabulary import Modality

Filed = tuple[Picture, bytes, str]
"""The picture as the source shows it, the file's bytes, the extension."""
Look = Callable[[Picture, Occasion, Chance], Filed]
LOWEST = {"nih_cxr14": 512, "radiopaedia": 448, "sirm": 400}
"""Least height of a drawn film, pixels, where it is not the usual one."""


def frame(occasion: Occasion) -> tuple[int, int]:
    """Height and width in which the film is drawn, pixels."""
    chance = occasion.chance.of("frame")
    return chance.whole("height", LOWEST.get(occasion.source, 416), 512), 512


def filed(film: Picture, occasion: Occasion) -> Filed:
    """The film as the source of the occasion publishes it."""
    chance = occasion.chance.of("look")
    film = film.written(lambda pixels: marked(pixels, occasion))
    return LOOKS[occasion.source](film, occasion, chance)


def _nih(film: Picture, _occasion: Occasion, _chance: Chance) -> Filed:
    shown = film.moved(scaled(1024, 1024))
    return shown, encoded(shown.pixels, "png"), "png"


def _cohen(film: Picture, _occasion: Occasion, chance: Chance) -> Filed:
    """A gathering of other people's pictures: every size, both formats, some framed."""
    shown = _wide(film, chance.whole("width", 420, 1100))
    if chance.whether("framed", 0.25):
        shown = shown.moved(_framed(chance.whole("frame", 6, 28)))
    if chance.whether("colour", 0.4):
        shown = shown.seen(_coloured)
    extension = chance.pick("extension", ("jpg", "jpeg", "png"))
    return shown, encoded(shown.pixels, extension, chance.whole("quality", 70, 95)), extension


def _radiopaedia(film: Picture, _occasion: Occasion, chance: Chance) -> Filed:
    shown = _wide(film, 630).seen(_coloured)
    extension = chance.pick("extension", ("jpg", "jpg", "png"))
    return shown, encoded(shown.pixels, extension, 90), extension


def _sirm(film: Picture, occasion: Occasion, chance: Chance) -> Filed:
    """A photograph of the screen; CT slices come from the workstation itself."""
    shown = _wide(film, chance.whole("width", 600, 900))
    if occasion.modality is not Modality.CT:
        shown = _photographed(shown, chance)
    return shown, encoded(shown.pixels, "jpg", chance.whole("quality", 72, 88)), "jpg"


def _exported(width: int, extension: str) -> Look:
    """A grey export of the archive, always of one width."""

    def look(film: Picture, _occasion: Occasion, _chance: Chance) -> Filed:
        shown = _wide(film, width)
        return shown, encoded(shown.pixels, extension, 92), extension

    return look


def _saved(film: Picture, _occasion: Occasion, chance: Chance) -> Filed:
    """A picture that a page shows and somebody saved: JPEG in colour, of any size."""
    shown = _wide(film, chance.whole("width", 480, 900)).seen(_coloured)
    return shown, encoded(shown.pixels, "jpg", chance.whole("quality", 74, 92)), "jpg"


def _wide(film: Picture, width: int) -> Picture:
    height, before = film.lungs.shape
    return film.moved(scaled(width, round(height * width / before)))


def _coloured(pixels: Pixels) -> Pixels:
    return np.repeat(pixels[:, :, None], 3, axis=2)


def _framed(edge: int) -> Callable[[Pixels], Pixels]:
    return lambda pixels: np.pad(pixels, edge)


def _photographed(film: Picture, chance: Chance) -> Picture:
    """Held a little askew, lit from one side, with the screen's cold white."""
    height, width = film.lungs.shape
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    inwards = chance.series("askew", 8, 0.0, 0.035).reshape(4, 2) * (width, height)
    signs = np.array([(1, 1), (-1, 1), (-1, -1), (1, -1)])
    seen = (corners + inwards * signs).astype(np.float32)
    view = cv2.getPerspectiveTransform(corners, seen)

    def move(pixels: Pixels) -> Pixels:
        return np.asarray(cv2.warpPerspective(pixels, view, (width, height)), np.uint8)

    def light(pixels: Pixels) -> Pixels:
        across = np.linspace(-1, 1, width, dtype=np.float32)[None, :] * chance.between("x", -1, 1)
        down = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * chance.between("y", -1, 1)
        lit = pixels * (np.float32(0.90) + np.float32(0.07) * (across + down)) + np.float32(12)
        tint = np.array([chance.between("red", 0.90, 1.0), 0.98, 1.0], np.float32)
        return np.asarray(np.clip(lit[:, :, None] * tint, 0, 255), np.uint8)

    return film.moved(move).seen(light)


LOOKS: dict[str, Look] = {
    "nih_cxr14": _nih, "cohen": _cohen, "radiopaedia": _radiopaedia, "sirm": _sirm,
    "actualmed": _exported(700, "png"), "chexpert": _exported(390, "jpg"), "covid_cxnet": _cohen,
    "covidgr": _exported(600, "jpg"), "eurorad": _saved, "figure1": _sirm,
    "hannover": _exported(640, "png"), "journals": _saved, "kermany": _exported(620, "jpeg"),
    "listed": _saved, "nlm_tb": _exported(512, "png"),
}  # fmt: skip
