"""Trains one experiment and keeps the weights that judged the validation films best.

The test split is never seen here. C classes, N films.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from training.course import Course, Epoch
from training.data import Look, batch, evenly, portions
from training.films import Films, Untrainable, Whole, class_weights
from training.hardware import autocast
from training.learner import Learner, copy_of, progress, to_learn
from training.plan import Plan
from training.prediction import predict
from training.resuming import Run, Unfinished


class NoNumber(ArithmeticError):  # noqa: N818 - it names a state of the loss
    """The loss left the numbers; says at which films."""


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
        return self.plan.epochs * -(-self.drawn // (self.plan.batch * self.plan.accumulate))

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

    def order(self) -> Iterator[list[Whole]]:
        """The batches of each step of one epoch, films by their numbers in `train`."""
        plan, films = self.plan, None
        if plan.upsampling:
            films = evenly(self.train.targets, self.generator)
        for picked in portions(self.drawn, plan.batch * plan.accumulate, self.generator):
            numbers = picked if films is None else films[picked]
            yield np.array_split(numbers, -(-len(numbers) // plan.batch))


def train(net: nn.Module, lesson: Lesson, unfinished: Unfinished | None = None) -> Course:
    """Train `net` in place, on the device it is on, and leave it with its best weights.

    Best is the lowest validation loss; without validation films it is the last epoch. With
    `unfinished` it begins where that one stands, and keeps there where it stands itself. Raises
    `Untrainable` when the loss leaves the numbers.
    """
    plan, course = lesson.plan, Course(weights=copy_of(net))
    weights = lesson.weights().to(next(net.parameters()).device)
    learn = Learner(net, plan, lesson.steps, plan.ema)
    run = Run(net=net, learner=learn, generator=lesson.generator, course=course)
    if unfinished:
        unfinished.take_up(run)
    with progress() as bar:
        numbers = range(len(course.history) + 1, plan.epochs + 1)
        for number in bar.track(numbers, description="training"):
            if course.has_stalled(plan.patience):
                break
            course.add(_epoch(number, net, lesson, weights, learn), copy_of(learn.learnt))
            if unfinished:
                unfinished.keep(run)
    net.load_state_dict(course.weights)
    return course


def _epoch(number: int, net: nn.Module, lesson: Lesson, weights: Tensor, learn: Learner) -> Epoch:
    """One pass over the training films, and what the validation films say after it."""
    to_learn(net)
    at_start, total = learn.rate, 0.0
    for batches in lesson.order():
        try:
            loss = gather(net, lesson, batches, weights)
        except NoNumber as named:
            raise Untrainable(
                f"epoch {number}: the loss is not a number; lower `learning_rate`, or look at the "
                f"films of this batch: {named}"
            ) from None
        learn.step()
        total += loss * sum(map(len, batches))
    val_loss, val_accuracy = _judge(learn.learnt, lesson, weights)
    return Epoch(
        epoch=number, learning_rate=at_start, train_loss=total / lesson.drawn,
        val_loss=val_loss, val_accuracy=val_accuracy,
    )  # fmt: skip


def gather(net: nn.Module, lesson: Lesson, batches: Sequence[Whole], weights: Tensor) -> float:
    """Add to the gradients of `net` those of the training films in `batches`; give the mean loss.

    Each batch counts as its films weigh, so that together they are as one. `weights` are
    float32[C], of the labels, on the device of `net`. Raises `NoNumber` with the films of a batch.
    """
    films, mean = lesson.train, 0.0
    shares = [float(weights[_targets(lesson, picked, weights)].sum()) for picked in batches]
    for picked, share in zip(batches, shares, strict=True):
        loss = _loss(net, lesson, picked, weights)
        if not torch.isfinite(loss):
            raise NoNumber(", ".join(films.rows["record_id"].iloc[picked]))
        torch.autograd.backward(loss * (share / sum(shares)))
        mean += float(loss.detach()) * (share / sum(shares))
    return mean


def _targets(lesson: Lesson, picked: Whole, weights: Tensor) -> Tensor:
    return torch.from_numpy(lesson.train.targets[picked]).to(weights.device)


def _loss(net: nn.Module, lesson: Lesson, picked: Whole, weights: Tensor) -> Tensor:
    """The mean loss of the training films numbered `picked`, varied as the plan says."""
    plan = lesson.plan
    images = batch(
        lesson.train, picked, lesson.look, weights.device, (plan.augmentation, lesson.generator)
    )
    with autocast(weights.device):
        values = net(images)
    targets = _targets(lesson, picked, weights)
    return cross_entropy(values.float(), targets, weights, label_smoothing=plan.label_smoothing)


def _judge(net: nn.Module, lesson: Lesson, weights: Tensor) -> tuple[float | None, float | None]:
    """Loss and accuracy on validation films, or nothing where there are none."""
    if len(lesson.val) == 0:
        return None, None
    values = predict(net, lesson.val, lesson.look, weights.device)
    targets = torch.from_numpy(lesson.val.targets)
    loss = float(cross_entropy(values, targets, weights.cpu()))
    return loss, float((values.argmax(1) == targets).double().mean())
