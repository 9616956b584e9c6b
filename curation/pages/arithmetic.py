"""Figures that follow from a confusion matrix, and whether a printed figure can be one of them.

The matrix has a row per actual label and a column per predicted one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from manifests.contract.association import wilson

CONFIDENCE = 0.95
Cells = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A share with Wilson's interval; all None where it is a share of nothing."""

    value: float | None
    low: float | None = None
    high: float | None = None


def accuracy(cells: Cells) -> Figure:
    """The share of films that are called what they are."""
    return share(sum(row[n] for n, row in enumerate(cells)), sum(map(sum, cells)))


def precision(cells: Cells, label: int) -> Figure:
    """The share of films called `label` that are it."""
    return share(cells[label][label], sum(row[label] for row in cells))


def recall(cells: Cells, label: int) -> Figure:
    """The share of films with `label` that are called so."""
    return share(cells[label][label], sum(cells[label]))


def f1(cells: Cells, label: int) -> Figure:
    """The harmonic mean of both.

    Its interval is exact in the share J of right ones among all films that are `label` or are
    called so, since F1 = 2 J / (1 + J) rises with it.
    """
    own = cells[label][label]
    found = share(own, sum(cells[label]) + sum(row[label] for row in cells) - own)
    return Figure(value=_doubled(found.value), low=_doubled(found.low), high=_doubled(found.high))


def _doubled(share_right: float | None) -> float | None:
    return None if share_right is None else 2 * share_right / (1 + share_right)


def share(right: int, count: int) -> Figure:
    """`right` of `count`, with Wilson's 95 % interval."""
    if not count:
        return Figure(value=None)
    value = right / count
    low, high = wilson(value, count, CONFIDENCE)
    return Figure(value=value, low=low, high=high)


def agrees(printed: Decimal, right: int, count: int) -> bool:
    """Whether `right` of `count`, rounded to the digits that are printed, is what is printed.

    `printed` is a share; a half may be rounded up or to the even digit.
    """
    exact = Decimal(right) / Decimal(count)
    return printed in {exact.quantize(printed, rounding) for rounding in
                       (ROUND_HALF_UP, ROUND_HALF_EVEN)}  # fmt: skip


def is_cut_off(printed: Decimal, right: int, count: int) -> bool:
    """Whether the digits that are printed are those of `right` of `count`, and it rounds up."""
    cut = (Decimal(right) / Decimal(count)).quantize(printed, ROUND_DOWN)
    return printed == cut and not agrees(printed, right, count)


def can_occur(printed: Decimal, count: int) -> bool:
    """Whether any whole number of `count` films gives the printed share."""
    near = int(printed * count)
    return any(
        agrees(printed, right, count) for right in (near - 1, near, near + 1) if 0 <= right <= count
    )


def neighbours(printed: Decimal, count: int) -> tuple[int, int]:
    """The whole numbers of `count` films whose shares lie on both sides of the printed one."""
    below = min(int(printed * count), count - 1)
    return below, below + 1
