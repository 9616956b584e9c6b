"""How well one label is told on films of sources seen and unseen, and what a remedy adds.

Every remedy is judged on the same films, so that a resample of groups is drawn once for all: a
difference is of the same patients. N films, R resamples, S seeds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from manifests.contract.association import area
from manifests.contract.vocabulary import Split
from training.judgement import Judging
from training.metrics import RESAMPLES_AT_ONCE, Floats, Whole, interval, resampled
from training.predictions import DIGITS
from training.repeating import Run

Figures = dict[str, float | str | None]
DIFFERENCE = ("difference", "difference_low", "difference_high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the networks of one remedy said of the films of one side."""

    record_ids: tuple[str, ...]
    groups: tuple[str, ...]
    has_label: npt.NDArray[np.bool_]
    """bool[N]."""
    chances: Floats
    """float64[S, N], of the label."""
    networks: Whole
    """int64[N]: which network judged a film. Chances of two are on no common scale, so that only
    films of one are compared."""

    @property
    def undefined(self) -> str | None:
        """Why there is no AUC, or None where there is one."""
        if not len(self.record_ids):
            return "there is no film"
        if self.has_label.all() or not self.has_label.any():
            return f"all films {'have' if self.has_label.all() else 'lack'} the label"
        both = set(self.networks[self.has_label]) & set(self.networks[~self.has_label])
        return None if both else "no network was asked about films with the label and without"


def answers(runs: Sequence[Run], side: Split, label: str) -> Answers:
    """Of `runs`, one for each seed, the films of `side`."""
    said, place = [run.said[side] for run in runs], runs[0].labels.index(label)
    return Answers(
        record_ids=said[0].record_ids, groups=said[0].groups,
        has_label=np.array([n == place for n in said[0].actual], np.bool_),
        chances=np.array([[row[place] for row in own.probabilities] for own in said], np.float64),
        networks=np.zeros(len(said[0].actual), np.int64),
    )  # fmt: skip


def together(parts: Sequence[Answers]) -> Answers:
    """The films of all parts as one side, each part judged by a network of its own."""
    return Answers(
        record_ids=tuple(name for own in parts for name in own.record_ids),
        groups=tuple(name for own in parts for name in own.groups),
        has_label=np.concatenate([own.has_label for own in parts]),
        chances=np.concatenate([own.chances for own in parts], axis=1),
        networks=np.repeat(np.arange(len(parts)), [len(own.record_ids) for own in parts]),
    )


def compared(sides: Mapping[str, Answers], judging: Judging, seed: int) -> dict[str, Figures]:
    """The AUC of each remedy on one side, and its difference to the first of `sides`.

    Mean over the seeds; an interval is over groups and seeds at once, both drawn anew and alike for
    every remedy. What does not exist is None, and `reason` says why.
    """
    drawn = {name: _drawn(own, judging, seed) for name, own in sides.items()}
    first, *others = sides
    found = {name: _figures(own, drawn[name], judging) for name, own in sides.items()}
    found[first] |= dict.fromkeys(DIFFERENCE)
    for name in others:
        less = drawn[name] - drawn[first]
        found[name] |= _difference(sides[first], sides[name], less, judging)
    return found


def _figures(own: Answers, drawn: Floats, judging: Judging) -> Figures:
    if own.undefined:
        return {"auc": None, "low": None, "high": None, "reason": own.undefined}
    low, high = interval(drawn, judging.confidence) or (None, None)
    reason = "it hardly varies over resamples, so it has no interval" if low is None else None
    return {"auc": _rounded(_auc(own)), "low": _rounded(low), "high": _rounded(high),
            "reason": reason}  # fmt: skip


def _difference(first: Answers, own: Answers, drawn: Floats, judging: Judging) -> Figures:
    if own.undefined:
        return dict.fromkeys(DIFFERENCE)
    low, high = interval(drawn, judging.confidence) or (None, None)
    ends = (_auc(own) - _auc(first), low, high)
    return dict(zip(DIFFERENCE, map(_rounded, ends), strict=True))


def _auc(own: Answers) -> float:
    """On all films, mean over the seeds."""
    once = np.ones((1, len(own.record_ids)))
    return float(np.mean([_areas(once, own, chance)[0] for chance in own.chances]))


def _areas(weights: Floats, own: Answers, chance: Floats) -> Floats:
    """float64[R]: what one seed's networks reach."""
    return area(weights, own.has_label, chance, own.networks)


def _drawn(own: Answers, judging: Judging, seed: int) -> Floats:
    """float64[R]: the AUC of each resample; the same `seed` draws the same groups and seeds."""
    if own.undefined:
        return np.full(judging.bootstrap, np.nan)
    generator, parts = torch.Generator().manual_seed(seed), list[Floats]()
    for start in range(0, judging.bootstrap, RESAMPLES_AT_ONCE):
        rows = min(RESAMPLES_AT_ONCE, judging.bootstrap - start)
        weights = resampled(own.groups, rows, generator)
        chosen: Whole = torch.randint(
            len(own.chances), (len(own.chances), rows), generator=generator
        ).numpy()
        found = np.stack([_areas(weights, own, chance) for chance in own.chances])
        parts.append(np.take_along_axis(found, chosen, 0).mean(0))
    return np.concatenate(parts)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
