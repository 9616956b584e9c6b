"""How long and how fast an experiment trains."""

import math
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from training.augmentation import Augmentation
from training.hardware import Precision

RISE = 0.3
"""Share of all steps on which one_cycle goes up."""
FIRST, LAST = 1 / 25, 1 / 25 / 10_000
"""Where it begins and ends, as shares of its highest."""


class Schedule(StrEnum):
    """How the learning rate goes from the first step to the last."""

    CONSTANT = "constant"
    COSINE = "cosine"
    ONE_CYCLE = "one_cycle"


class Balance(StrEnum):
    """What is drawn equally often."""

    NONE = "none"
    """Each film comes once; rare labels weigh more (paper 5.1)."""
    LABELS = "labels"
    """Every label as often as the commonest (the paper's code): each of its films at least once."""
    SOURCES = "sources"
    """Within each label every source equally often, and every label nearly so.

    An epoch is about as long as without, so that what it is compared with takes as many steps: a
    label of S sources gets N / C draws, and each source N / (C S) of them, rounded up. A source
    with more films shows another part of them in each epoch; of one with fewer all come, some
    again. What rounding leaves between labels, their weights make good.

    A source that holds one label only is as common in that label as any other, and absent from the
    rest: it still gives the label away to a network that knows it. Drawing cannot change that; it
    only stops a large source from standing for its label.
    """


class Robust(StrEnum):
    """Whether the films that err most count most."""

    NONE = "none"
    GROUP_DRO = "group_dro"
    """Those of one label and source (Sagawa et al. 2020): `training/worst_group.py`."""


class Pace(BaseModel):
    """How long and how fast to train."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    epochs: int = Field(ge=1, le=1000, strict=True)
    """Times each training film is seen."""
    batch: int = Field(ge=2, le=4096, strict=True)
    """Films per step."""
    learning_rate: float = Field(gt=0, le=1)
    """Where it is highest: at the start, or at the top of one_cycle."""
    schedule: Schedule
    """constant; cosine: down to zero behind the last step; one_cycle: up from a 25th, then down."""

    def rate(self, done: float) -> float:
        """The learning rate as a share of its highest, when `done` (0..1) of all steps are behind.

        Each is one line, of shares: timm's schedules count epochs and warm up in their own way, so
        that the same numbers would mean something else in an accumulated step.

        one_cycle is that of Smith and Topin (2018) in the shape that torch gives it, without its
        change of momentum.
        """
        if self.schedule is Schedule.CONSTANT:
            return 1.0
        if self.schedule is Schedule.COSINE:
            return 0.5 * (1 + math.cos(math.pi * done))
        if done < RISE:
            return _between(FIRST, 1.0, done / RISE)
        return _between(1.0, LAST, (done - RISE) / (1 - RISE))


def _between(start: float, end: float, done: float) -> float:
    """Half a wave of a cosine from `start` to `end`."""
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * done))


class Plan(Pace):
    """What a diagnosis needs beside."""

    accumulate: int = Field(ge=1, le=1024, strict=True)
    """Batches that make one step together, as one of so many more films would."""
    ema: float = Field(ge=0, lt=1)
    """Decay, per step, of a moving average of the weights that is judged and kept in their place;
    0 for none. Over the first steps it is less, so that the weights drawn at first are forgotten.
    """
    label_smoothing: float = Field(ge=0, lt=1)
    """Share of certainty taken from the true label and spread over all (paper 5.3: 0.1)."""
    patience: int = Field(ge=1, le=1000, strict=True)
    """Epochs without progress on the validation films after which training ends."""
    augmentation: Augmentation
    """none, anatomical, paper or scripts: how training films are varied."""
    optimizer: str
    """adam (the paper's), adamw, sgd, or any other of timm's."""
    weight_decay: float = Field(ge=0, le=1)
    """Pull of the weights towards zero; not of biases and normalisations."""
    precision: Precision
    """auto, float32, bfloat16 or float16: what the network computes in while it learns."""
    compiled: bool
    """Let torch.compile make kernels of its own first: minutes once, faster steps on a GPU."""
    balance: Balance
    """none, labels or sources: what is drawn equally often."""
    robust: Robust
    """none or group_dro: whether the worst group of films counts most."""
    robust_step: float = Field(ge=0, le=1)
    """How fast group_dro turns to the worst group; at 0 it trains as without."""
