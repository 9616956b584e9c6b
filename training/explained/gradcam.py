"""Grad-CAM (Selvaraju et al. 2017): where a network looked for the label it named.

The paper's base model does not average places before its last layers, so Grad-CAM's averaged
gradients contradict each other and go blank on films that it is sure of. There HiResCAM (Draelos &
Carin 2020) weighs each place by its own gradient; on an averaging network's last map the two agree.

B batch, C classes, H and W pixels.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from functools import partial

import numpy as np
import numpy.typing as npt
import torch
from pytorch_grad_cam import GradCAM, HiResCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn
from torch.nn.functional import grid_sample

from training.explained.layers import laid, map_of
from training.models.base_cnn import BaseCnn

Heat = npt.NDArray[np.float32]
SIDE = 320
"""Pixels a side of a heat map, as of the truth masks."""


class Method(StrEnum):
    """How places are weighed."""

    GRAD_CAM = "Grad-CAM"
    HIRES_CAM = "HiResCAM"


METHODS = {Method.GRAD_CAM: GradCAM, Method.HIRES_CAM: HiResCAM}


def method_of(net: nn.Module) -> Method:
    return Method.HIRES_CAM if isinstance(net, BaseCnn) else Method.GRAD_CAM


def heat(net: nn.Module, images: Tensor, classes: Sequence[int], layer: str = "") -> Heat:
    """float32[B, 320, 320], 0..1: what spoke for `classes[i]` in image i; all 0 if nothing did.

    `images` are standardised, float32[B, 3, H, W]; `layer` and errors are those of `map_of`.
    """
    _, place, cells = map_of(net, images, layer)
    method = METHODS[method_of(net)]
    targets = [ClassifierOutputTarget(number) for number in classes]
    with ExitStack() as stack:
        stack.enter_context(_cut_before(net, place))
        cam = stack.enter_context(
            method(model=net, target_layers=[place], reshape_transform=partial(laid, net))
        )
        stack.enter_context(_copied_after(place))
        found = cam(images, targets)
    return placed(net, torch.from_numpy(np.ascontiguousarray(found, np.float32)), cells)


@contextmanager
def _cut_before(net: nn.Module, layer: nn.Module) -> Iterator[None]:
    """Nothing before the map is differentiated: that would take longer than all the rest."""
    learning = [value for value in net.parameters() if value.requires_grad]
    handle = layer.register_forward_hook(lambda *given: given[2].detach().requires_grad_())
    for value in learning:
        value.requires_grad = False
    try:
        yield
    finally:
        handle.remove()
        for value in learning:
            value.requires_grad = True


@contextmanager
def _copied_after(layer: nn.Module) -> Iterator[None]:
    """What follows gets a copy of the map: an activation in place would change what is weighed."""
    handle = layer.register_forward_hook(lambda *given: given[2].clone())
    try:
        yield
    finally:
        handle.remove()


def placed(net: nn.Module, found: Tensor, cells: int) -> Heat:
    """float32[B, 320, 320] of `found`, float32[B, H, W] made of `cells` a side stretched evenly.

    Each cell is laid where `net` looks with it.
    """
    size = found.shape[-1]
    # Padded networks tile the film with their cells; the base model does not.
    tiles = ((size / cells - 1) / 2, size / cells)
    centre, step = net.form.field(cells, size) if isinstance(net, BaseCnn) else tiles
    pixels = (torch.arange(SIDE) + 0.5) * (size / SIDE) - 0.5
    # From pixels to cells, and from cells to the -1..1 that grid_sample counts in.
    at = 2 * ((pixels - centre) / step + 0.5) / cells - 1
    down, across = torch.meshgrid(at, at, indexing="ij")
    grid = torch.stack([across, down], dim=-1).expand(len(found), -1, -1, -1)
    maps = grid_sample(found[:, None], grid, padding_mode="border", align_corners=False)
    laid: Heat = maps[:, 0].clamp(0, 1).numpy()
    return laid
