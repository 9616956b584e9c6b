"""Deletion and insertion (Petsiuk et al. 2018): is what is hot what the network goes by?

Deleting hides the hottest pixels first, and a probability that falls fast speaks for the heat;
inserting shows them first on a blurred film, and there it should rise fast. Two orders that know
nothing of the network say what that is worth. H and W pixels, S steps.
"""

from collections.abc import Mapping
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor
from torch.nn.functional import interpolate
from torchvision.transforms.functional import gaussian_blur

from training.data import portions
from training.explained.gradcam import SIDE, Heat
from training.explained.saying import Says
from training.metrics import Floats

BLUR = 0.1
"""Deviation of the blur, as a share of the film's side: lungs are left, and no opacity."""
FILMS_AT_ONCE = 32


class Params(BaseModel):
    """How finely pixels are hidden."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    films: int = Field(ge=0, le=10_000)
    """Films per experiment; each takes as long as six times `steps` films."""
    steps: int = Field(ge=2, le=1000)
    """In so many equal parts pixels are deleted and inserted."""


class Way(StrEnum):
    """What is done to the film, pixel by pixel."""

    DELETION = "deletion"
    INSERTION = "insertion"


class Order(StrEnum):
    """Which pixels come first."""

    HEAT = "heat"
    RANDOM = "random"
    """Another heat map of cells as large, drawn at random."""
    CENTRE = "centre"
    """From the middle of the frame outwards: it knows neither the lungs nor the network."""


Curves = Mapping[tuple[Way, Order], Floats]
"""For each float64[S + 1], the label's probability after 0, 1/S, ... 1 of the pixels."""


def maps_of(
    heat_map: Heat, cells: int, size: int, generator: torch.Generator
) -> Mapping[Order, Tensor]:
    """For each order float32[size, size]; the random map has `cells` a side, as the heat has."""
    return {
        Order.HEAT: _stretched(torch.from_numpy(heat_map), size),
        Order.RANDOM: _stretched(torch.rand((cells, cells), generator=generator), size),
        Order.CENTRE: -_from_centre(size),
    }


def curves(says: Says, image: Tensor, maps: Mapping[Order, Tensor], steps: int) -> Curves:
    """The curves of one film, float32[1, 3, H, W], standardised, in the orders of `maps`."""
    grounds = {Way.DELETION: torch.zeros_like(image), Way.INSERTION: _blurred(image)}
    shares = torch.arange(steps + 1) / steps
    found: dict[tuple[Way, Order], Floats] = {}
    for order, values in maps.items():
        # Pixels as hot as each other, of no heat above all, must not go row by row.
        ranks = _ranks(values, maps[Order.RANDOM])
        is_taken = ranks < (shares * ranks.numel()).round()[:, None, None]
        taken = is_taken[:, None].to(image.device)
        for way, ground in grounds.items():
            hidden = taken if way is Way.DELETION else ~taken
            said = [
                says(torch.where(hidden[part], ground, image))
                for part in portions(len(hidden), FILMS_AT_ONCE)
            ]
            found[way, order] = torch.cat(said).double().cpu().numpy()
    return found


def area(curve: Floats) -> float:
    """The area under a curve over the share of pixels, 0..1."""
    return float(np.trapezoid(curve) / (len(curve) - 1))


def _ranks(values: Tensor, noise: Tensor) -> Tensor:
    """int64[H, W]: 0 for the highest of `values`; `noise` decides between equal ones."""
    keys: tuple[npt.NDArray[np.floating], ...] = (-noise.numpy().ravel(), -values.numpy().ravel())
    ranks = np.empty(values.numel(), np.int64)
    ranks[np.lexsort(keys)] = np.arange(values.numel())
    return torch.from_numpy(ranks).reshape(values.shape)


def _stretched(cells: Tensor, size: int) -> Tensor:
    mode = "area" if cells.shape[-1] >= SIDE > size else "bilinear"
    return interpolate(cells[None, None], size=(size, size), mode=mode)[0, 0]


def _from_centre(size: int) -> Tensor:
    at = torch.arange(size) - (size - 1) / 2
    return torch.hypot(at[:, None], at[None, :])


def _blurred(image: Tensor) -> Tensor:
    deviation = BLUR * image.shape[-1]
    # As far as a mirrored edge reaches.
    wide = min(2 * round(2 * deviation) + 1, 2 * ((image.shape[-1] - 1) // 2) - 1)
    blurred: Tensor = gaussian_blur(image, [wide, wide], [deviation, deviation])
    return blurred
