"""What is known beside the pixels, as numbers that a logistic regression may learn from.

N films, K things that may be known, D inputs.
"""

from dataclasses import dataclass

import numpy as np

from training.combined.beside import WORDS, Beside, Column
from training.metrics import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What the numbers of the training films are like: nothing else is looked at for it."""

    mean: dict[str, float]
    deviation: dict[str, float]


def scale_of(training: Beside) -> Scale:
    """Mean and deviation of each number where it is known; 0 and 1 where it never is."""
    mean, deviation = {}, {}
    for name, values in training.numbers.items():
        known = values[~np.isnan(values)]
        mean[name] = float(known.mean()) if len(known) else 0.0
        spread = float(known.std()) if len(known) else 0.0
        # A number that is always the same tells nothing, and must not be divided by nothing.
        deviation[name] = spread if spread > 0 else 1.0
    return Scale(mean=mean, deviation=deviation)


def encoded(known: Beside, scale: Scale) -> Floats:
    """float64[N, D]: standardised numbers, a column for each word, and the masks.

    What is missing is 0, the mean of the training films; its mask says that it is.
    """
    numbers = [
        np.nan_to_num((values - scale.mean[name]) / scale.deviation[name], nan=0.0)
        for name, values in known.numbers.items()
    ]
    words = [
        (values == word).astype(np.float64)
        for name, values in known.words.items()
        for word in WORDS[Column(name)]
    ]
    return np.column_stack([*numbers, *words, masks(known)])


def masks(known: Beside) -> Floats:
    """float64[N, K]: 1 where it is known, 0 where it is missing."""
    return np.column_stack([mask.astype(np.float64) for mask in known.masks.values()])
