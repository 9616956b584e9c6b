"""Group DRO: the films of the label and source that err most count most.

Sagawa et al. 2020, "Distributionally robust neural networks for group shifts", algorithm 1: each
group has a share of the loss, which is multiplied by exp(step x its loss) after every step.
B batch, G groups (a label of a source), N films.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from training.balance import by_source_and_label
from training.films import Whole
from training.lesson import Lesson
from training.metrics import Floats
from training.plan import Robust


@dataclass(slots=True, kw_only=True)
class Emphasis:
    """What the films of each group weigh; it moves with every step, and is kept with a run.

    Three things differ from the paper's algorithm, so that a step of several batches, or of several
    processes, is the step of one: the shares that a step is weighed by are those of the step
    before; they begin where plain training has them, so that with `step` 0 it stays that; and a
    group of which a step had no film counts with the loss that it had last, so that a rare one is
    not left behind for being rare.
    """

    names: list[str]
    groups: Whole
    """int64[N], numbers below G."""
    usual: Floats
    """float64[G]: the shares of the loss that plain training gives; they add up to 1."""
    step: float
    shares: Floats
    """float64[G]: the shares as they are now."""
    losses: Floats
    """float64[G]: the mean loss of each group when it was seen last, NaN before."""

    def of(self, picked: Whole) -> Tensor:
        """float32[B]: what the films `picked` weigh against what they weigh in plain training."""
        return torch.from_numpy((self.shares / self.usual)[self.groups[picked]]).float()

    def counted(self, picked: Whole, losses: Tensor) -> Tensor:
        """float32[2, G]: for each group the sum of the losses of the films `picked`, and how many.

        `losses` is float32[B], by no label's weight. What several processes counted is added up.
        """
        own = torch.from_numpy(self.groups[picked])
        both = torch.stack([losses, torch.ones_like(losses)])
        return torch.zeros(2, len(self.usual)).index_add_(1, own, both)

    def turn(self, counted: Tensor) -> None:
        """Turn to the groups whose loss in the step that was `counted` lies above the mean."""
        sums, counts = counted.double().numpy()
        self.losses[counts > 0] = sums[counts > 0] / counts[counts > 0]
        is_known = ~np.isnan(self.losses)
        # Shares are taken relative to each other: less the mean, equal losses change none.
        mean = np.average(self.losses[is_known], weights=self.shares[is_known])
        above = np.where(is_known, self.losses - mean, 0.0)
        raised = self.shares * np.exp(self.step * above)
        self.shares = raised / raised.sum()

    def state(self) -> dict[str, Tensor]:
        """Tensors from which `load` goes on."""
        return {
            name: torch.tensor(own) for name, own in
            (("shares", self.shares), ("losses", self.losses))
        }  # fmt: skip

    def load(self, state: dict[str, Tensor]) -> None:
        """Go on from what `state` gave."""
        self.shares, self.losses = state["shares"].numpy(), state["losses"].numpy()


def emphasis_of(lesson: Lesson) -> Emphasis | None:
    """What groups weigh before the first step; None where the plan asks for no such thing."""
    if lesson.plan.robust is Robust.NONE:
        return None
    groups, labels, names = by_source_and_label(lesson.train)
    # How often a group's films come in an epoch, as its label weighs.
    drawn = np.bincount(groups, lesson.draw.rates) * lesson.weights().double().numpy()[labels]
    usual = drawn / drawn.sum()
    return Emphasis(
        names=names, groups=groups, usual=usual, step=lesson.plan.robust_step,
        shares=usual.copy(), losses=np.full(len(usual), np.nan),
    )  # fmt: skip
