"""How much each member counts, found on validation films: no member learnt from one.

The best epoch of each was chosen by them, so that weights lean a little to who was lucky there. M
members, N films, C classes.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from training.films import Whole
from training.metrics import Floats

LEAST_CHANCE = 1e-6
"""Chances are stored with six digits; what is rounded to nothing is not impossible."""
STEPS, STILL = 10_000, 1e-10


def equal_weights(members: int) -> Floats:
    """float64[M], all the same."""
    return np.full(members, 1 / members)


def best_weights(chances: Floats, actual: Whole) -> Floats:
    """float64[M], none negative, sum 1: their mixture of `chances` (float64[M, N, C]) errs least.

    Least is the mean logarithmic loss. It is convex in the weights, and expectation maximisation
    (Dempster et al. 1977) walks down to its minimum from equal weights without leaving the simplex.
    """
    own = np.maximum(chances[:, np.arange(len(actual)), actual], LEAST_CHANCE)
    weights = equal_weights(len(chances))
    for _ in range(STEPS):
        shares = weights[:, None] * own
        moved = np.asarray((shares / shares.sum(0)).mean(1), np.float64)
        is_still = np.abs(moved - weights).max() < STILL
        weights = moved
        if is_still:
            break
    return weights


def mixed(weights: Floats, chances: Floats) -> Floats:
    """float64[N, C]: the mean of `chances` (float64[M, N, C]) under `weights`."""
    return np.asarray(np.tensordot(weights, chances, 1), np.float64)


def side_by_side(chances: Floats) -> Floats:
    """float64[N, M * C]: the logarithms of what all members say of each film, side by side."""
    members, films, classes = chances.shape
    logs = np.log(np.maximum(chances, LEAST_CHANCE))
    return logs.transpose(1, 0, 2).reshape(films, members * classes)


def fitted(seen: Floats, actual: Whole, strength: float) -> LogisticRegression:
    """A logistic regression of the classes `actual` from `seen` (float64[N, D]).

    `strength` is sklearn's C: the smaller, the nearer are all coefficients to nothing.
    """
    with threadpool_limits(1):
        return LogisticRegression(C=strength, max_iter=10_000, tol=1e-8).fit(seen, actual)


def said(model: LogisticRegression, seen: Floats) -> Floats:
    """float64[N, C]: the chances of the classes."""
    if len(seen) == 0:
        return np.zeros((0, len(model.classes_)))
    with threadpool_limits(1):
        return np.asarray(model.predict_proba(seen), np.float64)
