"""Networks that find the lungs: the paper's U-Net (4.3), or one around any encoder of timm.

Both take float32[B, 1, H, W] and give float32[B, 1, H, W], values before the sigmoid, so that the
loss stays exact where the network is sure; `torch.sigmoid` of them is the paper's output. B batch,
H and W pixels, both divisible by `STRIDE`.
"""

from itertools import pairwise

import timm
import torch
from segmentation_models_pytorch import Unet
from torch import Tensor, nn

from manifests.contract.params import Misspelt

PAPER = "unet_paper"
STRIDE = 32
"""The deepest level has one cell for so many pixels; the paper's own has one for 16."""
WIDTHS = (32, 64, 128, 256, 512)
DECODER = (128, 64, 32, 16, 16)
"""Half the library's widths: as good on some hundred films, and a third faster."""


class PaperUnet(nn.Module):
    """Ronneberger's U-Net in the paper's widths, without normalisation: 7,759,521 parameters."""

    def __init__(self) -> None:
        super().__init__()
        downs = zip((1, *WIDTHS[:-1]), WIDTHS, strict=True)
        self.down = nn.ModuleList(_level(given, made) for given, made in downs)
        ups = [(deep, shallow) for shallow, deep in pairwise(WIDTHS)][::-1]
        self.grow = nn.ModuleList(nn.ConvTranspose2d(d, s, 2, stride=2) for d, s in ups)
        self.up = nn.ModuleList(_level(2 * shallow, shallow) for _, shallow in ups)
        self.head = nn.Conv2d(WIDTHS[0], 1, 1)
        self.apply(_start)

    def forward(self, films: Tensor) -> Tensor:
        seen: list[Tensor] = []
        for number, level in enumerate(self.down):
            films = level(films if number == 0 else nn.functional.max_pool2d(films, 2))
            seen.append(films)
        for grow, level, beside in zip(self.grow, self.up, seen[-2::-1], strict=True):
            films = level(torch.cat([beside, grow(films)], 1))
        values: Tensor = self.head(films)
        return values


def build_segmenter(model: str) -> nn.Module:
    """`unet_paper`, or the U-Net around the timm encoder `model`, from scratch.

    Raises `Misspelt` for a name that is no encoder.
    """
    if model == PAPER:
        return PaperUnet()
    if not timm.is_model(model):
        near = ", ".join(timm.list_models(f"*{model[:6]}*")[:5]) or "resnet10t, resnet18"
        raise Misspelt(f"params.yaml: no encoder is called '{model}'; near it: {near}, {PAPER}")
    try:
        net: nn.Module = Unet(
            f"tu-{model}", encoder_weights=None, in_channels=1, decoder_channels=DECODER
        )
    except (AttributeError, RuntimeError, ValueError) as fault:
        raise Misspelt(
            f"params.yaml: '{model}' cannot carry a U-Net ({fault}); take resnet10t, or {PAPER}"
        ) from None
    return net


def _level(given: int, made: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(given, made, 3, padding=1), nn.ReLU(),
        nn.Conv2d(made, made, 3, padding=1), nn.ReLU(),
    )  # fmt: skip


def _start(layer: nn.Module) -> None:
    """Without normalisation, torch's smaller first weights fade out over eighteen layers."""
    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
