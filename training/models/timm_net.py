"""Any network of timm, by its name: DenseNet-121 for the paper's 4.2, ResNet and the rest."""

from typing import Any

import timm
from torch import nn

from manifests.contract.params import Misspelt


class NoWeights(OSError):  # noqa: N818 - shown to a person as a sentence
    """Pretrained weights were asked for and cannot be had."""

    exit_code = 3


def build(model: str, *, classes: int, size: int, pretrained: bool) -> nn.Module:
    """The timm network `model` with a new head: float32[B, 3, H, W] -> float32[B, C].

    Raises `Misspelt` for a name timm does not know or a side that the network does not take,
    `NoWeights` when they cannot be downloaded.
    """
    if not timm.is_model(model):
        near = ", ".join(timm.list_models(f"*{model[:6]}*")[:5]) or "densenet121, resnet50"
        raise Misspelt(
            f"params.yaml: no network is called '{model}'; near it: {near}, base_cnn, "
            "base_cnn_printed, covid_cxnet"
        )
    fixed = timm.get_pretrained_cfg(model)
    # Transformers fix their side when they are built; the others take any.
    side: dict[str, Any] = (
        {"img_size": size} if fixed is not None and fixed.fixed_input_size else {}
    )
    try:
        net: nn.Module = timm.create_model(
            model, pretrained=pretrained, num_classes=classes, **side
        )
    except (AssertionError, ValueError) as fault:
        raise Misspelt(
            f"params.yaml: {model} is not made for films of {size} pixels ({fault}); set another "
            "`size`"
        ) from fault
    except (OSError, RuntimeError) as fault:
        if not pretrained:
            raise
        first = str(fault).strip().splitlines()[0] if str(fault).strip() else type(fault).__name__
        raise NoWeights(
            f"{model}: its pretrained weights cannot be had ({first}); go online once, or set "
            f"`pretrained: false` in params.yaml"
        ) from fault
    return net


def scale_of(model: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and deviation, per channel of grey levels in 0..1, that its ImageNet weights expect."""
    known = timm.get_pretrained_cfg(model)
    if known is None:
        raise Misspelt(f"params.yaml: {model} has no pretrained weights; set `pretrained: false`")
    return tuple(known.mean), tuple(known.std)
