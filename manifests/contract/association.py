"""How much one thing tells of another: areas under curves, shared information, and how sure.

Plain arithmetic that both the audit of a list and that of prepared films need. N films, R rows of
weights.
"""

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def area(weights: Floats, is_member: Bools, score: Floats, strata: Whole) -> Floats:
    """float64[R]: the chance that a member scores above a non-member of its stratum, ties half.

    `weights` is float64[R, N], `strata` int64[N]. Only films of one stratum are compared: films
    that were judged by one classifier, or that come from one source. NaN where there is no pair.
    """
    won, pairs = np.zeros(len(weights)), np.zeros(len(weights))
    for stratum in np.unique(strata):
        own = np.flatnonzero(strata == stratum)
        if 0 < is_member[own].sum() < len(own):
            own_won, own_pairs = _compared(weights[:, own], is_member[own], score[own])
            won, pairs = won + own_won, pairs + own_pairs
    nothing = np.full(len(weights), np.nan)
    return np.asarray(np.divide(won, pairs, out=nothing, where=pairs > 0))


def macro_area(weights: Floats, targets: Whole, chances: Floats, strata: Whole) -> Floats:
    """float64[R]: the mean `area` of each class against the rest, of those that have a pair."""
    areas = np.stack(
        [area(weights, targets == n, chances[:, n], strata) for n in range(chances.shape[1])]
    )
    known = ~np.isnan(areas)
    count = known.sum(0)
    total = np.where(known, areas, 0.0).sum(0)
    nothing = np.full(len(weights), np.nan)
    return np.asarray(np.divide(total, count, out=nothing, where=count > 0))


def shared(weights: Floats, one: Whole, other: Whole) -> Floats:
    """float64[R]: mutual information of two numberings of the films, nats."""
    both = np.unique(one * (int(other.max()) + 1) + other, return_inverse=True)[1]
    return (
        _entropy(_counted(weights, one))
        + _entropy(_counted(weights, other))
        - _entropy(_counted(weights, both))
    )


def share_told(found: Floats, by_chance: float, whole: Floats) -> Floats:
    """float64[R]: `found` information as a share of the `whole`, beyond what chance gives.

    0 is chance, 1 is everything. Of few films in many sources chance alone gives a good deal.
    """
    left = whole - by_chance
    nothing = np.full(len(found), np.nan)
    return np.asarray(np.divide(found - by_chance, left, out=nothing, where=left > 0))


def wilson(share: float, count: int, confidence: float) -> tuple[float, float]:
    """Wilson's interval for a share of `count` independent trials."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    spread = (share * (1 - share) / count + z * z / (4 * count**2)) ** 0.5 * z
    half = spread / (1 + z * z / count)
    return max(0.0, middle - half), min(1.0, middle + half)


def _compared(weights: Floats, is_member: Bools, score: Floats) -> tuple[Floats, Floats]:
    order = np.argsort(score, kind="stable")
    starts = np.flatnonzero(np.diff(score[order], prepend=-np.inf))
    members = np.add.reduceat((weights * is_member)[:, order], starts, axis=1)
    others = np.add.reduceat((weights * ~is_member)[:, order], starts, axis=1)
    below = np.cumsum(others, axis=1) - others / 2
    return (members * below).sum(1), members.sum(1) * others.sum(1)


def _counted(weights: Floats, values: Whole) -> Floats:
    """float64[R, K]: the weight of each of K values."""
    most = int(values.max()) + 1
    return np.stack([np.bincount(values, row, most) for row in weights])


def _entropy(counts: Floats) -> Floats:
    total = np.maximum(counts.sum(1, keepdims=True), 1e-300)
    shares = counts / total
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    return np.asarray(-(shares * logs).sum(1))
