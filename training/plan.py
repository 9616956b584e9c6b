"""How long and how fast an experiment trains."""

import math
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from training.augmentation import Augmentation


class Schedule(StrEnum):
    """How the learning rate goes from the first step to the last."""

    CONSTANT = "constant"
    COSINE = "cosine"


class Pace(BaseModel):
    """How long and how fast to train."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    epochs: int = Field(ge=1, le=1000)
    """Times each training film is seen."""
    batch: int = Field(ge=2, le=4096)
    """Films per step."""
    learning_rate: float = Field(gt=0, le=1)
    """Of Adam, at the start."""
    schedule: Schedule
    """constant, or cosine: down to zero at the last step."""

    def rate(self, done: float) -> float:
        """The learning rate as a share of its start, when `done` (0..1) of all steps are behind."""
        if self.schedule is Schedule.CONSTANT:
            return 1.0
        return 0.5 * (1 + math.cos(math.pi * done))


class Plan(Pace):
    """What a diagnosis needs beside."""

    accumulate: int = Field(ge=1, le=1024)
    """Batches that make one step together, as one of so many more films would."""
    label_smoothing: float = Field(ge=0, lt=1)
    """Share of certainty taken from the true label and spread over all (paper 5.3: 0.1)."""
    patience: int = Field(ge=1, le=1000)
    """Epochs without progress on the validation films after which training ends."""
    augmentation: Augmentation
    """none, anatomical or paper: how training films are varied."""
    upsampling: bool
    """Draw every label as often as the commonest (the paper's code), in place of class weights."""
