"""A plain classifier: what it says of films whose groups it never learnt from.

Cheap, and the same at every run. N films, C classes, D numbers per film.
"""

import hashlib

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from training.films import Whole
from training.metrics import Floats
from training.thumbnails import Thumbnails

DIGITS = 6
NOTHING = 1e-5
"""Of the widest direction; films in float32 differ by chance in less than that."""
UNTAUGHT = -1
"""The fold of films that no classifier learns from, and every one may judge."""


def fold_of(group: str, folds: int) -> int:
    """The fold of a whole group, from a hash, so that a new film moves no old one."""
    return int.from_bytes(hashlib.sha256(group.encode()).digest()[:8], "big") % folds


def out_of_fold(
    seen: Thumbnails, targets: Whole, in_fold: Whole, classes: int, components: int
) -> Floats:
    """float64[N, C]: the chances of each film by a classifier that saw no film of its fold.

    NaN where the other folds hold fewer than two classes, or not the film's own: of a label that
    it never met a classifier knows nothing.
    """
    chances = np.full((len(seen), classes), np.nan)
    # One thread: how many there are decides the last digits of a sum.
    with threadpool_limits(1):
        for fold in tqdm(np.unique(in_fold), desc="folds", disable=None):
            asked, known = in_fold == fold, (in_fold != fold) & (in_fold != UNTAUGHT)
            if len(np.unique(targets[known])) < 2:  # noqa: PLR2004 - two classes to tell apart
                continue
            # float64: what is rounding there is far below what differs between films.
            learnt, judged = (np.asarray(seen[some], np.float64) for some in (known, asked))
            waves = PCA(svd_solver="full").fit(learnt)
            kept = min(components, _rank(waves))
            model = make_pipeline(
                StandardScaler(),
                LogisticRegression(C=0.1, class_weight="balanced", max_iter=2000),
            ).fit(waves.transform(learnt)[:, :kept], targets[known])
            said = np.zeros((len(judged), classes))
            said[:, model.classes_] = model.predict_proba(waves.transform(judged)[:, :kept])
            said[~np.isin(targets[asked], model.classes_)] = np.nan
            chances[asked] = said
    return np.round(chances, DIGITS)


def _rank(waves: PCA) -> int:
    """How many directions the films differ in, at least 1.

    A further component would be rounding, which standardising blows up to a number like others.
    """
    spread = waves.singular_values_
    return max(1, int((spread > NOTHING * spread[0]).sum()))
