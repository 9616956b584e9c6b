"""The paper's base model (4.1, figure 5): as its code builds it, and as its text prints it.

Five convolutions of 32 filters without padding, then 10, 10 and the output; no pooling, no batch
normalisation. In code the first is 5x5, the others 3x3, all with stride 2: at 320x320x3 with one
sigmoid output 60,035 parameters. In print all are 3x3, of stride 1 where none is named: 30,790,019.
B batch, C classes, H and W pixels.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from manifests.contract.params import Misspelt

FILTERS, HIDDEN = 32, 10


class Form(NamedTuple):
    """The kernels of the convolutions from the film inwards, and their stride."""

    kernels: tuple[int, ...]
    stride: int

    @property
    def smallest(self) -> int:
        """Below this side the last convolution finds no pixel."""
        side = 1
        for kernel in reversed(self.kernels):
            side = (side - 1) * self.stride + kernel
        return side

    def field(self, cells: int, size: int) -> tuple[float, float]:
        """Where the map of `cells` a side looks: pixel at the centre of its first cell, the step.

        Without padding the cells do not tile the film: at 320 pixels the eight cells of the coded
        model's last map look at pixels 32, 64, ... 256.
        """
        centre, step, side = 0.0, 1, size
        for kernel in self.kernels:
            centre += (kernel - 1) / 2 * step
            step, side = step * self.stride, (side - kernel) // self.stride + 1
            if side == cells:
                break
        return centre, float(step)


FORMS = {"base_cnn": Form((5, 3, 3, 3, 3), 2), "base_cnn_printed": Form((3, 3, 3, 3, 3), 1)}


class BaseCnn(nn.Module):
    """float32[B, 3, H, W] -> float32[B, C], values before the softmax."""

    def __init__(self, name: str, *, classes: int, size: int) -> None:
        super().__init__()
        self.num_classes, self.num_features = classes, HIDDEN
        self.form = FORMS[name]
        least = self.form.smallest
        if size < least:
            raise Misspelt(f"params.yaml: {name} needs a size of {least} or more, not {size}")
        layers: list[nn.Module] = []
        channels, side, stride = 3, size, self.form.stride
        for kernel in self.form.kernels:
            layers += [nn.Conv2d(channels, FILTERS, kernel, stride=stride), nn.ReLU()]
            channels, side = FILTERS, (side - kernel) // stride + 1
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Linear(FILTERS * side * side, HIDDEN), nn.ReLU(),
            nn.Linear(HIDDEN, HIDDEN), nn.ReLU(),
            nn.Linear(HIDDEN, outputs(classes)),
        )  # fmt: skip
        self.apply(_start_as_keras)

    def forward(self, images: Tensor) -> Tensor:
        return per_class(self.head(self.features(images)))


def outputs(classes: int) -> int:
    """Cells of the last layer: two classes share one sigmoid, as in the paper."""
    return 1 if classes == 2 else classes  # noqa: PLR2004 - two classes


def per_class(values: Tensor) -> Tensor:
    """float32[B, C] of the last layer's values, where one value may speak for two classes.

    sigmoid(z) is the softmax of (-z/2, z/2): two classes train and explain like any number.
    """
    return torch.cat([-values, values], 1) / 2 if values.shape[1] == 1 else values


def _start_as_keras(layer: nn.Module) -> None:
    """Without batch normalisation, torch's smaller first weights fade out over eight layers."""
    if isinstance(layer, nn.Conv2d | nn.Linear):
        nn.init.xavier_uniform_(layer.weight)
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
