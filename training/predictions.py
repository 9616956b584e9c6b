"""What a network said of films, as it is judged and written: chances with few digits.

C classes, N films.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from training.metrics import Floats, Whole

DIGITS = 6
"""Of a chance or a figure, as it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """What was said of the films of one split, and what they are."""

    labels: tuple[str, ...]
    actual: Whole
    """int64[N], class numbers."""
    probabilities: Floats
    """float64[N, C]."""
    groups: Sequence[str]
    """N names; films of one group stand or fall together."""
