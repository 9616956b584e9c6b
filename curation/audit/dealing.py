"""Chance for the checks: groups drawn again, and labels dealt anew, by the names of the groups.

No generator is carried along: the same list gives the same findings on every machine. N rows, G
groups, R rounds.
"""

from collections.abc import Sequence

import numpy as np
from scipy.stats import poisson

from curation.phantom.chance import Chance
from manifests.contract.association import Floats, Whole

MOST = 12
"""Times that a group is drawn in one round; of a billion draws one would be more."""


def numbered(names: Sequence[str]) -> Whole:
    """int64[N]: a number for each name, in the order of the names."""
    return np.unique(np.asarray(names, object).astype(str), return_inverse=True)[1].astype(np.int64)


def drawn_again(groups: Whole, rounds: int) -> Floats:
    """float64[R, N]: how often each row appears where groups are drawn (Poisson bootstrap)."""
    ends = poisson.cdf(np.arange(MOST), 1)
    count = int(groups.max()) + 1
    return np.stack([
        np.searchsorted(ends, Chance("audit", n).series("again", count, 0, 1))[groups]
        for n in range(rounds)
    ]).astype(np.float64)  # fmt: skip


def dealt_anew(targets: Whole, groups: Whole, rounds: int) -> Whole:
    """int64[R, N]: each group takes the labels of another one, in their order, over and over."""
    together = np.argsort(groups, kind="stable")
    sizes = np.bincount(groups)
    starts = np.cumsum(sizes) - sizes
    place = np.empty(len(groups), np.int64)
    place[together] = np.arange(len(groups)) - starts[groups[together]]
    made = np.empty((rounds, len(targets)), np.int64)
    for n, row in enumerate(made):
        order = np.argsort(Chance("audit", n).series("anew", len(sizes), 0, 1), kind="stable")
        other = order[groups]
        row[:] = targets[together[starts[other] + place % sizes[other]]]
    return made


def folds_of(targets: Whole, groups: Whole, folds: int) -> Whole:
    """int64[N]: the fold of each row, whole groups, each label spread over all folds."""
    label = np.zeros(int(groups.max()) + 1, np.int64)
    label[groups[::-1]] = targets[::-1]
    order = np.lexsort((Chance("audit").series("folds", len(label), 0, 1), label))
    place = np.empty(len(label), np.int64)
    place[order] = np.arange(len(label)) % folds
    return np.asarray(place[groups])


def middle(values: Floats, confidence: float = 0.95) -> tuple[float, float]:
    """The ends between which `confidence` of the values lie."""
    tail = (1 - confidence) / 2
    low, high = np.quantile(values[~np.isnan(values)], [tail, 1 - tail])
    return float(low), float(high)
