"""What several runs of one experiment have in common, and how far they lie apart.

C labels, N films, R runs.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from manifests.contract.vocabulary import Split
from training.judgement import Judging, judge
from training.metrics import OVERALL, Whole
from training.predictions import DIGITS, Predictions
from training.repeating import JUDGED, Run
from training.seed import seed_everything


class Judged(NamedTuple):
    """A run, and the figures that `judge` gives of each side."""

    run: Run
    figures: dict[Split, dict[str, Any]]

    @property
    def labels(self) -> tuple[str, ...]:
        return self.run.labels

    @property
    def said(self) -> Predictions:
        """Of the test films."""
        return self.run.said[Split.TEST].predictions(self.labels)

    @property
    def test(self) -> dict[str, Any]:
        return self.figures[Split.TEST]

    @property
    def confusion(self) -> Whole:
        """int64[C, C]: test films, by what they are and what they are called."""
        matrix, said = np.zeros((len(self.labels),) * 2, np.int64), self.said
        np.add.at(matrix, (said.actual, said.probabilities.argmax(1)), 1)
        return matrix


def judged(run: Run, how: Judging) -> Judged:
    """The run with its figures; the resamples are drawn by its own seed, as `evaluate` draws."""
    generator = seed_everything(run.seed)
    said = {side: run.said[side].predictions(run.labels) for side in JUDGED}
    return Judged(run, {
        side: judge(own, how.bootstrap, how.confidence, generator) for side, own in said.items()
    })  # fmt: skip


def over(values: Sequence[float | None]) -> dict[str, float | None]:
    """Mean, standard deviation, least and most of the figures that exist; one has no deviation."""
    known = np.array([value for value in values if value is not None], np.float64)
    if not len(known):
        return dict.fromkeys(("mean", "sd", "min", "max"))
    deviation = round(float(known.std(ddof=1)), DIGITS) if len(known) > 1 else None
    return {
        "mean": round(float(known.mean()), DIGITS), "sd": deviation,
        "min": float(known.min()), "max": float(known.max()),
    }  # fmt: skip


def summed_up(runs: Sequence[Judged]) -> dict[str, object]:
    """The figures of all runs under one protocol; their confusion matrices are added up."""
    first = runs[0]
    return {
        "runs": len(runs),
        "films": first.run.films,
        "groups": first.test["groups"],
        **_side(runs, Split.TEST),
        "labels": first.labels,
        "confusion": np.sum([one.confusion for one in runs], axis=0).tolist(),
        "external": _side(runs, Split.EXTERNAL),
        "spread": _spread(by_film(runs)),
    }


def _side(runs: Sequence[Judged], side: Split) -> dict[str, object]:
    told = [one.figures[side] for one in runs]
    return {
        "n": told[0]["n"],
        **{name: over([own[name] for own in told]) for name in OVERALL},
        "f1": {label: over([own[label]["f1"] for own in told]) for label in runs[0].labels},
    }


class Film(NamedTuple):
    """One test film over all runs under one protocol."""

    record_id: str
    group: str
    source: str
    label: str
    chance: float
    """Mean chance that its label was given."""
    variance: float | None
    """Of that chance, over the runs; one run has none."""
    right: int
    """Runs that called it what it is."""
    answers: int
    """How many different labels it was called."""


def by_film(runs: Sequence[Judged]) -> list[Film]:
    """How far the runs agree on each test film; all runs of one protocol are asked the same."""
    first = runs[0]
    known, actual = first.run.said[Split.TEST], first.said.actual
    chances = np.stack([one.said.probabilities for one in runs])
    own = chances[:, np.arange(len(actual)), actual]
    called = chances.argmax(2)
    variances = own.var(0, ddof=1) if len(runs) > 1 else None
    return [
        Film(
            record_id=known.record_ids[n], group=known.groups[n], source=known.sources[n],
            label=first.labels[actual[n]], chance=round(float(own[:, n].mean()), DIGITS),
            variance=None if variances is None else round(float(variances[n]), DIGITS),
            right=int((called[:, n] == actual[n]).sum()), answers=len(set(called[:, n].tolist())),
        )
        for n in range(len(actual))
    ]  # fmt: skip


def _spread(films: Sequence[Film]) -> dict[str, object]:
    """How many test films are called different things by different runs, and how far they vary."""
    return {
        "films": len(films),
        "changing": sum(film.answers > 1 for film in films),
        "variance": over([film.variance for film in films])["mean"],
    }
