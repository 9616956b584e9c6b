"""How good predictions are, and how sure of it one may be; every value a plain float or None.

Intervals come from drawing whole groups of films again: films of one patient are not independent.
One weighted formula gives the value (all weights 1) and its resamples, so they cannot disagree.
C classes, G groups, N films, R resamples.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch

from manifests.contract.association import area

Whole = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
OVERALL = ("accuracy", "macro_f1", "auc")
PER_LABEL = ("precision", "recall", "f1", "auc")
RESAMPLES_AT_ONCE = 50
ENOUGH = 0.5
"""Share of resamples in which a figure must exist, or its interval is not given."""


def scores(weights: Floats, actual: Whole, probabilities: Floats) -> dict[str, Floats]:
    """Figures under each row of `weights` (float64[R, N]); NaN where a figure does not exist.

    accuracy, macro_f1 and auc are float64[R]; label_precision, label_recall, label_f1 and label_auc
    float64[R, C]. The macro figures are means over all classes, so each class must have a film.
    """
    classes = probabilities.shape[1]
    predicted = probabilities.argmax(1)
    cells = np.eye(classes * classes)[actual * classes + predicted]
    confusion = (weights @ cells).reshape(-1, classes, classes)
    hits = np.diagonal(confusion, axis1=1, axis2=2)
    truly, said = confusion.sum(2), confusion.sum(1)
    label_auc = np.stack(
        [auc(weights, actual == n, probabilities[:, n]) for n in range(classes)], axis=1
    )
    label_f1 = _share(2 * hits, truly + said)
    return {
        "accuracy": _share(hits.sum(1), confusion.sum((1, 2))),
        "macro_f1": np.where((truly > 0).all(1), label_f1.mean(1), np.nan),
        "auc": label_auc.mean(1),
        "label_precision": _share(hits, said),
        "label_recall": _share(hits, truly),
        "label_f1": label_f1,
        "label_auc": label_auc,
    }


def auc(weights: Floats, is_member: npt.NDArray[np.bool_], score: Floats) -> Floats:
    """float64[R]: the chance that a member scores above a non-member, a tie counting half."""
    return area(weights, is_member, score, np.zeros(len(score), np.int64))


def resampled(groups: Sequence[str], count: int, generator: torch.Generator) -> Floats:
    """float64[count, N]: how often each film appears when G groups are drawn with replacement."""
    names, owner = np.unique(np.asarray(groups, object).astype(str), return_inverse=True)
    drawn = torch.randint(len(names), (count, len(names)), generator=generator).numpy()
    times = np.stack([np.bincount(row, minlength=len(names)) for row in drawn])
    return times[:, owner].astype(np.float64)


def bootstrapped(
    actual: Whole,
    probabilities: Floats,
    groups: Sequence[str],
    count: int,
    generator: torch.Generator,
) -> dict[str, Floats]:
    """The overall figures in `count` resamples of groups: float64[count] each."""
    parts: list[dict[str, Floats]] = []
    for first in range(0, count, RESAMPLES_AT_ONCE):
        rows = min(RESAMPLES_AT_ONCE, count - first)
        weights = resampled(groups, rows, generator)
        parts.append(scores(weights, actual, probabilities))
    return {name: np.concatenate([part[name] for part in parts]) for name in OVERALL}


def interval(values: Floats, confidence: float) -> tuple[float, float] | None:
    """The middle `confidence` of `values`, or None where too few exist or all are the same.

    A perfect score stays perfect in every resample; that says nothing of how sure one may be.
    """
    known = values[~np.isnan(values)]
    if len(known) < ENOUGH * len(values) or np.ptp(known) == 0:
        return None
    tail = (1 - confidence) / 2
    low, high = np.quantile(known, [tail, 1 - tail])
    return float(low), float(high)


def roc(is_member: npt.NDArray[np.bool_], score: Floats) -> list[tuple[float, float, float | None]]:
    """(false positive rate, true positive rate, threshold), strictest first; none if undefined.

    The first point, where nothing is called positive, has no threshold.
    """
    members, others = int(is_member.sum()), int((~is_member).sum())
    if members == 0 or others == 0:
        return []
    order = np.argsort(-score, kind="stable")
    last = np.flatnonzero(np.diff(score[order], append=-np.inf))
    true = np.cumsum(is_member[order])[last] / members
    false = np.cumsum(~is_member[order])[last] / others
    points = zip(false, true, score[order][last], strict=True)
    return [(0.0, 0.0, None), *((float(f), float(t), float(s)) for f, t, s in points)]


def mean_of(values: Sequence[object]) -> float | None:
    """The mean of the numbers and claims among `values`; None is unknown, and not counted."""
    known = [float(value) for value in values if isinstance(value, bool | float)]
    return round(float(np.mean(known)), 6) if known else None


def _share(part: Floats, whole: Floats) -> Floats:
    """`part / whole`, NaN where `whole` is 0."""
    nothing = np.full(np.shape(part), np.nan)
    share: Floats = np.divide(part, whole, out=nothing, where=np.asarray(whole) > 0)
    return share
