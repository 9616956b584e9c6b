"""Precision and recall of one tool's scores, at a given threshold and at its best one."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from transforms import TRANSFORMS, UNUSUAL

Scores = npt.NDArray[np.float32]
"""float32[T, Q, N]: transforms, bases, films; -inf where two were not compared."""
USUAL = np.array([name not in UNUSUAL for name in TRANSFORMS])


class Figures(NamedTuple):
    threshold: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def figures(scores: Scores, own: Sequence[int], threshold: float) -> Figures:
    """`own`: the column of each base, which alone its copies should meet."""
    called = scores >= threshold
    right = int(called[:, np.arange(len(own)), own].sum())
    total = int(called.sum())
    return Figures(threshold, right / total if total else 1.0, right / scores[..., 0].size)


def best(scores: Scores, own: Sequence[int]) -> Figures:
    """The figures at the threshold with the highest F1 on these very scores."""
    is_own = np.zeros(scores.shape, bool)
    is_own[:, np.arange(len(own)), own] = True
    given = np.isfinite(scores)
    values, hits = scores[given], is_own[given]
    order = np.argsort(-values, kind="stable")
    right, total = np.cumsum(hits[order]), np.arange(1, len(order) + 1)
    f1 = 2 * right / (total + scores[..., 0].size)
    # Equal scores are called together.
    last = np.append(np.diff(values[order]) != 0, True)
    where = int(np.argmax(np.where(last, f1, 0)))
    return figures(scores, own, float(values[order][where]))


def line(name: str, every: Figures, usual: Figures) -> str:
    """A row of the table."""
    cells = [
        cell
        for found in (every, usual)
        for cell in (f"{found.threshold:.3g}", f"{found.f1:.3f}", f"{found.precision:.4f}",
                     f"{found.recall:.3f}")
    ]  # fmt: skip
    return " | ".join(["", name, *cells, ""]).strip()
