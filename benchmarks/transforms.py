"""What happens to a film on its way from one collection to another, as functions of its pixels."""

import hashlib
import io
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from manifests.contract.images import Pixels, decode

Transform = Callable[[Pixels, npt.NDArray[np.float64]], Pixels]
"""Takes four shares from 0 to 1 as its chance."""
UNUSUAL = ("letterbox", "inverted", "mirrored", "screenshot")
"""What hashes of whole pictures do not claim to find: left out of the fair column."""


def shares(name: str) -> npt.NDArray[np.float64]:
    """float64[4] from 0 to 1, always the same for one name."""
    digest = hashlib.sha256(name.encode()).digest()
    return np.frombuffer(digest, np.uint64) / 2.0**64


def encoded(film: Pixels, kind: str, quality: int) -> Pixels:
    file = io.BytesIO()
    Image.fromarray(film).save(file, kind, quality=quality)
    return decode(file.getvalue(), kind).pixels


def scaled(film: Pixels, scale: float) -> Pixels:
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(film, None, fx=scale, fy=scale, interpolation=how), np.uint8)


def cropped(film: Pixels, of_sides: npt.NDArray[np.float64]) -> Pixels:
    """Without the given shares at the left, top, right and bottom."""
    height, width = film.shape
    left, top, right, bottom = of_sides * [width, height, width, height]
    return np.ascontiguousarray(
        film[round(top) : round(height - bottom), round(left) : round(width - right)]
    )


def framed(film: Pixels, chance: npt.NDArray[np.float64]) -> Pixels:
    top, side = (
        round(film.shape[0] * share) for share in (0.02 + 0.1 * chance[0], 0.05 + 0.15 * chance[1])
    )
    grey = 255 if chance[2] > 0.7 else 0
    return np.asarray(
        cv2.copyMakeBorder(film, top, top, side, side, cv2.BORDER_CONSTANT, value=grey), np.uint8
    )


def annotated(film: Pixels, chance: npt.NDArray[np.float64]) -> Pixels:
    marked, (height, width) = film.copy(), film.shape
    size = width / 700
    corner = round((0.03 + 0.5 * chance[0]) * width), round((0.08 + 0.8 * chance[1]) * height)
    cv2.putText(marked, "R 12.03.2020 AP", corner, 0, size, 255, max(1, round(2 * size)))
    tip = round((0.3 + 0.4 * chance[2]) * width), round((0.3 + 0.4 * chance[3]) * height)
    tail = tip[0] - round(0.12 * width), tip[1] - round(0.06 * height)
    cv2.arrowedLine(marked, tail, tip, 255, max(2, width // 150), tipLength=0.3)
    return marked


def gamma(film: Pixels, chance: npt.NDArray[np.float64]) -> Pixels:
    power = 0.6 + 0.2 * chance[0] if chance[1] < 0.5 else 1.3 + 0.5 * chance[0]
    return np.asarray(np.rint(255 * (film / 255) ** power), np.uint8)


def windowed(film: Pixels, chance: npt.NDArray[np.float64]) -> Pixels:
    low, high = np.quantile(film, [0.01 + 0.07 * chance[0], 0.99 - 0.07 * chance[1]])
    return np.asarray(np.rint(255 * np.clip((film - low) / max(high - low, 1), 0, 1)), np.uint8)


def rotated(film: Pixels, chance: npt.NDArray[np.float64]) -> Pixels:
    degrees = (1 + 2 * chance[0]) * (1 if chance[1] < 0.5 else -1)
    height, width = film.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(film, turn, (width, height)), np.uint8)


def screenshot(film: Pixels, chance: npt.NDArray[np.float64]) -> Pixels:
    """The film in a viewer: a bar with a title above, tools at the left, a dark ground around."""
    small = scaled(film, 0.6 + 0.2 * chance[0])
    bar, tools = round(0.06 * small.shape[0]), round((0.08 + 0.1 * chance[1]) * small.shape[1])
    shown = cv2.copyMakeBorder(small, 8, 20, 12, 30, cv2.BORDER_CONSTANT, value=20)
    page = cv2.copyMakeBorder(shown, bar, 0, tools, 0, cv2.BORDER_CONSTANT, value=60)
    cv2.putText(page, "Viewer - Study 1 of 1", (tools, bar // 2 + 5), 0, 0.5, 220, 1)
    for tool in range(5):
        cv2.rectangle(page, (6, bar + 40 * tool), (min(tools, 34), bar + 40 * tool + 28), 200, 2)
    return encoded(np.asarray(page, np.uint8), "jpeg", 85)


def clahe(film: Pixels, chance: npt.NDArray[np.float64]) -> Pixels:
    return np.asarray(cv2.createCLAHE(2 + 4 * chance[0], (8, 8)).apply(film), np.uint8)


def blurred(film: Pixels, chance: npt.NDArray[np.float64]) -> Pixels:
    soft = cv2.GaussianBlur(film, (0, 0), 0.8 + 1.2 * chance[0]).astype(np.float32)
    digest = hashlib.shake_256(chance.tobytes()).digest(film.size)
    noise = np.frombuffer(digest, np.uint8).reshape(film.shape).astype(np.float32) - 127.5
    return np.asarray(np.clip(soft + noise * (0.05 + 0.1 * chance[1]), 0, 255), np.uint8)


def social(film: Pixels, chance: npt.NDArray[np.float64]) -> Pixels:
    """Cut, made small and pale, signed, recompressed hard."""
    cut = cropped(film, 0.01 + 0.03 * chance)
    small = scaled(cut, min(1.0, 600 / max(cut.shape)))
    pale = np.rint(20 + small * 0.9).clip(0, 255).astype(np.uint8)
    cv2.putText(pale, "@chest_teaching", (10, pale.shape[0] - 12), 0, 0.6, 255, 2)
    return encoded(pale, "jpeg", 40)


TRANSFORMS: dict[str, Transform] = {
    "jpeg_30": lambda film, _: encoded(film, "jpeg", 30),
    "jpeg_75": lambda film, _: encoded(film, "jpeg", 75),
    "quarter": lambda film, _: scaled(film, 0.25),
    "half_jpeg_85": lambda film, _: encoded(scaled(film, 0.5), "jpeg", 85),
    "double": lambda film, _: scaled(film, 2),
    "webp_60": lambda film, _: encoded(film, "webp", 60),
    "crop_1_3": lambda film, chance: cropped(film, 0.01 + 0.02 * chance),
    "crop_3_7": lambda film, chance: cropped(film, 0.03 + 0.04 * chance),
    "letterbox": framed,
    "text_arrow": annotated,
    "gamma": gamma,
    "window": windowed,
    "inverted": lambda film, _: 255 - film,
    "mirrored": lambda film, _: np.ascontiguousarray(film[:, ::-1]),
    "rotated": rotated,
    "screenshot": screenshot,
    "clahe": clahe,
    "blur_noise": blurred,
    "social": social,
}
EXPECTED = {
    "jpeg_30 jpeg_75 quarter half_jpeg_85 double webp_60 blur_noise": "recompressed_or_resized",
    "crop_1_3 crop_3_7 letterbox text_arrow rotated screenshot social": "cropped_or_annotated",
    "gamma window inverted mirrored clahe": "adjusted",
}
RELATIONS = {name: relation for names, relation in EXPECTED.items() for name in names.split()}
"""What kind of copy each transform makes."""
