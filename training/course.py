"""How far a training has come: its history, and the weights that did best on validation films."""

import math
from dataclasses import dataclass, field

from torch import Tensor, nn

from training.learner import copy_of

LEAST_GAIN = 0.002
"""Fall of the validation loss that counts as progress (the paper's code)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """What one pass gave; validation figures are absent where the split has no film."""

    epoch: int
    learning_rate: float
    train_loss: float
    train_accuracy: float
    """Of films as they were varied, by the weights on the way."""
    val_loss: float | None
    val_accuracy: float | None


@dataclass(slots=True, kw_only=True)
class Course:
    """What training gave so far; it grows by `add`."""

    weights: dict[str, Tensor]
    """Those of the best epoch; before the first, those that training began with."""
    history: list[Epoch] = field(default_factory=list)
    best: float = math.inf
    """Lower is better."""
    best_epoch: int = 0

    def add(self, epoch: Epoch, learnt: nn.Module) -> None:
        """Take one more epoch; what was `learnt` is copied where it is the best so far."""
        self.history.append(epoch)
        # Without validation films every epoch is "better", so the last one stays.
        score = -epoch.epoch if epoch.val_loss is None else epoch.val_loss
        if score < self.best:
            self.best, self.best_epoch, self.weights = score, epoch.epoch, copy_of(learnt)

    def has_stalled(self, patience: int) -> bool:
        """True when the last `patience` epochs brought the validation films no progress."""
        losses = [epoch.val_loss for epoch in self.history if epoch.val_loss is not None]
        if len(losses) <= patience:
            return False
        return min(losses[-patience:]) > min(losses[:-patience]) - LEAST_GAIN
