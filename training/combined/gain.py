"""Whether one answer is better than another on the same films, with an interval of the difference.

Two intervals that overlap may still hide a difference: both answers stumble over the same films.
"""

import numpy as np

from training.judgement import Judging
from training.metrics import bootstrapped, interval, scores
from training.predictions import Predictions
from training.seed import seed_everything

DIGITS = 6


def auc_gain(
    ours: Predictions, theirs: Predictions, judging: Judging, seed: int
) -> dict[str, object]:
    """By how much the macro AUC of `ours` is larger, over the same resamples of groups.

    `auc`, `low` and `high` are None where an AUC or its interval does not exist.
    """
    nothing: dict[str, object] = dict.fromkeys(("auc", "low", "high"))
    if not len(ours.actual):
        return nothing
    whole = np.ones((1, len(ours.actual)))
    found, drawn = [], []
    for said in (ours, theirs):
        found.append(scores(whole, said.actual, said.probabilities)["auc"][0])
        generator = seed_everything(seed)
        drawn.append(
            bootstrapped(said.actual, said.probabilities, said.groups, judging.bootstrap, generator)
        )
    if np.isnan(found).any():
        return nothing
    span = interval(drawn[0]["auc"] - drawn[1]["auc"], judging.confidence)
    low, high = (round(end, DIGITS) for end in span) if span else (None, None)
    return {"auc": round(float(found[0] - found[1]), DIGITS), "low": low, "high": high}
