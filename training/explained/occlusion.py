"""Occlusion (Zeiler & Fergus 2014): what a network no longer says once a window hides a place."""

import numpy as np
from captum.attr import Occlusion
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor
from torch.nn.functional import interpolate

from training.explained.gradcam import SIDE, Heat
from training.explained.saying import Says

FILMS_AT_ONCE = 32
LEAST = 1e-4
"""Of a probability; what moves it less is rounding, and would be stretched to a map of noise."""


class Params(BaseModel):
    """How the window moves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    films: int = Field(ge=0, le=10_000)
    """Films per experiment; each takes as long as there are places of the window."""
    window: float = Field(gt=0, le=1)
    """Its side, as a share of the film's."""
    stride: float = Field(gt=0, le=1)
    """From one place to the next, as a share of the film's side."""


def occlusion(says: Says, image: Tensor, window: float, stride: float) -> Heat:
    """float32[320, 320], 0..1: how much of what is said of a film each place carries.

    `image` is float32[1, 3, H, W], standardised: the window is of the training films' mean grey.
    Places whose hiding makes the label likelier have no heat; the hottest place has 1, unless its
    hiding takes less than `LEAST`.
    """
    size = image.shape[-1]
    wide = max(1, round(window * size))
    # A step beyond the window would leave places that are never hidden.
    step = min(wide, max(1, round(stride * size)))
    lost = Occlusion(says).attribute(
        image, sliding_window_shapes=(3, wide, wide), strides=(3, step, step),
        perturbations_per_eval=FILMS_AT_ONCE,
    )  # fmt: skip
    speaks = lost.mean(1, keepdim=True).clamp(min=0).float().cpu()
    most = float(speaks.max())
    wide_map = interpolate(speaks, size=(SIDE, SIDE), mode="bilinear")[0, 0]
    scale = 1 / most if most >= LEAST else 0.0
    return np.asarray((wide_map * scale).clamp(0, 1).numpy(), np.float32)
