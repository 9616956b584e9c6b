"""Whether there are films enough to learn from, or to judge by."""

import numpy as np

from training.predictions import Predictions


def too_few(known: Predictions, least_groups: int, films: str) -> str | None:
    """Why nothing may be learnt from `known`, called `films`; None where it may be.

    Groups are counted, not films, since films of one patient say the same thing twice.
    """
    groups = np.asarray(known.groups, object)
    counts = {label: len(set(groups[known.actual == n])) for n, label in enumerate(known.labels)}
    if min(counts.values()) >= least_groups:
        return None
    told = ", ".join(f"{count} of {label}" for label, count in counts.items())
    return f"too few {films}: groups {told}; {least_groups} of each are asked for"
