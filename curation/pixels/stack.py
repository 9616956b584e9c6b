"""How a film becomes what a network sees: the one function for training and for every later use.

Training reads the shards that stage prepare makes with it, so that no second version of these
steps can drift away from it.
"""

import hashlib
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from curation.pixels.enhance import beasf, clahe, equalize
from manifests.contract.images import Pixels

VERSION = "1"
"""Another one whenever the same recipe would give other pixels."""
Three = Field(min_length=3, max_length=3)


class Channel(StrEnum):
    """What one channel of a stack shows."""

    IMAGE = "image"
    BEASF = "beasf"
    CLAHE = "clahe"
    EQUALIZED = "equalized"


class Recipe(BaseModel):
    """From a film to a stack."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int = Field(ge=16, le=2048)
    """Pixels a side; the paper uses 320."""
    channels: tuple[Channel, ...] = Three
    """Three of image, beasf, clahe and equalized; their order is part of the recipe."""
    beasf_gamma: float = Field(gt=0, le=20)
    """Slope of the sigmoids; the paper uses 1.5."""
    clahe_clip: float = Field(gt=0, le=100)
    """Limit of a bin, in multiples of the mean one; the paper uses 2."""
    clahe_tiles: int = Field(ge=1, le=64)
    """Regions along each side; the paper uses 8."""

    @property
    def recipe_id(self) -> str:
        """Twelve hex digits that change when the stacks would."""
        return hashlib.sha256(f"{VERSION}:{self.model_dump_json()}".encode()).hexdigest()[:12]


def stack(pixels: Pixels, recipe: Recipe) -> npt.NDArray[np.uint8]:
    """uint8[H, W] -> uint8[size, size, 3]: the whole frame squeezed, then each channel from it."""
    image = squeezed(pixels, recipe.size)
    made = {
        Channel.IMAGE: lambda: image,
        Channel.BEASF: lambda: beasf(image, recipe.beasf_gamma),
        Channel.CLAHE: lambda: clahe(image, recipe.clahe_clip, recipe.clahe_tiles),
        Channel.EQUALIZED: lambda: equalize(image),
    }
    return np.stack([made[channel]() for channel in recipe.channels], axis=2)


def squeezed(pixels: Pixels, size: int) -> Pixels:
    """The whole frame at `size` x `size`, as masks of the frame are; the aspect is not kept.

    By area where the film is the larger one, which averages noise and leaves no jagged lines, and
    bicubic, the paper's choice, where it must grow.
    """
    shrinks = min(pixels.shape) >= size
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, (size, size), interpolation=how), np.uint8)
