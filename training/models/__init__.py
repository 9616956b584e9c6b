"""The networks, by name."""

from torch import nn

from manifests.contract.params import Misspelt
from training.models import registered, timm_net
from training.models.base_cnn import FORMS, BaseCnn
from training.models.covid_cxnet import NAME, CovidCxnet

__all__ = ["build", "registered"]


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
