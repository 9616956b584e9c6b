"""The networks, by name."""

import torch
from torch import nn

from manifests.contract.params import Misspelt
from training.models import registered, timm_net
from training.models.base_cnn import FORMS, BaseCnn
from training.models.covid_cxnet import BODY, NAME, CovidCxnet

__all__ = ["build", "check_side", "registered", "scale_of"]


def build(model: str, *, classes: int, size: int, pretrained: bool) -> nn.Module:
    """The network `model` for films of `size` pixels a side: float32[B, 3, H, W] -> [B, C].

    `base_cnn`, `base_cnn_printed` and `covid_cxnet` are the paper's; any other name is timm's.
    `pretrained` is ImageNet's weights; for `covid_cxnet` those of its body. Raises `Misspelt` where
    there are none.
    """
    if model in FORMS:
        if pretrained:
            raise Misspelt(
                f"params.yaml: {model} has no pretrained weights; set `pretrained: false`"
            )
        return BaseCnn(model, classes=classes, size=size)
    if model == NAME:
        return CovidCxnet(classes=classes, size=size, pretrained=pretrained)
    return timm_net.build(model, classes=classes, size=size, pretrained=pretrained)


def scale_of(model: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and deviation, per channel, of the films that the ImageNet weights of `model` know."""
    return timm_net.scale_of(BODY if model == NAME else model)


def check_side(net: nn.Module, model: str, size: int) -> None:
    """Raise `Misspelt` where `net` cannot be shown a film of `size` pixels a side."""
    was_training = net.training
    try:
        with torch.inference_mode():
            net.eval()(torch.zeros(1, 3, size, size))
    except (AssertionError, RuntimeError, ValueError) as fault:
        first = (str(fault).strip().splitlines() or [type(fault).__name__])[0]
        raise Misspelt(
            f"params.yaml: {model} cannot be shown films of {size} pixels ({first}); set another "
            "`size`"
        ) from fault
    net.train(was_training)
