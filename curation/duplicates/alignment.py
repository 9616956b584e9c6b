"""How one film has to be laid on another so that their local features meet."""

import cv2
import numpy as np
import numpy.typing as npt

from curation.duplicates.features import Features, turned
from manifests.contract.images import Pixels

DISTINCT = 0.8
"""Lowe's ratio: the best match must be nearer than this share of the second best."""
TOLERANCE = 4.0
"""Pixels by which a match may miss the alignment."""
FEWEST_MATCHES = 12
"""Of fewer, an alignment says nothing."""
STRONGEST, FEWEST_STRONG = 96, 7
"""How many of one film's strongest features are matched first, and how many of them must match: of
two copies 14 do or more, of different patients 8 in a tenth of all pairs."""
LEAST_SHARE = 0.1
"""Of the features of the poorer film that an alignment must bring together: ribs alone line up
with the ribs of other patients in 4 to 8 of 100, one exposure in 19 or more, mostly over 50."""
LEAST_AGREED = 0.65
"""Of the matches that an alignment must bring together: of one exposure 77 in 100 or more."""
MOST_STRETCH = 1.5
"""Ratio of the two scales of an alignment; journals squeeze films, but not further."""
MOST_SCALE = 4.0
SOFTENED = 0.8
"""Scale below which a film is softened before it is laid on a coarser one."""

Words = npt.NDArray[np.uint8]
Affine = npt.NDArray[np.float64]
"""float64[2, 3]: what `cv2.warpAffine` takes."""


def aligned(
    one: Features, other: Features, *, is_mirrored: bool, is_inverted: bool
) -> Affine | None:
    """From `one` to `other`, or None. Six degrees of freedom: copies are stretched.

    OpenCV seeds this estimator with a constant, so that equal input gives equal output.
    """
    if min(len(one.words), len(other.words)) < FEWEST_MATCHES:
        return None
    words = turned(one.words, is_mirrored=is_mirrored, is_inverted=is_inverted)
    near = _matches(words, other.words)
    if len(near) < FEWEST_MATCHES:
        return None
    estimate, inliers = cv2.estimateAffine2D(
        one.points[[match[0] for match in near]], other.points[[match[1] for match in near]],
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


def _matches(words: Words, others: Words) -> list[tuple[int, int]]:
    """Positions of what matches distinctly; none where the strongest features match too seldom.

    Most candidates are of different patients, and a third of the work shows it.
    """
    matcher, there = cv2.BFMatcher(cv2.NORM_L2), others.astype(np.float32)
    near: list[tuple[int, int]] = []
    for part in (slice(0, STRONGEST), slice(STRONGEST, None)):
        here = words[part].astype(np.float32)
        for best, second in matcher.knnMatch(here, there, k=2) if len(here) else []:
            if best.distance < DISTINCT * second.distance:
                near.append((part.start + best.queryIdx, best.trainIdx))
        if len(near) < FEWEST_STRONG:
            return []
    return near


def lay(
    seen: Pixels, alignment: Affine, shape: tuple[int, int]
) -> tuple[Pixels, npt.NDArray[np.bool_]]:
    """uint8[H, W] and bool[H, W]: `seen` laid on a view of that shape, and where it reaches.

    Beyond its edges the outermost pixels go on, so that no edge is added.
    """
    size = shape[::-1]
    scale = float(np.sqrt(abs(np.linalg.det(alignment[:, :2]))))
    reached = cv2.warpAffine(
        np.ones(seen.shape, np.uint8), alignment, size, flags=cv2.INTER_NEAREST
    )
    if scale < SOFTENED:
        # What is finer than the new grid would come back as other lines.
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), 0.3 / scale), np.uint8)
    laid = cv2.warpAffine(seen, alignment, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(laid, np.uint8), np.asarray(reached, np.bool_)


def _is_plausible(alignment: Affine) -> bool:
    large, small = np.linalg.svd(alignment[:, :2], compute_uv=False)
    return bool(large < MOST_SCALE and small > 1 / MOST_SCALE and large < MOST_STRETCH * small)
