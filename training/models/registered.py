"""The paper's networks under timm's names, so that `timm.create_model` builds and loads them too.

timm knows them after `import training.models`. An exported folder names one as its architecture.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from timm.models import build_model_with_cfg, register_model
from torch import nn

from training.models.base_cnn import FORMS, BaseCnn
from training.models.covid_cxnet import NAME, CovidCxnet

SIDE = 320
"""The paper's, in pixels; a folder says its own."""
default_cfgs = {
    # The base model's head has a weight for every place, so its side is fixed when it is built.
    name: {"input_size": (3, SIDE, SIDE), "fixed_input_size": name in FORMS, "crop_pct": 1.0,
           "num_classes": 2}
    for name in (*FORMS, NAME)
}  # fmt: skip
"""Where timm looks for them."""


@register_model
def base_cnn(*, pretrained: bool = False, **given: Any) -> nn.Module:  # noqa: ANN401 - timm's own
    """The paper's 4.1, as its code has it."""
    return _built("base_cnn", partial(_base, "base_cnn"), pretrained=pretrained, **given)


@register_model
def base_cnn_printed(*, pretrained: bool = False, **given: Any) -> nn.Module:  # noqa: ANN401 - as above
    """The paper's 4.1, as its text has it."""
    build = partial(_base, "base_cnn_printed")
    return _built("base_cnn_printed", build, pretrained=pretrained, **given)


@register_model
def covid_cxnet(*, pretrained: bool = False, **given: Any) -> nn.Module:  # noqa: ANN401 - as above
    """The paper's 4.3."""
    return _built(NAME, _covid_cxnet, pretrained=pretrained, **given)


def _built(
    name: str,
    build: Callable[..., nn.Module],
    *,
    pretrained: bool,
    **given: Any,  # noqa: ANN401 - as above
) -> nn.Module:
    net: nn.Module = build_model_with_cfg(
        build, name, pretrained, **given,
        kwargs_filter=("in_chans", "global_pool"),  # type: ignore[arg-type]  # timm means any number
    )  # fmt: skip
    return net


def _base(name: str, *, num_classes: int, img_size: int | tuple[int, int]) -> nn.Module:
    side = img_size if isinstance(img_size, int) else img_size[0]
    return BaseCnn(name, classes=num_classes, size=side)


def _covid_cxnet(*, num_classes: int) -> nn.Module:
    return CovidCxnet(classes=num_classes, size=SIDE, pretrained=False)
