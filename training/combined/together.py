"""What several networks say together, and how they were weighed for it.

M members, N films, C classes.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from manifests.contract.vocabulary import Split
from training.combined.members import Member, chances_of
from training.combined.weighing import (
    best_weights,
    equal_weights,
    fitted,
    mixed,
    said,
    side_by_side,
)
from training.films import Whole
from training.metrics import Floats

DIGITS = 6


class Kind(StrEnum):
    """How the members are combined."""

    EQUAL = "equal"
    """The plain mean of their chances; nothing is fitted."""
    WEIGHTED = "weighted"
    """Their mean under the weights that err least on the validation films."""
    STACKED = "stacked"
    """A logistic regression of the logarithms of their chances, learnt on the validation films."""


class Together(NamedTuple):
    """The joint chances of every side, and the weights, or the coefficients, behind them."""

    chances: dict[Split, Floats]
    """float64[N, C] each."""
    weighing: dict[str, object]


def together(members: Sequence[Member], kind: Kind, strength: float) -> Together:
    """What the members say together; what is fitted is fitted on the validation films."""
    chances = {split: chances_of(members, split) for split in members[0].answers}
    actual = members[0].answers[Split.VAL].said.actual
    if kind is Kind.STACKED:
        return _stacked(chances, actual, strength)
    is_fitted = kind is Kind.WEIGHTED
    weights = best_weights(chances[Split.VAL], actual) if is_fitted else equal_weights(len(members))
    named = {m.name: round(float(w), DIGITS) for m, w in zip(members, weights, strict=True)}
    whole = {split: np.round(mixed(weights, one), DIGITS) for split, one in chances.items()}
    return Together(whole, {"weights": named})


def _stacked(chances: Mapping[Split, Floats], actual: Whole, strength: float) -> Together:
    model = fitted(side_by_side(chances[Split.VAL]), actual, strength)
    whole = {
        split: np.round(said(model, side_by_side(one)), DIGITS) for split, one in chances.items()
    }
    learnt = {
        "coefficients": np.round(model.coef_, DIGITS).tolist(),
        "intercepts": np.round(model.intercept_, DIGITS).tolist(),
    }
    return Together(whole, learnt)
