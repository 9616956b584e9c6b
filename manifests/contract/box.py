"""A part of a film's frame, and how masks of the whole frame are cut to it."""

from typing import NamedTuple

import numpy as np

from manifests.contract.images import Pixels


class Box(NamedTuple):
    """A part of a frame, in shares of it, from the top and from the left."""

    top: float = 0.0
    bottom: float = 1.0
    left: float = 0.0
    right: float = 1.0

    def cut(self, mask: Pixels, side: int) -> Pixels:
        """uint8[side, side]: this part of a mask of the whole frame, uint8[H, W], squeezed."""
        middles = (np.arange(side) + 0.5) / side
        rows = (self.top + middles * (self.bottom - self.top)) * mask.shape[0]
        columns = (self.left + middles * (self.right - self.left)) * mask.shape[1]
        return mask[np.ix_(rows.astype(np.int64), columns.astype(np.int64))]
