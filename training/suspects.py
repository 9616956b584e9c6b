"""Labels that a plain classifier doubts: what it says of films whose groups it never learnt from.

Confident learning (Northcutt et al. 2021). N films, C classes, D numbers per film.
"""

import hashlib
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from manifests.contract.prepared import Prepared
from training.films import Whole
from training.metrics import Floats

DIGITS = 6
UNTAUGHT = -1
"""The fold of films that no classifier learns from, and every one may judge."""
Thumbnails = npt.NDArray[np.float32]


def thumbnails(prepared: Prepared, places: Whole, side: int) -> Thumbnails:
    """float32[N, side * side]: each film small, with its own mean and deviation taken out.

    Brightness and contrast tell scanners apart better than diseases.
    """
    channel = prepared.channels.index("image") if "image" in prepared.channels else 0
    made = np.zeros((len(places), side * side), np.float32)
    for n, place in enumerate(tqdm(places, desc="looking at films", disable=None)):
        film = np.ascontiguousarray(prepared.stack(int(place))[:, :, channel])
        small = cv2.resize(film, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
        made[n] = ((small - small.mean()) / max(float(small.std()), 1.0)).ravel()
    return made


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
            model = _classifier(min(components, int(known.sum()) - 1, seen.shape[1]))
            model.fit(seen[known], targets[known])
            said = np.zeros((int(asked.sum()), classes))
            said[:, model.classes_] = model.predict_proba(seen[asked])
            said[~np.isin(targets[asked], model.classes_)] = np.nan
            chances[asked] = said
    return np.round(chances, DIGITS)


def _classifier(components: int) -> Pipeline:
    """Principal components and a linear model: cheap, and the same at every run."""
    return make_pipeline(
        PCA(n_components=components, svd_solver="full"),
        StandardScaler(),
        LogisticRegression(C=0.1, class_weight="balanced", max_iter=2000),
    )


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
