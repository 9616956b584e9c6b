"""Hashes as many as one likes that look like those of films, one in ten a near copy of another."""

from collections.abc import Sequence
from statistics import NormalDist

import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image

from manifests.contract.images import Pixels

Hashes = npt.NDArray[np.uint64]
BITS = 64
MOST_FLIPS = 6


def like_those_of(films: Sequence[Pixels], count: int) -> Hashes:
    """uint64[count]: each bit as often set as in the 64-bit phash of the films, and each two bits
    as often alike (Gaussian copula), a tenth of them copies with up to `MOST_FLIPS` bits changed.
    """
    bits = np.stack([imagehash.phash(Image.fromarray(film)).hash.ravel() for film in films]).astype(
        np.float64
    )
    chance = np.random.default_rng(0)
    share = bits.mean(axis=0).clip(0.5 / len(bits), 1 - 0.5 / len(bits))
    edges = np.array([NormalDist().inv_cdf(1 - value) for value in share])
    drawn = chance.multivariate_normal(np.zeros(BITS), _latent(bits), count) > edges
    hashes = np.packbits(drawn, axis=1).view(">u8").astype(np.uint64).ravel()
    copied = chance.permutation(count)[: 2 * (count // 10)].reshape(2, -1)
    hashes[copied[0]] = hashes[copied[1]] ^ _flips(copied.shape[1], chance)
    return np.asarray(hashes, np.uint64)


def _latent(bits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The correlation of the normal variables behind the bits, as near as a covariance can be."""
    with np.errstate(invalid="ignore"):  # a bit that never changes goes with no other
        seen = np.asarray(np.nan_to_num(np.corrcoef(bits.T)))
    seen[np.diag_indices(BITS)] = 1
    # Of two bits set half the time, cut from normal variables of correlation r, the correlation
    # is 2/pi arcsin r; other shares differ little.
    weights, axes = np.linalg.eigh(np.sin(np.pi / 2 * seen))
    mended = axes * weights.clip(1e-6) @ axes.T
    scale = np.sqrt(np.diag(mended))
    return np.asarray(mended / np.outer(scale, scale), np.float64)


def _flips(count: int, chance: np.random.Generator) -> Hashes:
    flips = np.zeros(count, np.uint64)
    for number in range(count):
        for bit in chance.choice(BITS, chance.integers(0, MOST_FLIPS + 1), replace=False):
            flips[number] |= np.uint64(1) << np.uint64(bit)
    return flips
