"""How one film has to be laid on another so that their local features meet."""

import cv2
import numpy as np
import numpy.typing as npt

from curation.duplicates.features import Features, turned

DISTINCT = 0.8
"""Lowe's ratio: the best match must be nearer than this share of the second best."""
TOLERANCE = 4.0
"""Pixels by which a match may miss the alignment."""
FEWEST_MATCHES = 12
"""Of fewer, an alignment says nothing."""
LEAST_SHARE = 0.1
"""Of the features of the poorer film that an alignment must bring together: ribs alone line up
with the ribs of other patients in 4 to 8 of 100, one exposure in 19 or more, mostly over 50."""
LEAST_AGREED = 0.65
"""Of the matches that an alignment must bring together: of one exposure 77 in 100 or more."""
MOST_STRETCH = 1.5
"""Ratio of the two scales of an alignment; journals squeeze films, but not further."""
MOST_SCALE = 4.0

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


def _is_plausible(alignment: Affine) -> bool:
    large, small = np.linalg.svd(alignment[:, :2], compute_uv=False)
    return bool(large < MOST_SCALE and small > 1 / MOST_SCALE and large < MOST_STRETCH * small)
