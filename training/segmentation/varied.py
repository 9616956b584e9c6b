"""Changes to training films and their masks that leave the anatomy as it is, drawn on batches.

B batch, S pixels a side.
"""

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

from training.augmentation import Range, between, moves

LIMITS = Range(degrees=8, shift=0.08, zoom=(0.85, 1.2), brightness=(0.7, 1.3), is_flipped=False)
"""No flip: the heart stays on its side. Wider than for a diagnosis, since films of other hospitals
are cropped otherwise."""
GAMMA = (0.6, 1.6)


def varied(films: Tensor, masks: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Each film (float32[B, 1, S, S] in 0..1) and its mask (the same, 0 or 1) moved as one.

    Contrast and gamma change the film alone. What moves in from outside is black, and no lung. All
    chance comes from `generator` (CPU).
    """
    draws = torch.rand((7, len(films)), generator=generator)
    both = torch.cat([films, masks], 1)
    grid = affine_grid(moves(LIMITS, draws), list(both.shape), align_corners=False)
    both = grid_sample(both, grid.to(films.device), padding_mode="zeros", align_corners=False)
    gamma = between(GAMMA, draws[6]).to(films.device)[:, None, None, None]
    factor = between(LIMITS.brightness, draws[5]).to(films.device)[:, None, None, None]
    moved = (both[:, :1] * factor).clamp(1e-4, 1) ** gamma
    return moved, (both[:, 1:] > 0.5).float()  # noqa: PLR2004 - nearer to 1 than to 0
