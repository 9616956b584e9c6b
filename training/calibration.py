"""Are the chances that a network gives true: of films called 0.8 sure, is it right about 8 in 10?

A network may order films well, which AUC tells, and be sure of all of it, which this tells.
B bins, C classes, N films, R resamples.
"""

from dataclasses import dataclass

import numpy as np
import torch

from training.metrics import Floats, Whole

BINS = 10
"""Of one width each, from 0 to 1 (Guo et al. 2017)."""
DRAWS = 200
"""Worlds in which the chances are true, to see what error is left by chance alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The films whose most likely label got a chance between two bounds."""

    low: float
    high: float
    films: int
    confidence: float
    """The mean chance of the label that was named."""
    accuracy: float
    """How often that label was right."""


def calibration(weights: Floats, actual: Whole, probabilities: Floats) -> dict[str, Floats]:
    """Figures under each row of `weights` (float64[R, N]): `ece` and `brier`, float64[R] each.

    ece is the expected calibration error: how far accuracy and confidence lie apart in a bin, mean
    over the films (Guo et al. 2017). brier is the squared distance of all C chances from the truth,
    0 to 2 (Brier 1950).
    """
    named, gap = _named(actual, probabilities)
    inside = np.eye(BINS)[_bins(named)]
    truth = np.eye(probabilities.shape[1])[actual]
    films = weights.sum(1)
    return {
        "ece": np.abs((weights * gap) @ inside).sum(1) / films,
        "brier": weights @ ((probabilities - truth) ** 2).sum(1) / films,
    }


def ece_by_chance(probabilities: Floats, generator: torch.Generator) -> float:
    """The mean `ece` of a network whose chances are all true, on as many films as these.

    Few films are never spread as their chances say, so that no network has an error of 0.
    """
    certain = torch.from_numpy(np.maximum(probabilities, 0))
    drawn = torch.multinomial(certain, DRAWS, replacement=True, generator=generator).numpy()
    once = np.ones((1, len(probabilities)))
    return float(np.mean([calibration(once, world, probabilities)["ece"][0] for world in drawn.T]))


def reliability(actual: Whole, probabilities: Floats) -> list[Bin]:
    """The bins that hold a film, the least certain first."""
    named, gap = _named(actual, probabilities)
    number = _bins(named)
    return [
        Bin(
            low=n / BINS, high=(n + 1) / BINS, films=int((number == n).sum()),
            confidence=float(named[number == n].mean()),
            accuracy=float((named + gap)[number == n].mean()),
        )
        for n in np.unique(number).tolist()
    ]  # fmt: skip


def _named(actual: Whole, probabilities: Floats) -> tuple[Floats, Floats]:
    """float64[N] twice: the chance of the label that was named, and by how much it was too low."""
    named = probabilities.max(1)
    return named, (probabilities.argmax(1) == actual) - named


def _bins(named: Floats) -> Whole:
    """int64[N]: the bin of each chance; 1 stands in the last."""
    return np.minimum((named * BINS).astype(np.int64), BINS - 1)
