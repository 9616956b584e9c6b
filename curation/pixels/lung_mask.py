"""A source's own lung masks of one film, as one mask of the size of its working copy."""

from collections.abc import Iterable

import cv2
import numpy as np

from manifests.contract.images import Pixels, decode
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

MAX_STRETCH = 0.02
"""A mask of another shape than its film is a mask of another film."""


def lung_mask(files: Iterable[bytes], name: str, film: Pixels, copy: Pixels) -> Pixels:
    """uint8[H, W] like `copy`, 255 inside the lungs: the union of all `files`.

    `film` is the picture as it came; masks may be smaller, never of another shape. Raises
    `Rejected` with a sentence for a mask that cannot be decoded, fits no lung, or fits not.
    """
    height, width = copy.shape
    lungs = np.zeros((height, width), np.uint8)
    for data in files:
        mask = decode(data, f"lung mask of {name}").pixels
        _check_shape(mask, film, name)
        # Masks are written as 0 and 255 or as 0 and 1, and some were saved as JPEG.
        inside = (mask > mask.max() // 2).astype(np.uint8) * np.uint8(255)
        lungs |= cv2.resize(inside, (width, height), interpolation=cv2.INTER_NEAREST)
    if not lungs.any():
        raise Rejected(Reason.UNREADABLE_IMAGE, f"lung mask of {name}: is empty; mend the file")
    return lungs


def _check_shape(mask: Pixels, film: Pixels, name: str) -> None:
    (height, width), (rows, columns) = mask.shape, film.shape
    if abs(width * rows / (height * columns) - 1) > MAX_STRETCH:
        raise Rejected(
            Reason.UNREADABLE_IMAGE,
            f"lung mask of {name}: is {width}x{height} for a film of {columns}x{rows}; "
            "is it another film's?",
        )
