"""LIME (Ribeiro et al. 2016): which super-pixels speak for the label a network named.

Some super-pixels are hidden, at random and many times; a ridge regression then says what each is
worth. H and W pixels, K super-pixels.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from captum._utils.models.linear_model import SkLearnRidge
from captum.attr import Lime
from pydantic import BaseModel, ConfigDict, Field
from skimage.segmentation import slic
from torch import Tensor

from manifests.contract.images import Pixels
from training.explained.saying import Says
from training.films import Whole
from training.metrics import Floats

KERNEL_WIDTH, PULL = 0.25, 1.0
"""Those of LIME's own code for pictures."""
COMPACTNESS, BLUR = 0.1, 1.0
"""Of super-pixels, for grey levels of 0 to 1; without a blur, in pixels, grain tears them apart."""
FILMS_AT_ONCE = 32


class Params(BaseModel):
    """How LIME asks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    films: int = Field(ge=0, le=10_000)
    """Films per experiment; each takes as long as `samples` films."""
    samples: int = Field(ge=10, le=100_000)
    """Times that super-pixels of a film are hidden."""
    segments: int = Field(ge=4, le=1000)
    """Super-pixels of a film, about."""
    shown: int = Field(ge=1, le=100)
    """Super-pixels that weigh most and are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What each super-pixel of a film says of the label."""

    segments: Whole
    """int64[H, W], 0 to K - 1."""
    weights: Floats
    """float64[K]: what showing each adds to the label's probability; below 0 it speaks against."""

    def weightiest(self, count: int) -> list[int]:
        """The numbers of the `count` super-pixels that weigh most, either way."""
        order = np.argsort(-np.abs(self.weights), kind="stable")[:count]
        return [int(number) for number in order if self.weights[number] != 0]

    def mask(self, numbers: list[int]) -> Pixels:
        """uint8[H, W], 255 in the super-pixels."""
        return np.asarray(np.isin(self.segments, numbers) * 255, np.uint8)


def superpixels(film: Pixels, count: int) -> Whole:
    """int64[H, W]: about `count` parts of uint8[H, W] that hang together (SLIC)."""
    grey = film.astype(np.float64) / 255
    parts = slic(
        grey, n_segments=count, compactness=COMPACTNESS, sigma=BLUR, channel_axis=None,
        start_label=0,
    )  # fmt: skip
    return np.unique(parts, return_inverse=True)[1].reshape(film.shape).astype(np.int64)


def lime(
    says: Says, image: Tensor, segments: Whole, samples: int, generator: torch.Generator
) -> Spoken:
    """What int64[H, W] parts of float32[1, 3, H, W], standardised, add to what is said of it.

    A hidden part is of the training films' mean grey. Its own mean, which LIME's code takes, would
    hide nothing of an opacity: that is as bright all over.
    """
    parts = torch.from_numpy(segments).to(image.device)
    count, ground = int(parts.max()) + 1, torch.zeros_like(image)

    def of_shown(rows: Tensor) -> Tensor:
        # Only rows of zeros and ones go through captum: whole films would take it far longer.
        return says(torch.where(rows[:, None].bool()[:, :, parts], image, ground))

    def drawn(row: Tensor, **_given: object) -> Tensor:
        # On the CPU, so that a GPU draws the same.
        return torch.randint(2, (1, count), generator=generator).to(row.device)

    explainer = Lime(
        of_shown, interpretable_model=SkLearnRidge(alpha=PULL), similarity_func=_nearness,
        perturb_func=drawn,
    )  # fmt: skip
    weights = explainer.attribute(
        torch.ones((1, count), device=image.device), baselines=0, n_samples=samples,
        perturbations_per_eval=FILMS_AT_ONCE, return_input_shape=False,
    )  # fmt: skip
    found: Floats = weights.reshape(-1).double().cpu().numpy()
    return Spoken(segments=segments, weights=found)


def _nearness(_: Tensor, __: Tensor, is_shown: Tensor, **_given: object) -> float:
    """How much a sample counts: the less is hidden, the more."""
    distance = 1 - math.sqrt(float(is_shown.float().mean()))
    return math.sqrt(math.exp(-(distance**2) / KERNEL_WIDTH**2))
