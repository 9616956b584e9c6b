"""Painting over a part of a film so that nothing tells that there was something.

A smooth patch would be a mark of its own: a network learns that a film without grain in its
corner came from a hospital that prints there. So the patch gets the grain from beside it.
"""

import cv2
import numpy as np
import numpy.typing as npt

from manifests.contract.images import Pixels

AROUND = 24
"""Pixels beside the patch that are looked at, at least."""
KNOWN = 1e-3
"""A point that is known to a smaller share than this is unknown: the rest is rounding."""
FINE = 1.5
"""Deviation of the Gaussian, pixels, above which a detail is grain."""
COARSEST = 3
"""Times the usual grain; what stands out more is no grain but the end of a wire."""
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


def filled(pixels: Pixels, mask: Pixels) -> Pixels:
    """A copy of uint8[H, W] with new grey levels where `mask` is not 0.

    Raises `ValueError` for a mask of another shape. A mask that covers all leaves nothing to paint
    from: the copy is black.
    """
    if pixels.shape != mask.shape:
        raise ValueError(f"a mask of {mask.shape} does not fit a film of {pixels.shape}")
    made = pixels.copy()
    if mask.all():
        made[:] = 0
        return made
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    for left, top, width, height, _ in stats[1:]:
        around = max(AROUND, height)
        rows = slice(max(0, top - around), top + height + around)
        columns = slice(max(0, left - around), left + width + around)
        is_gone = mask[rows, columns] > 0
        # From the film as it came, so that no patch is painted from another one.
        made[rows, columns][is_gone] = _patch(pixels[rows, columns], is_gone)
    return made


def _patch(pixels: Pixels, is_gone: Flags) -> Pixels:
    """uint8[N]: the new grey levels of the N points that are gone."""
    levels, known = pixels.astype(np.float32), (~is_gone).astype(np.float32)
    new = _smooth(levels, known)[is_gone] + _mirrored(_grain(levels, known), is_gone)
    return np.asarray(np.clip(np.rint(new), 0, 255), np.uint8)


def _smooth(levels: Floats, known: Floats) -> Floats:
    """What is known, and between it the mean of what lies around, from ever farther away."""
    height, width = levels.shape
    if known.all() or max(height, width) == 1:
        return levels
    half = (width + 1) // 2, (height + 1) // 2
    weight = np.asarray(cv2.resize(known, half, interpolation=cv2.INTER_AREA), np.float32)
    sums = np.asarray(cv2.resize(levels * known, half, interpolation=cv2.INTER_AREA), np.float32)
    is_known = (weight > KNOWN).astype(np.float32)
    means = np.asarray(is_known * sums / np.maximum(weight, KNOWN), np.float32)
    below = _smooth(means, is_known)
    grown = cv2.resize(below, (width, height), interpolation=cv2.INTER_LINEAR)
    grown = cv2.blur(grown, (3, 3), borderType=cv2.BORDER_REPLICATE)
    return np.where(known > 0, levels, grown).astype(np.float32)


def _grain(levels: Floats, known: Floats) -> Floats:
    """The fine detail of what is known, without what stands out; 0 elsewhere."""
    weight = cv2.GaussianBlur(known, (0, 0), FINE)
    low = cv2.GaussianBlur(levels * known, (0, 0), FINE) / np.maximum(weight, KNOWN)
    fine = (levels - low) * known
    limit = COARSEST * float(np.abs(fine).sum()) / max(1.0, float(known.sum()))
    return np.asarray(np.clip(fine, -limit, limit), np.float32)


def _mirrored(grain: Floats, is_gone: Flags) -> Floats:
    """float32[N]: for each point that is gone the grain behind the nearest edge, as far away."""
    _, nearest = cv2.distanceTransformWithLabels(
        is_gone.astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    edges = np.flatnonzero(~is_gone)
    place = np.zeros(int(nearest.max()) + 1, np.int64)
    place[nearest.ravel()[edges]] = edges
    gone = np.nonzero(is_gone)
    at = np.divmod(place[nearest[gone]], grain.shape[1])
    rows, columns = (
        _folded(2 * edge - own, size) for edge, own, size in zip(at, gone, grain.shape, strict=True)
    )
    return np.asarray(grain[rows, columns], np.float32)


def _folded(places: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.int64]:
    """Indices brought into 0 to `size` - 1, mirrored at both ends."""
    rest = np.abs(places) % max(1, 2 * size - 2)
    return np.asarray(np.minimum(rest, 2 * size - 2 - rest), np.int64)
