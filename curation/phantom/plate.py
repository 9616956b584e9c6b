"""The plate behind the patient: where a point of the body falls on it, and how shapes are drawn.

H and W are the height and width of the plate in pixels; layers are float32[H, W], 0 to 1.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from curation.phantom.anatomy import Line, Lines
from curation.phantom.chance import Field
from curation.phantom.patient import Occasion
from manifests.contract.vocabulary import View

_SHIFT = 4
"""Bits behind the point in OpenCV's drawing coordinates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """How the patient stands before a plate of `height` x `width` pixels."""

    height: int
    width: int
    unit: float
    """Pixels per half frame."""
    centre: tuple[float, float]
    turn: float
    """Rotation in the plane, radians."""
    yaw: float
    """Turn about the long axis: the front moves aside by this, in half frames."""
    pitch: float
    """Lean: the front moves down by this."""
    spread: float
    """Magnification of the front relative to the middle; negative in PA."""

    def placed(self, points: Line) -> npt.NDArray[np.float64]:
        """float64[N, 2]: the pixels on which the points fall."""
        x, y, z = points.T
        scale = 1 + self.spread * z
        x, y = (x + self.yaw * z) * scale, (y + self.pitch * z) * scale
        cosine, sine = np.cos(self.turn), np.sin(self.turn)
        return np.stack([
            self.centre[0] + self.unit * (x * cosine - y * sine),
            self.centre[1] + self.unit * (x * sine + y * cosine),
        ], 1)  # fmt: skip

    def empty(self) -> Field:
        return np.zeros((self.height, self.width), np.float32)

    def filled(self, *outlines: Line) -> Field:
        """1 inside any of the outlines."""
        return self._filled([self.placed(outline) for outline in outlines])

    def ribbons(self, lines: Lines, widths: npt.ArrayLike) -> Field:
        """Bands along N lines of P points: `widths`, to be broadcast to [N, P], are half widths."""
        count, length, _ = lines.shape
        places = self.placed(lines.reshape(-1, 3)).reshape(count, length, 2)
        along = np.asarray(np.gradient(places, axis=1))
        along /= np.maximum(np.hypot(along[..., :1], along[..., 1:]), 1e-6)
        across = np.stack([-along[..., 1], along[..., 0]], -1)
        half = across * (np.broadcast_to(widths, (count, length))[..., None] * self.unit)
        return self._filled(np.concatenate([places + half, (places - half)[:, ::-1]], 1))

    def _filled(self, outlines: Iterable[npt.NDArray[np.float64]]) -> Field:
        layer = np.zeros((self.height, self.width), np.uint8)
        for outline in outlines:
            points = np.rint(outline * 2**_SHIFT).astype(np.int32)
            cv2.fillPoly(layer, [points], 255, cv2.LINE_AA, _SHIFT)
        return layer.astype(np.float32) / np.float32(255)


def plate(occasion: Occasion, height: int, width: int) -> Plate:
    """The position on this occasion; lying and sick people stand less straight."""
    chance = occasion.chance.of("position")
    # Turned to the other side each time: a follow-up must not pass for a copy.
    is_pa = occasion.view is View.PA
    loose = 1.0 if is_pa else 1.8
    unit = min(width, 1.1 * height) / 2 * chance.between("zoom", 1.06, 1.24)
    return Plate(
        height=height,
        width=width,
        unit=unit,
        centre=(
            width * (0.5 + chance.between("x", -0.03, 0.03) * loose),
            height * 0.5 + unit * (chance.between("y", 0.10, 0.18) - 0.03 * loose),
        ),
        turn=chance.between("turn", -0.025, 0.025) * loose,
        yaw=chance.between("yaw", 0.009, 0.015) * loose * (-1) ** occasion.number,
        pitch=chance.between("pitch", -0.008, 0.012) - (0.0 if is_pa else 0.04),
        spread=-0.05 if is_pa else 0.06,
    )


def softened(layer: Field, sigma: float) -> Field:
    """Gaussian blur; a wide one is done on a smaller copy."""
    step = max(1, int(sigma / 4))
    if step == 1:
        return np.asarray(cv2.GaussianBlur(layer, (0, 0), sigma), np.float32)
    height, width = layer.shape
    size = (max(2, width // step), max(2, height // step))
    less = cv2.resize(layer, size, interpolation=cv2.INTER_AREA)
    less = cv2.GaussianBlur(less, (0, 0), sigma / step, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(less, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def domed(layer: Field, radius: float) -> Field:
    """A flat shape as a rounded one: 0 at its edge, 1 from `radius` pixels inwards."""
    inside = cv2.distanceTransform((layer > 0.5).astype(np.uint8), cv2.DIST_L2, 5)  # noqa: PLR2004 - half covered
    return np.asarray(1 - (1 - np.minimum(inside / np.float32(radius), 1)) ** 2, np.float32)
