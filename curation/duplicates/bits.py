"""Differing bits of hashes, counted: N hashes of K words of 64 bits."""

import numpy as np
import numpy.typing as npt

from curation.duplicates.compiled import compiled

Hashes = npt.NDArray[np.uint64]
"""[N, K]."""
Pairs = npt.NDArray[np.int64]
"""[P, 2]."""


@compiled
def ones(bits: np.uint64) -> np.int64:
    """The ones among 64 bits, added up in pairs, fours and bytes."""
    bits -= bits >> np.uint64(1) & np.uint64(0x5555555555555555)
    fours = np.uint64(0x3333333333333333)
    bits = (bits & fours) + (bits >> np.uint64(2) & fours)
    bits = bits + (bits >> np.uint64(4)) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64(bits * np.uint64(0x0101010101010101) >> np.uint64(56))


@compiled
def apart(ours: Hashes, one: int, theirs: Hashes, other: int, most: int) -> int:
    """The number of differing bits of ours[one] and theirs[other], or any number above `most`."""
    total = 0
    for word in range(ours.shape[1]):
        total += int(ones(ours[one, word] ^ theirs[other, word]))
        if total > most:
            break
    return total


@compiled
def room(found: Pairs, count: int) -> Pairs:
    """`found`, or a copy with twice the room where it is full."""
    if count < len(found):
        return found
    larger = np.empty((2 * count, 2), np.int64)
    larger[:count] = found
    return larger
