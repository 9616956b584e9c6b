"""Trains one experiment and keeps the weights that judged the validation films best.

The test split is never seen here. C classes, N films.
"""

import math
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from training.data import Look, batch, evenly, portions
from training.files import write_csv
from training.films import Films, Untrainable, Whole, class_weights
from training.hardware import autocast
from training.learner import Learner, copy_of, progress, to_learn
from training.plan import Plan
from training.prediction import predict

LEAST_GAIN = 0.002
"""Fall of the validation loss that counts as progress (the paper's code)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """One row of history.csv; validation cells are empty where the split has no film."""

    epoch: int
    learning_rate: float
    train_loss: float
    val_loss: float | None
    val_accuracy: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What training gave: the history, and the epoch whose weights the network now holds."""

    history: tuple[Epoch, ...]
    best_epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a network learns from before it is judged."""

    train: Films
    val: Films
    look: Look
    plan: Plan
    generator: torch.Generator

    @property
    def steps(self) -> int:
        """Steps in all epochs."""
        return self.plan.epochs * -(-self.drawn // self.plan.batch)

    @property
    def drawn(self) -> int:
        """Films in an epoch; with up-sampling some come again."""
        counts = self.train.counts
        is_even = self.plan.upsampling
        return int((counts > 0).sum() * counts.max()) if is_even else len(self.train)

    def weights(self) -> Tensor:
        """float32[C]: what a film of each label weighs; the same for all where they are even."""
        weights = class_weights(self.train)
        return (weights > 0).float() if self.plan.upsampling else weights

    def order(self) -> Iterator[Whole]:
        """The films of one epoch in steps, by their numbers in `train`."""
        films = evenly(self.train.targets, self.generator) if self.plan.upsampling else None
        for picked in portions(self.drawn, self.plan.batch, self.generator):
            yield picked if films is None else films[picked]


def train(net: nn.Module, lesson: Lesson) -> Course:
    """Train `net` in place, on the device it is on, and leave it with its best weights.

    Best is the lowest validation loss; without validation films it is the last epoch. Raises
    `Untrainable` when the loss leaves the numbers.
    """
    plan = lesson.plan
    weights = lesson.weights().to(next(net.parameters()).device)
    learn = Learner(net, plan, lesson.steps)
    history: list[Epoch] = []
    best, best_epoch, best_state = math.inf, 0, copy_of(net)
    with progress() as bar:
        for number in bar.track(range(1, plan.epochs + 1), description="training"):
            history.append(_epoch(number, net, lesson, weights, learn))
            val_loss = history[-1].val_loss
            # Without validation films every epoch is "better", so the last one stays.
            score = -number if val_loss is None else val_loss
            if score < best:
                best, best_epoch, best_state = score, number, copy_of(net)
            if _has_stalled(history, plan.patience):
                break
    net.load_state_dict(best_state)
    return Course(history=tuple(history), best_epoch=best_epoch)


def _epoch(number: int, net: nn.Module, lesson: Lesson, weights: Tensor, learn: Learner) -> Epoch:
    """One pass over the training films, and what the validation films say after it."""
    films = lesson.train
    to_learn(net)
    at_start, total = learn.rate, 0.0
    for picked in lesson.order():
        loss = loss_of(net, lesson, picked, weights)
        if not torch.isfinite(loss):
            raise Untrainable(
                f"epoch {number}: the loss is not a number; lower `learning_rate`, or look at the "
                f"films of this batch: {', '.join(films.rows['record_id'].iloc[picked])}"
            )
        learn.step(loss)
        total += float(loss.detach()) * len(picked)
    val_loss, val_accuracy = _judge(net, lesson, weights)
    return Epoch(
        epoch=number, learning_rate=at_start, train_loss=total / lesson.drawn,
        val_loss=val_loss, val_accuracy=val_accuracy,
    )  # fmt: skip


def loss_of(net: nn.Module, lesson: Lesson, picked: Whole, weights: Tensor) -> Tensor:
    """The mean loss of the training films numbered `picked`, varied as the plan says.

    `weights` are float32[C], of the labels, on the device of `net`.
    """
    plan, films = lesson.plan, lesson.train
    images = batch(
        films, picked, lesson.look, weights.device, (plan.augmentation, lesson.generator)
    )
    targets = torch.from_numpy(films.targets[picked]).to(weights.device)
    with autocast(weights.device):
        values = net(images)
    return cross_entropy(values.float(), targets, weights, label_smoothing=plan.label_smoothing)


def _judge(net: nn.Module, lesson: Lesson, weights: Tensor) -> tuple[float | None, float | None]:
    """Loss and accuracy on validation films, or nothing where there are none."""
    if len(lesson.val) == 0:
        return None, None
    values = predict(net, lesson.val, lesson.look, weights.device)
    targets = torch.from_numpy(lesson.val.targets)
    loss = float(cross_entropy(values, targets, weights.cpu()))
    return loss, float((values.argmax(1) == targets).double().mean())


def _has_stalled(history: list[Epoch], patience: int) -> bool:
    losses = [epoch.val_loss for epoch in history if epoch.val_loss is not None]
    if len(losses) <= patience:
        return False
    return min(losses[-patience:]) > min(losses[:-patience]) - LEAST_GAIN


def write_history(place: Path, history: tuple[Epoch, ...]) -> None:
    write_csv(place, [field.name for field in fields(Epoch)], [astuple(row) for row in history])
