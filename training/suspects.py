"""Labels that a plain classifier doubts, by confident learning (Northcutt et al. 2021).

N films, C classes.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores

from training.classifier import DIGITS
from training.films import Whole
from training.metrics import Floats


def doubted(targets: Whole, chances: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """float64[N], 0 to 1: how well each label fits, least first; bool[N]: is it a suspect?

    By confident learning: of each class as many are suspects as seem to belong to another one.
    """
    present = np.unique(targets)
    if len(present) < 2:  # noqa: PLR2004 - of one class nothing can be doubted
        return np.ones(len(targets)), np.zeros(len(targets), bool)
    given = np.searchsorted(present, targets)
    known = chances[:, present]
    known = known / np.maximum(known.sum(1, keepdims=True), 1e-12)
    scores = get_label_quality_scores(given, known, method="normalized_margin")
    issues = find_label_issues(given, known, filter_by="prune_by_noise_rate", n_jobs=1)
    return np.round(scores, DIGITS), np.asarray(issues, bool)


def ranked(scores: Floats, names: Sequence[str]) -> Whole:
    """int64[N]: 1 for the film that is doubted most; of equals, by name."""
    order = sorted(range(len(scores)), key=lambda n: (scores[n], names[n]))
    ranks = np.empty(len(scores), np.int64)
    ranks[order] = np.arange(1, len(scores) + 1)
    return ranks
