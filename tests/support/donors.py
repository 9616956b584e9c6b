"""Networks laid out as the public CheXNet checkpoints are, with weights drawn by chance.

Rebuilt on torchvision's DenseNet-121, as the donors are; their statistics are those of noise on the
donor's own scale, so that outputs stay near one and a wrong tensor shows.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import torch
import torchvision
from torch import Tensor, nn


class Donor(NamedTuple):
    """A network, and what its project would have saved."""

    net: nn.Module
    """float32[B, 1 or 3, H, W] -> the donor's outputs."""
    densenet: nn.Module
    """The DenseNet-121 in it."""
    state: dict[str, Tensor]
    scaled: Callable[[Tensor], Tensor]
    """Grey levels of 0..1, float32[B, 1, H, W], as the donor is given them."""

    def logits(self, grey: Tensor) -> Tensor:
        """Before any sigmoid."""
        last = self.densenet.get_submodule("classifier")
        linear = last[0] if isinstance(last, nn.Sequential) else last
        values: Tensor = linear(self.features(grey))
        return values

    def features(self, grey: Tensor) -> Tensor:
        """float32[B, 1024], averaged over places."""
        maps = self.densenet.get_submodule("features")(self.scaled(grey))
        return torch.relu(maps).mean((2, 3))


class Arnoweng(nn.Module):
    """DenseNet-121 under a name of its own, with a sigmoid in the last layer."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.densenet121 = inner

    def forward(self, images: Tensor) -> Tensor:
        values: Tensor = self.densenet121(images)
        return values


def grey(count: int, side: int = 64) -> Tensor:
    return torch.rand((count, 1, side, side), generator=torch.Generator().manual_seed(5))


def arnoweng() -> Donor:
    inner = _sigmoid(_densenet())
    net = _settled(Arnoweng(inner), imagenet)
    # torch 0.3 counted no batches, wrapped what runs on several GPUs, and named layers with a dot.
    state = {
        "module." + re.sub(r"(norm|conv)([12])\.", r"\1.\2.", key): value
        for key, value in net.state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
    return Donor(net, inner, state, imagenet)


def jrzech() -> Donor:
    net = _settled(_sigmoid(_densenet()), imagenet)
    return Donor(net, net, dict(net.state_dict()), imagenet)


def torchxrayvision() -> Donor:
    net = _densenet(18)
    net.get_submodule("features").conv0 = nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)
    _settled(net, hounsfield)
    state = dict(net.state_dict()) | {"op_threshs": torch.full((18,), torch.nan)}
    return Donor(net, net, state, hounsfield)


def imagenet(grey: Tensor) -> Tensor:
    mean = torch.tensor([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1)
    return (grey.expand(-1, 3, -1, -1) - mean) / torch.tensor([0.229, 0.224, 0.225]).reshape(
        1, 3, 1, 1
    )


def hounsfield(grey: Tensor) -> Tensor:
    return (2 * grey - 1) * 1024


def saved(donor: Donor, place: Path) -> Path:
    """`place`, with what a training saves; the oldest layout in the file format of its time."""
    is_zip = not isinstance(donor.net, Arnoweng)
    state = {"epoch": 3, "state_dict": donor.state, "best_loss": 0.1}
    torch.save(state, place, _use_new_zipfile_serialization=is_zip)
    return place


def _densenet(outputs: int = 14) -> nn.Module:
    torch.manual_seed(3)
    net: nn.Module = torchvision.models.densenet121(num_classes=outputs)
    return net


def _sigmoid(net: nn.Module) -> nn.Module:
    net.classifier = nn.Sequential(nn.Linear(1024, 14), nn.Sigmoid())
    return net


def _settled(net: nn.Module, scaled: Callable[[Tensor], Tensor]) -> nn.Module:
    """Statistics as if it had been trained on noise, scales and shifts unlike the first ones."""
    norms = [layer for layer in net.modules() if isinstance(layer, nn.BatchNorm2d)]
    for layer in norms:
        nn.init.uniform_(layer.weight, 0.5, 1.5)
        nn.init.uniform_(layer.bias, -0.2, 0.2)
        layer.momentum = 1.0
    with torch.inference_mode():
        net.train()(scaled(grey(8)))
    for layer in norms:
        layer.momentum = 0.1
    return net.eval()
