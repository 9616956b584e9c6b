"""Shows films to a network and gathers where its weights should go, step by step.

With several processes each shows its own part of every batch; together they gather what one would.
B batch, C classes.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torchmetrics.classification import MulticlassAccuracy

from manifests.contract.params import Misspelt
from training.augmentation import drawn
from training.data import ahead, stacks, standardised
from training.films import Whole
from training.lesson import Lesson
from training.machine import Machine
from training.worst_group import Emphasis, emphasis_of

Step = tuple[list[Whole], list[Tensor]]
"""The batches of a step: all films in each by number, and the stacks of this process's own."""


FEWEST = 2
"""Films in a batch: one has no variance."""


class NoNumber(ArithmeticError):  # noqa: N818 - it names a state of the loss
    """The loss left the numbers; says at which films."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lecture:
    """A network that learns, what it learns from, and the machine that it learns on."""

    learning: nn.Module
    """What films are shown to; `Machine.shown` gives it."""
    lesson: Lesson
    machine: Machine
    weights: Tensor
    """float32[C], of the labels, on the CPU."""
    accuracy: MulticlassAccuracy
    """Counts over all processes how often the answer was right while learning."""
    emphasis: Emphasis | None
    """What the films of each group weigh beside, and learns from every step; None: all alike."""

    def steps(self, order: Iterable[list[Whole]]) -> Iterator[Step]:
        """The steps of `order` with their films, which are read while the one before is shown."""
        yield from ahead(iter(order), self._read)

    def gather(self, step: Step) -> float:
        """Add to the gradients those of the films in `step`; give this process's part of the loss.

        The parts of all processes add up to the mean over the films as they weigh, as if they had
        been one batch; then `emphasis` is told how each group fared. Raises `NoNumber` with the
        films of a batch, in all processes alike.
        """
        batches, films = step
        shares = [self._weight(picked) for picked in batches]
        # Drawn for all films of the step in each process, so that a film is varied alike whoever
        # shows it, and in however many batches.
        edges = np.cumsum([len(picked) for picked in batches])[:-1].tolist()
        draws = drawn(
            self.lesson.plan.augmentation, sum(map(len, batches)), self.lesson.generator
        ).tensor_split(edges, dim=1)
        loss_of_all, fared = 0.0, list[Tensor]()
        for number, (picked, own, varied) in enumerate(zip(batches, films, draws, strict=True)):
            with self.machine.alone(self.learning, is_last=number == len(batches) - 1):
                values, targets = self._answers(picked, own, varied)
                loss = self._loss(picked, values, targets)
                share = self._weight(picked[self.machine.own(picked)]) / sum(shares)
                # Processes take the mean of their gradients, and what is wanted is the sum.
                self.machine.backward(loss * (share * self.machine.count))
            # Only now, since a GPU is waited for: it had all of the batch to do meanwhile.
            told = float(loss.detach())
            if self.machine.is_any(found=not math.isfinite(told)):
                raise NoNumber(", ".join(self.lesson.train.rows["record_id"].iloc[picked]))
            loss_of_all += told * share
            fared.append(self._fared(picked, values.detach(), targets))
        if self.emphasis is not None:
            self.emphasis.turn(self.machine.summed(torch.stack(fared).sum(0)))
        return loss_of_all

    def _read(self, batches: Sequence[Whole]) -> list[Tensor]:
        return [stacks(self.lesson.train, picked[self.machine.own(picked)]) for picked in batches]

    def _weight(self, picked: Whole) -> float:
        return float(self.weights[self.lesson.train.targets[picked]].sum())

    def _answers(self, picked: Whole, own: Tensor, draws: Tensor) -> tuple[Tensor, Tensor]:
        """float32[B, C] and int64[B]: what is said of this process's films, and what is true."""
        lesson, plan, device = self.lesson, self.lesson.plan, self.machine.device
        part = self.machine.own(picked)
        images = standardised(own, lesson.look, device, (plan.augmentation, draws[:, part]))
        with self.machine.autocast():
            values = self.learning(images)
        targets = torch.from_numpy(lesson.train.targets[picked[part]]).to(device)
        self.accuracy.update(values.detach().float(), targets)
        return values.float(), targets

    def _loss(self, picked: Whole, values: Tensor, targets: Tensor) -> Tensor:
        """The mean loss of this process's films, as their labels weigh, and as `emphasis` does."""
        weights, smoothing = self.weights.to(values.device), self.lesson.plan.label_smoothing
        if self.emphasis is None:
            return cross_entropy(values, targets, weights, label_smoothing=smoothing)
        own = picked[self.machine.own(picked)]
        losses = cross_entropy(
            values, targets, weights, label_smoothing=smoothing, reduction="none"
        )
        # Divided by what the films usually weigh: a step without the worst group is a small one.
        return (losses * self.emphasis.of(own).to(losses)).sum() / self._weight(own)

    def _fared(self, picked: Whole, values: Tensor, targets: Tensor) -> Tensor:
        """What `emphasis` counts of this process's films; nothing where there is none."""
        if self.emphasis is None:
            return torch.zeros(0)
        losses = cross_entropy(values, targets, reduction="none").cpu()
        return self.emphasis.counted(picked[self.machine.own(picked)], losses)


def lecture(net: nn.Module, lesson: Lesson, machine: Machine) -> Lecture:
    """`net` before the films of `lesson`, on `machine`.

    Raises `Misspelt` where a batch is too small to be shared, or to be normalised.
    """
    least = lesson.least_batch
    if least < max(machine.count, FEWEST):
        raise Misspelt(
            f"params.yaml: of {lesson.drawn} films by `batch: {lesson.plan.batch}` the smallest "
            f"batch has {least}, which cannot be shared by {machine.count} processes"
            if machine.count > 1
            else f"params.yaml: of {lesson.drawn} films by `batch: {lesson.plan.batch}` one batch "
            "is a single film, whose figures have no spread to normalise by; raise `batch`"
        )
    return Lecture(
        learning=machine.shown(net, is_compiled=lesson.plan.compiled),
        lesson=lesson,
        machine=machine,
        weights=lesson.weights(),
        accuracy=MulticlassAccuracy(len(lesson.train.labels), average="micro").to(machine.device),
        emphasis=emphasis_of(lesson),
    )
