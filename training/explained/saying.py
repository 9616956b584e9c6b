"""How likely a network finds one label: all that LIME, occlusion and erasing need to know of it."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

Says = Callable[[Tensor], Tensor]
"""float32[B, 3, H, W], standardised -> float32[B], a probability."""


def says(net: nn.Module, number: int) -> Says:
    """What `net` says of class `number`; `net` must be in evaluation mode."""

    def probability(images: Tensor) -> Tensor:
        laid = images.contiguous(memory_format=torch.channels_last)
        with torch.no_grad():
            return torch.softmax(net(laid).float(), 1)[:, number]

    return probability
