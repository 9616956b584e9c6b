"""Trains one experiment and keeps the weights that judged the validation films best.

The test split is never seen here.
"""

import math
from collections.abc import Callable

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torchmetrics.aggregation import SumMetric
from torchmetrics.functional.classification import multiclass_accuracy

from training.course import Course, Epoch
from training.films import Untrainable
from training.learner import Learner, copy_of, optimizer_of, progress, to_learn
from training.lecture import Lecture, NoNumber, lecture
from training.lesson import Lesson
from training.machine import Machine
from training.prediction import predict
from training.resuming import Run, Unfinished
from training.seed import seed_apart


def train(
    net: nn.Module,
    lesson: Lesson,
    unfinished: Unfinished | None = None,
    told: Callable[[Epoch], None] = lambda _: None,
) -> Course:
    """Train `net` in place, on the device it is on, and leave it with its best weights.

    Best is the lowest validation loss; without validation films it is the last epoch. With
    `unfinished` it begins where that one stands, and keeps there where it stands itself. Each epoch
    is `told` once, those of before as well. Raises `Untrainable` when the loss leaves the numbers.
    """
    plan, course, machine = (
        lesson.plan,
        Course(weights=copy_of(net)),
        Machine(lesson.plan.precision),
    )
    seed_apart(machine.number)
    given = lecture(net, lesson, machine)
    learn = Learner(net, optimizer_of(net, plan), plan, lesson.steps, machine, plan.ema)
    run = Run(
        net=net, learner=learn, generator=lesson.generator, course=course, machine=machine,
        emphasis=given.emphasis,
    )  # fmt: skip
    if unfinished:
        unfinished.take_up(run)
    for epoch in course.history:
        told(epoch)
    with progress() as bar:
        numbers = range(len(course.history) + 1, plan.epochs + 1)
        for number in bar.track(numbers, description="training"):
            if course.has_stalled(plan.patience):
                break
            epoch = _epoch(number, given, learn)
            course.add(epoch, learn.learnt)
            told(epoch)
            if unfinished:
                unfinished.keep(run)
    net.load_state_dict(course.weights)
    return course


def _epoch(number: int, given: Lecture, learn: Learner) -> Epoch:
    """One pass over the training films, and what the validation films say after it."""
    to_learn(given.learning)
    at_start, lesson = learn.rate, given.lesson
    total = SumMetric().to(given.machine.device)
    given.accuracy.reset()
    for step in given.steps(lesson.order()):
        try:
            total.update(given.gather(step) * sum(map(len, step[0])))
        except NoNumber as named:
            raise Untrainable(
                f"epoch {number}: the loss is not a number; lower `learning_rate`, or look at the "
                f"films of this batch: {named}"
            ) from None
        learn.step()
    val_loss, val_accuracy = _judge(learn.learnt, given)
    if not _is_sound(learn.learnt) or not math.isfinite(val_loss or 0.0):
        raise Untrainable(
            f"epoch {number}: the weights left the numbers in its last step; lower `learning_rate`"
        )
    return Epoch(
        epoch=number, learning_rate=at_start, train_loss=float(total.compute()) / lesson.drawn,
        train_accuracy=float(given.accuracy.compute()),
        val_loss=val_loss, val_accuracy=val_accuracy,
    )  # fmt: skip


def _is_sound(net: nn.Module) -> bool:
    return all(
        bool(torch.isfinite(value).all())
        for value in net.state_dict().values()
        if value.is_floating_point()
    )


def _judge(net: nn.Module, given: Lecture) -> tuple[float | None, float | None]:
    """Loss and accuracy on validation films, or nothing where there are none."""
    films = given.lesson.val
    if len(films) == 0:
        return None, None
    values = predict(net, films, given.lesson.look, given.machine.device, given.machine)
    targets = torch.from_numpy(films.targets)
    right = multiclass_accuracy(values, targets, len(films.labels), average="micro")
    return float(cross_entropy(values, targets, given.weights)), float(right)
