"""Are two films one exposure? Local features align them, then the fine structure is compared.

Different patients and follow-ups of one patient share the coarse picture of a chest, but neither
the noise nor the fine lines of the bones once they are laid on each other.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from manifests.contract.images import Pixels

FEATURES = 300
"""Local features kept per film, strongest first."""
WORD = 128
"""Numbers of one feature's description."""
CONTRAST = 0.01
"""Weakest feature taken (OpenCV's default is 0.04): films are soft at 256 pixels."""
DISTINCT = 0.8
"""Lowe's ratio: the best match must be nearer than this share of the second best."""
TOLERANCE = 4.0
"""Pixels by which a match may miss the alignment."""
FEWEST_MATCHES = 12
"""Of fewer, an alignment says nothing; so it does of fewer blocks than `FEWEST_BLOCKS`."""
FEWEST_BLOCKS = 6
LEAST_SHARE = 0.1
"""Of the features of the poorer film that an alignment must bring together: ribs alone line up
with the ribs of other patients in 4 to 8 of 100, one exposure in 19 or more, mostly over 50."""
LEAST_AGREED = 0.65
"""Of the matches that an alignment must bring together: of one exposure 77 in 100 or more."""
MOST_STRETCH = 1.5
"""Ratio of the two scales of an alignment; journals squeeze films, but not further."""
MOST_SCALE = 4.0
FINE = 4.0
"""Deviation, in pixels, of the blur that separates fine structure from coarse."""
BLOCK = 32
"""Pixels a side of the blocks: a date or an arrow spoils few of them."""
FLAT = 1.0
"""Deviation of the fine structure, in grey levels, below which a block shows nothing."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What is compared of one film: its view and K local features (40 KiB)."""

    seen: Pixels
    """uint8[H, W]: the `candidates.view`."""
    points: Floats
    """float32[K, 2]: x, y in pixels of the view."""
    words: npt.NDArray[np.uint8]
    """uint8[K, 128]: SIFT, whose numbers are whole and below 256."""


def features(seen: Pixels) -> Features:
    """The features of a `candidates.view`."""
    # Without the precise upscale a mirrored film's features would lie half a pixel off.
    finder = cv2.SIFT.create(
        nfeatures=FEATURES, contrastThreshold=CONTRAST, enable_precise_upscale=True
    )
    found, words = finder.detectAndCompute(seen, np.ones(seen.shape, np.uint8))
    if not found:
        words = np.zeros((0, WORD), np.float32)
    points = np.array([point.pt for point in found], np.float32).reshape(-1, 2)
    return Features(seen=seen, points=points, words=np.asarray(words, np.uint8))


def score(
    one: Features, other: Features, *, is_mirrored: bool = False, is_inverted: bool = False
) -> float:
    """0 to 1: how alike the fine structures are once `one` is laid on `other`.

    The median over blocks of the normalised cross-correlation. 0 when no alignment is found.
    """
    alignment = _alignment(one, other, is_mirrored=is_mirrored, is_inverted=is_inverted)
    if alignment is None:
        return 0.0
    height, width = other.seen.shape
    laid = cv2.warpAffine(fine(one.seen), alignment, (width, height))
    covered = cv2.warpAffine(
        np.ones(one.seen.shape, np.uint8), alignment, (width, height), flags=cv2.INTER_NEAREST
    )
    sign = -1.0 if is_inverted else 1.0
    return _agreement(_blocks(laid) * sign, _blocks(fine(other.seen)), _blocks(covered))


def fine(seen: Pixels) -> Floats:
    """float32[H, W]: the view without its coarse structure."""
    values = seen.astype(np.float32)
    return np.asarray(values - cv2.GaussianBlur(values, (0, 0), FINE), np.float32)


def turned(
    words: npt.NDArray[np.uint8], *, is_mirrored: bool, is_inverted: bool
) -> npt.NDArray[np.uint8]:
    """The SIFT words of the mirrored or inverted film, without looking at it again.

    A word is 4 rows x 4 columns x 8 directions in the frame of its feature. The mirror swaps the
    rows and the sense of the directions; inversion turns the frame by half a circle.
    """
    cells = words.reshape(-1, 4, 4, 8)
    if is_mirrored:
        cells = cells[:, ::-1, :, (8 - np.arange(8)) % 8]
    if is_inverted:
        cells = cells[:, ::-1, ::-1, :]
    return np.ascontiguousarray(cells.reshape(-1, WORD))


def _alignment(
    one: Features, other: Features, *, is_mirrored: bool, is_inverted: bool
) -> npt.NDArray[np.float64] | None:
    """float64[2, 3] from `one` to `other`, or None. Six degrees of freedom: copies are stretched.

    OpenCV seeds this estimator with a constant, so that equal input gives equal output.
    """
    if min(len(one.words), len(other.words)) < FEWEST_MATCHES:
        return None
    words = turned(one.words, is_mirrored=is_mirrored, is_inverted=is_inverted)
    found = cv2.BFMatcher(cv2.NORM_L2).knnMatch(
        words.astype(np.float32), other.words.astype(np.float32), k=2
    )
    near = [best for best, second in found if best.distance < DISTINCT * second.distance]
    if len(near) < FEWEST_MATCHES:
        return None
    estimate, inliers = cv2.estimateAffine2D(
        one.points[[match.queryIdx for match in near]],
        other.points[[match.trainIdx for match in near]],
        method=cv2.RANSAC, ransacReprojThreshold=TOLERANCE, maxIters=2000, confidence=0.99,
    )  # fmt: skip
    fewest = max(
        FEWEST_MATCHES,
        LEAST_AGREED * len(near),
        LEAST_SHARE * min(len(one.words), len(other.words)),
    )
    if estimate is None or int(np.sum(inliers)) < fewest:
        return None
    alignment = np.asarray(estimate, np.float64)
    is_turned_over = bool(np.linalg.det(alignment[:, :2]) < 0)
    return alignment if is_turned_over == is_mirrored and _is_plausible(alignment) else None


def _is_plausible(alignment: npt.NDArray[np.float64]) -> bool:
    large, small = np.linalg.svd(alignment[:, :2], compute_uv=False)
    return bool(large < MOST_SCALE and small > 1 / MOST_SCALE and large < MOST_STRETCH * small)


def _blocks(picture: npt.NDArray[np.generic]) -> Floats:
    """float32[B, BLOCK * BLOCK]: the whole blocks of the picture, from its top left corner."""
    rows, columns = (side // BLOCK for side in picture.shape)
    whole = picture[: rows * BLOCK, : columns * BLOCK].astype(np.float32)
    blocks = whole.reshape(rows, BLOCK, columns, BLOCK).swapaxes(1, 2)
    return blocks.reshape(-1, BLOCK * BLOCK)


def _agreement(laid: Floats, other: Floats, covered: Floats) -> float:
    """The median correlation over the covered blocks of which either shows something."""
    laid = laid - laid.mean(axis=1, keepdims=True)
    other = other - other.mean(axis=1, keepdims=True)
    spread = np.stack([np.square(laid).mean(axis=1), np.square(other).mean(axis=1)])
    shows = (covered.mean(axis=1) > 0.9) & (spread.max(axis=0) > FLAT**2)  # noqa: PLR2004 - nearly all of it
    if shows.sum() < FEWEST_BLOCKS:
        return 0.0
    together = (laid * other).mean(axis=1)[shows]
    correlation = together / np.sqrt(spread.prod(axis=0)[shows] + 1e-9)
    # Four digits: what other processors round differently beyond them decides nothing.
    return round(max(0.0, float(np.median(correlation))), 4)
