"""Changes to training films that leave the diagnosis as it is, drawn on whole batches.

B batch, H and W pixels.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample


class Augmentation(StrEnum):
    """How training films are varied."""

    NONE = "none"
    ANATOMICAL = "anatomical"
    """What happens between two exposures of one patient. No flip: the heart stays on its side."""
    SCRIPTS = "scripts"
    """The paper's scripts (3.2): rotation up to 90 degrees, both flips."""
    PAPER = "paper"
    """The paper's notebooks (5.3): rotation up to 170 degrees, both flips, wide zoom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """How far a film may be changed."""

    degrees: float
    shift: float
    """Share of the side."""
    zoom: tuple[float, float]
    brightness: tuple[float, float]
    """Factor on grey levels."""
    is_flipped: bool


RANGES = {
    Augmentation.ANATOMICAL: Range(
        degrees=10, shift=0.05, zoom=(0.92, 1.08), brightness=(0.85, 1.15), is_flipped=False
    ),
    Augmentation.SCRIPTS: Range(
        degrees=90, shift=0, zoom=(1, 1), brightness=(1, 1), is_flipped=True
    ),
    Augmentation.PAPER: Range(
        degrees=170, shift=0.2, zoom=(0.8, 1.5), brightness=(0.5, 1.3), is_flipped=True
    ),
}


def drawn(kind: Augmentation, films: int, generator: torch.Generator) -> Tensor:
    """float32[6, films] in 0..1, by which films are varied; all chance comes from `generator`."""
    numbers = 0 if kind is Augmentation.NONE else 6
    return torch.rand((numbers, films), generator=generator)


def augmented(images: Tensor, kind: Augmentation, draws: Tensor) -> Tensor:
    """Each image of float32[B, 3, H, W] in 0..1 moved and brightened by its own column of `draws`.

    They are what `drawn` gives. What moves in from outside is black, as outside a film.
    """
    if kind is Augmentation.NONE:
        return images
    limits = RANGES[kind]
    grid = affine_grid(moves(limits, draws), list(images.shape), align_corners=False)
    moved = grid_sample(images, grid.to(images.device), padding_mode="zeros", align_corners=False)
    factor = between(limits.brightness, draws[5]).to(images.device)
    return (moved * factor[:, None, None, None]).clamp(0, 1)


def moves(limits: Range, draws: Tensor) -> Tensor:
    """float32[B, 2, 3]: rotation, zoom, flips and shift in one step, so films are sampled once."""
    angle = between((-limits.degrees, limits.degrees), draws[0]) * (math.pi / 180)
    zoom = between(limits.zoom, draws[1])
    # The grid spans -1..1, so a share of the side counts twice.
    shift = 2 * between((-limits.shift, limits.shift), draws[2:4])
    # One draw decides both flips: its four quarters are the four cases.
    case = (draws[4] * 4).long() if limits.is_flipped else torch.zeros_like(draws[4]).long()
    across, upright = 1 - 2 * (case % 2), 1 - 2 * (case // 2)
    cosine, sine = torch.cos(angle) / zoom, torch.sin(angle) / zoom
    first = torch.stack([cosine * across, -sine * across, shift[0]], dim=1)
    second = torch.stack([sine * upright, cosine * upright, shift[1]], dim=1)
    return torch.stack([first, second], dim=1)


def between(limits: tuple[float, float], draws: Tensor) -> Tensor:
    """Numbers in 0..1 stretched onto `limits`."""
    return limits[0] + (limits[1] - limits[0]) * draws
