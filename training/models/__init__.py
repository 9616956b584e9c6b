"""The networks, by name."""

from torch import nn

from training.models import base_cnn, timm_net


def build(model: str, *, classes: int, size: int, pretrained: bool) -> nn.Module:
    """The network `model` for films of `size` pixels a side: float32[B, 3, H, W] -> [B, C].

    `base_cnn` is the paper's; any other name is timm's.
    """
    if model == base_cnn.NAME:
        return base_cnn.BaseCnn(classes=classes, size=size)
    return timm_net.build(model, classes=classes, size=size, pretrained=pretrained)
