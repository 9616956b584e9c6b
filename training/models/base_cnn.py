"""The paper's base model (4.1, figure 5), as its code builds it.

Five convolutions of 32 filters, stride 2 and no padding, the first 5x5 and the others 3x3, then
10, 10 and the output; no pooling, no batch normalisation. At 320x320x3 with one sigmoid output it
has 60,035 parameters. B batch, C classes, H and W pixels.
"""

import torch
from torch import Tensor, nn

from manifests.contract.params import Misspelt

NAME = "base_cnn"
KERNELS = (5, 3, 3, 3, 3)
FILTERS, HIDDEN, STRIDE = 32, 10, 2
SMALLEST = 65
"""Below this side the fifth convolution finds no pixel."""


class BaseCnn(nn.Module):
    """float32[B, 3, H, W] -> float32[B, C], values before the softmax."""

    def __init__(self, *, classes: int, size: int) -> None:
        super().__init__()
        if size < SMALLEST:
            raise Misspelt(f"params.yaml: base_cnn needs a size of {SMALLEST} or more, not {size}")
        layers: list[nn.Module] = []
        channels, side = 3, size
        for kernel in KERNELS:
            layers += [nn.Conv2d(channels, FILTERS, kernel, stride=STRIDE), nn.ReLU()]
            channels, side = FILTERS, (side - kernel) // STRIDE + 1
        self.features = nn.Sequential(*layers)
        outputs = 1 if classes == 2 else classes  # noqa: PLR2004 - two classes share one sigmoid
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Linear(FILTERS * side * side, HIDDEN), nn.ReLU(),
            nn.Linear(HIDDEN, HIDDEN), nn.ReLU(),
            nn.Linear(HIDDEN, outputs),
        )  # fmt: skip
        self.apply(_start_as_keras)

    def forward(self, images: Tensor) -> Tensor:
        values: Tensor = self.head(self.features(images))
        # sigmoid(z) is the softmax of (-z/2, z/2): two classes train and explain like any number.
        return torch.cat([-values, values], 1) / 2 if values.shape[1] == 1 else values


def field(cells: int, size: int) -> tuple[float, float]:
    """Where the map of `cells` a side looks: pixel at the centre of its first cell, pixels a step.

    Without padding the cells do not tile the film: at 320 pixels the eight cells of the last map
    look at pixels 32, 64, ... 256.
    """
    centre, step, side = 0.0, 1, size
    for kernel in KERNELS:
        centre += (kernel - 1) / 2 * step
        step, side = step * STRIDE, (side - kernel) // STRIDE + 1
        if side == cells:
            break
    return centre, float(step)


def _start_as_keras(layer: nn.Module) -> None:
    """Without batch normalisation, torch's smaller first weights fade out over eight layers."""
    if isinstance(layer, nn.Conv2d | nn.Linear):
        nn.init.xavier_uniform_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
