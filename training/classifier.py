"""A plain classifier: what it says of films whose groups it never learnt from.

Cheap, and the same at every run. N films, C classes, D numbers per film.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
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


class Fold(NamedTuple):
    """The films of one fold, and those that a classifier of it learns from, as what it sees."""

    asked: npt.NDArray[np.bool_]
    """bool[N]: the films that are judged."""
    known: npt.NDArray[np.bool_]
    """bool[N]: the films that it learns from."""
    judged: Floats
    """float64[asked films, components], standardised as `learnt` is."""
    learnt: Floats
    """float64[known films, components]."""


def out_of_fold(
    seen: Thumbnails, targets: Whole, in_fold: Whole, classes: int, components: int
) -> Floats:
    """float64[N, C]: the chances of each film by a classifier that saw no film of its fold.

    NaN where the other folds hold fewer than two classes, or not the film's own: of a label that
    it never met a classifier knows nothing.
    """
    folds = tqdm(projected(seen, in_fold, components), desc="folds", disable=None)
    with one_thread():
        return chances_of(folds, targets, classes)


def one_thread() -> AbstractContextManager[object]:
    """How many threads there are decides the last digits of a sum; in here there is one."""
    return threadpool_limits(1)  # type: ignore[no-any-return]


def projected(seen: Thumbnails, in_fold: Whole, components: int) -> Iterator[Fold]:
    """Each fold with its films in standardised principal components, which know no label.

    To be called within `one_thread`, as `chances_of` is.
    """
    for fold in np.unique(in_fold):
        asked, known = in_fold == fold, (in_fold != fold) & (in_fold != UNTAUGHT)
        if not known.any():
            continue
        # float64: what is rounding there is far below what differs between films.
        learnt, judged = (np.asarray(seen[some], np.float64) for some in (known, asked))
        waves = PCA(svd_solver="full").fit(learnt)
        kept = min(components, _rank(waves))
        judged, learnt = (waves.transform(some)[:, :kept] for some in (judged, learnt))
        scaler = StandardScaler().fit(learnt)
        yield Fold(asked, known, scaler.transform(judged), scaler.transform(learnt))


def chances_of(folds: Iterable[Fold], targets: Whole, classes: int) -> Floats:
    """float64[N, C]: as `out_of_fold`, of films that were projected before."""
    chances = np.full((len(targets), classes), np.nan)
    for fold in folds:
        if len(np.unique(targets[fold.known])) < 2:  # noqa: PLR2004 - two classes to tell apart
            continue
        model = LogisticRegression(C=0.1, class_weight="balanced", max_iter=2000)
        model.fit(fold.learnt, targets[fold.known])
        said = np.zeros((int(fold.asked.sum()), classes))
        said[:, model.classes_] = model.predict_proba(fold.judged)
        said[~np.isin(targets[fold.asked], model.classes_)] = np.nan
        chances[fold.asked] = said
    return np.round(chances, DIGITS)


def _rank(waves: PCA) -> int:
    """How many directions the films differ in, at least 1.

    A further component would be rounding, which standardising blows up to a number like others.
    """
    spread = waves.singular_values_
    return max(1, int((spread > NOTHING * spread[0]).sum()))
