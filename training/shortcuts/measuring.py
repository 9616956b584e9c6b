"""How well a probe tells labels apart, how sure that is, and whether its controls guess.

N films, C labels, D numbers per film, R resamples of groups.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from manifests.contract.association import macro_area
from training.classifier import Fold, chances_of, one_thread, projected
from training.films import Whole
from training.metrics import RESAMPLES_AT_ONCE, Floats, resampled
from training.seed import seed_everything
from training.shortcuts.asked import Asked, fold_numbers
from training.shortcuts.chance import dealt_anew
from training.shortcuts.figures import Asking, Control, Figure, Measured, control, figure, of
from training.thumbnails import Thumbnails

GUESSING = 0.5


def measured(seen: Thumbnails, asked: Asked, asking: Asking) -> Measured:
    """What a plain classifier tells of `asked` by `seen` (float32[N, D]; NaN: left out)."""
    kept = asked.only(np.asarray(~np.isnan(seen).any(1)), asking.least_groups)
    seen, asked = seen[np.isin(asked.places, kept.places)], kept
    facts = of(asked)
    if asked.reason:
        return facts
    if not (np.ptp(seen, axis=0) > 0).any():
        return of(asked, "it is the same in all films, so it tells nothing")
    in_fold = fold_numbers(asked, asking.folds)
    # Once for all rounds: to ask libraries for their threads takes longer than a round.
    with one_thread():
        folds = list(projected(seen, in_fold, asking.components))
        return replace(facts, **_told(asked, folds, in_fold, asking))


def _told(asked: Asked, folds: Sequence[Fold], in_fold: Whole, asking: Asking) -> dict[str, Any]:
    generator = seed_everything(asking.seed)
    apart = in_fold * (int(asked.beside.max()) + 1) + asked.beside
    chances = chances_of(folds, asked.targets, len(asked.names))
    sure = chances[np.arange(len(chances)), asked.targets]
    strata = {"shuffled": in_fold, "shuffled_within": apart}
    return {
        "found": _figure(asked, chances, in_fold, asking, generator),
        "within": _figure(asked, chances, apart, asking, generator),
        "controls": _controls(asked, folds, strata, asking, generator),
        "known_best": known_best(asked, sure, asking.worst),
    }


def known_best(asked: Asked, sure: Floats, count: int) -> Sequence[tuple[int, float]]:
    """The films whose own name the probe is surest of, one of each group; sureness float64[N]."""
    order = np.lexsort((np.arange(len(sure)), -np.nan_to_num(sure)))
    taken: dict[str, tuple[int, float]] = {}
    for n in order:
        if not np.isnan(sure[n]) and len(taken) < count:
            taken.setdefault(asked.groups[n], (int(asked.places[n]), float(sure[n])))
    return list(taken.values())


def _figure(
    asked: Asked, chances: Floats, strata: Whole, asking: Asking, generator: torch.Generator
) -> Figure:
    parts = []
    for first in range(0, asking.bootstrap, RESAMPLES_AT_ONCE):
        rows = min(RESAMPLES_AT_ONCE, asking.bootstrap - first)
        weights = resampled(asked.groups, rows, generator)
        parts.append(_area(weights, asked.targets, chances, strata))
    value = _area(np.ones((1, len(chances))), asked.targets, chances, strata)[0]
    return figure(float(value), np.concatenate(parts), asked.rarest, asking.confidence)


def _controls(
    asked: Asked, folds: Sequence[Fold], strata: Mapping[str, Whole], asking: Asking,
    generator: torch.Generator,
) -> dict[str, Control]:  # fmt: skip
    made = {}
    for name, own in strata.items():
        among = asked.beside if name == "shuffled_within" else None
        drawn = np.array([
            _area(np.ones((1, len(row))), row, chances_of(folds, row, len(asked.names)), own)[0]
            for row in dealt_anew(asked.targets, asked.groups, asking.shuffles, generator, among)
        ])  # fmt: skip
        told = control(drawn, GUESSING, asking.confidence)
        if told:
            made[name] = told
    return made


def _area(weights: Floats, targets: Whole, chances: Floats, strata: Whole) -> Floats:
    is_judged = ~np.isnan(chances).any(1)
    return macro_area(
        weights[:, is_judged], targets[is_judged], chances[is_judged], strata[is_judged]
    )
