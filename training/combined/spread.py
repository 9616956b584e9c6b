"""How far the members of an ensemble are apart over each film, and how sure the whole is.

M members, N films, C classes.
"""

import numpy as np

from training.metrics import Floats


def entropy(chances: Floats) -> Floats:
    """float64[...]: of the last axis, in nats; 0 is sure, log C knows nothing."""
    logs = np.log(np.where(chances > 0, chances, 1.0))
    return np.asarray(-(chances * logs).sum(-1), np.float64)


def spread(members: Floats, whole: Floats) -> dict[str, Floats]:
    """float64[N] each, from `members` (float64[M, N, C]) and `whole`, what all say together.

    `variance` is that of the members' chance of a label, mean over the labels; `entropy` that of
    the whole; `disagreement` the entropy of the members' plain mean less the mean of theirs
    (Jensen-Shannon, nats): 0 where all say the same, however unsure.
    """
    apart = entropy(members.mean(0)) - entropy(members).mean(0)
    found = {
        "variance": members.var(0).mean(1),
        "entropy": entropy(whole),
        "disagreement": np.maximum(apart, 0.0),
    }
    return {name: np.round(values, 6) for name, values in found.items()}
