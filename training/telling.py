"""How well a plain classifier tells sources apart: one AUC, with an interval over groups.

N films, S sources, D numbers per film.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from training.classifier import fold_of, out_of_fold
from training.films import Whole
from training.metrics import Floats, bootstrapped, interval, scores
from training.seed import seed_everything
from training.thumbnails import Thumbnails

DIGITS = 6
FEWEST = 2
"""Sources without whom there is nothing to tell apart."""


class Asking(BaseModel):
    """How the classifier learns, and how its AUC is judged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    components: int = Field(ge=2, le=512)
    """Principal components that the classifier sees."""
    folds: int = Field(ge=2, le=20)
    """Parts that whole groups fall into; each is judged by a classifier that saw the others."""
    bootstrap: int = Field(ge=20, le=100_000)
    """Resamples of groups for the interval."""
    confidence: float = Field(gt=0, lt=1)
    seed: int = Field(ge=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A macro one-against-the-rest AUC; None, and a reason, where it cannot be told."""

    auc: float | None = None
    low: float | None = None
    high: float | None = None
    films: int = 0
    groups: int = 0
    reason: str | None = None


def told_apart(seen: Thumbnails, targets: Whole, groups: Sequence[str], asking: Asking) -> Told:
    """How well the sources (`targets`, 0 to S - 1) are told from `seen`, never by a film's group.

    Films with NaN in `seen` are left out, and those whose source no other fold holds. Of few films
    that differ in nothing the AUC comes out a little below 0.5 (0.47 for 120): what one fold has
    more of, the others have less of.
    """
    is_there = np.asarray(~np.isnan(seen).any(1))
    seen, targets = seen[is_there], targets[is_there]
    names = [group for group, there in zip(groups, is_there, strict=True) if there]
    classes = len(np.unique(targets))
    if classes < FEWEST:
        return Told(films=len(seen), groups=len(set(names)), reason=_too_few(classes))
    # Numbered anew: a source may have lost all its films.
    targets = np.unique(targets, return_inverse=True)[1].astype(np.int64)
    in_fold = np.array([fold_of(name, asking.folds) for name in names], np.int64)
    chances = out_of_fold(seen, targets, in_fold, classes, asking.components)
    is_judged = np.asarray(~np.isnan(chances).any(1))
    if len(np.unique(targets[is_judged])) < classes:
        return Told(
            films=int(is_judged.sum()), groups=len(set(names)),
            reason="all groups of a source fall into one fold, so nothing can be learnt of it",
        )  # fmt: skip
    return _judged(
        chances[is_judged], targets[is_judged],
        [name for name, judged in zip(names, is_judged, strict=True) if judged], asking,
    )  # fmt: skip


def _judged(chances: Floats, targets: Whole, groups: Sequence[str], asking: Asking) -> Told:
    found = float(scores(np.ones((1, len(targets))), targets, chances)["auc"][0])
    generator = seed_everything(asking.seed)
    drawn = bootstrapped(targets, chances, groups, asking.bootstrap, generator)["auc"]
    span = interval(drawn, asking.confidence)
    return Told(
        auc=round(found, DIGITS),
        low=round(span[0], DIGITS) if span else None,
        high=round(span[1], DIGITS) if span else None,
        films=len(targets), groups=len(set(groups)),
        reason=None if span else _no_interval(drawn),
    )  # fmt: skip


def _no_interval(drawn: Floats) -> str:
    if np.isnan(drawn).mean() > 0.5:  # noqa: PLR2004 - most of them
        return "most resamples lack a source, so there is no interval"
    return "the AUC is the same in all resamples, so there is no interval"


def _too_few(classes: int) -> str:
    if classes == 0:
        return "no film has this part: there is no lung mask, or no source has enough films"
    return "the films that have this part are all of one source"
