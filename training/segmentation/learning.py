"""Trains a segmenter and keeps the weights that found the lungs of the validation films best.

The test films are never seen here. B batch, N films, S pixels a side.
"""

from dataclasses import astuple, dataclass, fields
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from training.data import portions
from training.files import write_csv
from training.films import Untrainable
from training.learner import Learner, copy_of, progress
from training.machine import Machine
from training.plan import Pace
from training.segmentation.look import standardised
from training.segmentation.prediction import chances
from training.segmentation.sides import Side
from training.segmentation.varied import varied


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """One row of history.csv; `val_dice` is empty where there is no validation film."""

    epoch: int
    learning_rate: float
    train_loss: float
    val_dice: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What training gave: the history, and the epoch whose weights the network now holds."""

    history: tuple[Epoch, ...]
    best_epoch: int


def learn(net: nn.Module, train: Side, val: Side, pace: Pace, generator: torch.Generator) -> Course:
    """Train `net` in place, on the device it is on, and leave it with its best weights.

    Best is the highest Dice on the validation films; without any it is the last epoch. Raises
    `Untrainable` when the loss leaves the numbers.
    """
    machine, adam = Machine(), torch.optim.Adam(net.parameters(), lr=pace.learning_rate)
    steps = Learner(net, adam, pace, pace.epochs * -(-len(train) // pace.batch), machine)
    history: list[Epoch] = []
    best, best_epoch, best_state = -1.0, 0, copy_of(net)
    with progress() as bar:
        for number in bar.track(range(1, pace.epochs + 1), description="finding lungs"):
            at_start = steps.rate
            loss = _epoch(number, net, train, pace, steps, machine, generator)
            val_dice = _val_dice(net, val)
            history.append(
                Epoch(epoch=number, learning_rate=at_start, train_loss=loss, val_dice=val_dice)
            )
            # Without validation films every epoch is "better", so the last one stays.
            score = float(number) if val_dice is None else val_dice
            if score > best:
                best, best_epoch, best_state = score, number, copy_of(net)
    net.load_state_dict(best_state)
    return Course(history=tuple(history), best_epoch=best_epoch)


def _epoch(  # noqa: PLR0913, PLR0917 - one pass needs all of what `learn` was given
    number: int, net: nn.Module, train: Side, pace: Pace, steps: Learner, machine: Machine,
    generator: torch.Generator,
) -> float:  # fmt: skip
    """The mean loss of one pass over the training films."""
    place, total = next(net.parameters()).device, 0.0
    net.train()
    for picked in portions(len(train), pace.batch, generator):
        films, masks = varied(
            train.films[picked].to(place), train.masks[picked].to(place), generator
        )
        with machine.autocast():
            values = net(standardised(films))
        loss = loss_of(values.float(), masks)
        if not torch.isfinite(loss):
            raise Untrainable(f"epoch {number}: the loss is not a number; lower `learning_rate`")
        machine.backward(loss)
        steps.step()
        total += float(loss.detach()) * len(picked)
    return total / len(train)


def loss_of(values: Tensor, masks: Tensor) -> Tensor:
    """Cross-entropy of each pixel, plus what each film lacks in Dice; both float32[B, 1, S, S].

    Cross-entropy alone cares for area, Dice alone gives no direction while all is wrong.
    """
    said = torch.sigmoid(values)
    both = 2 * (said * masks).sum((1, 2, 3)) + 1
    dice = both / (said.sum((1, 2, 3)) + masks.sum((1, 2, 3)) + 1)
    return binary_cross_entropy_with_logits(values, masks) + (1 - dice).mean()


def _val_dice(net: nn.Module, val: Side) -> float | None:
    """Mean Dice of the validation films at the network's own side."""
    if len(val) == 0:
        return None
    said, true = chances(net, val.films) > 0.5, val.masks > 0.5  # noqa: PLR2004 - half sure
    both = (said & true).sum((1, 2, 3)).double()
    either = (said.sum((1, 2, 3)) + true.sum((1, 2, 3))).double()
    return float((2 * both / either.clamp_min(1)).mean())


def write_history(place: Path, history: tuple[Epoch, ...]) -> None:
    write_csv(place, [field.name for field in fields(Epoch)], [astuple(row) for row in history])
