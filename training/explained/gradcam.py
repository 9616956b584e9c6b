"""Grad-CAM (Selvaraju et al. 2017): where a network looked for the label it named.

The paper's base model does not average places before its last layers, so Grad-CAM's averaged
gradients contradict each other and go blank on films that it is sure of. There HiResCAM (Draelos &
Carin 2020) weighs each place by its own gradient; on an averaging network's last map the two agree.

B batch, C classes, H and W pixels.
"""

import numpy as np
import numpy.typing as npt
import torch
from pytorch_grad_cam import GradCAM, HiResCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn
from torch.nn.functional import grid_sample

from manifests.contract.images import Pixels
from training.models.base_cnn import BaseCnn

Heat = npt.NDArray[np.float32]
SIDE = 320
"""Pixels a side of a heat map, as of the truth masks."""
FINE = 7
"""Cells a side of the map that is weighed: those of the last map of a 224-pixel film. Smaller films
shrink the last map to 3 or 4 cells, too coarse to point at anything."""
SPATIAL = 4


class Unexplained(ValueError):  # noqa: N818 - shown to a person as a sentence
    """The network has no map of places that Grad-CAM could weigh."""

    exit_code = 1


def last_map(net: nn.Module, images: Tensor) -> tuple[nn.Module, int]:
    """The module that gives the last map [B, C, cells, cells] of places, and its cells a side.

    The last with `FINE` cells or more, or the last of all. In timm's DenseNet at 224 pixels that is
    `features`, whose output is that of `features.norm5`. Raises `Unexplained` where features are
    tokens instead (transformers).
    """
    maps: list[tuple[nn.Module, int]] = []

    def note(module: nn.Module, _: tuple[object, ...], output: object) -> None:
        if isinstance(output, Tensor) and _is_map(output):
            maps.append((module, output.shape[-1]))

    handles = [module.register_forward_hook(note) for module in net.modules() if module is not net]
    forward_features = getattr(net, "forward_features", None)
    try:
        with torch.inference_mode():
            features = forward_features(images) if callable(forward_features) else net(images)
    finally:
        for handle in handles:
            handle.remove()
    is_token = callable(forward_features) and not _is_map(features)
    if not maps or is_token:
        raise Unexplained(
            f"{type(net).__name__} keeps no feature map at {images.shape[-1]} pixels a side; "
            "Grad-CAM needs a convolutional network or larger films"
        )
    return next((found for found in reversed(maps) if found[1] >= FINE), maps[-1])


def _is_map(output: Tensor) -> bool:
    return output.ndim == SPATIAL and output.shape[-1] == output.shape[-2] > 1


def heat(net: nn.Module, images: Tensor, classes: list[int]) -> Heat:
    """float32[B, 320, 320], 0..1: what spoke for `classes[i]` in image i; all 0 if nothing did.

    `images` are standardised, float32[B, 3, H, W].
    """
    layer, cells = last_map(net, images)
    method = HiResCAM if isinstance(net, BaseCnn) else GradCAM
    with method(model=net, target_layers=[layer]) as cam:
        found = cam(images, [ClassifierOutputTarget(number) for number in classes])
    net.zero_grad(set_to_none=True)
    size = images.shape[-1]
    # Padded networks tile the film with their cells; the base model does not.
    tiles = ((size / cells - 1) / 2, size / cells)
    field = net.form.field(cells, size) if isinstance(net, BaseCnn) else tiles
    return _placed(torch.from_numpy(np.ascontiguousarray(found, np.float32)), field, cells)


def _placed(found: Tensor, field: tuple[float, float], cells: int) -> Heat:
    """float32[B, 320, 320] of `found`, each cell laid where it looks; `field` is in its pixels."""
    centre, step = field
    pixels = (torch.arange(SIDE) + 0.5) * (found.shape[-1] / SIDE) - 0.5
    # From pixels to cells, and from cells to the -1..1 that grid_sample counts in.
    at = 2 * ((pixels - centre) / step + 0.5) / cells - 1
    down, across = torch.meshgrid(at, at, indexing="ij")
    grid = torch.stack([across, down], dim=-1).expand(len(found), -1, -1, -1)
    maps = grid_sample(found[:, None], grid, padding_mode="border", align_corners=False)
    placed: Heat = maps[:, 0].clamp(0, 1).numpy()
    return placed


def heat_inside(heat_map: Heat, mask: Pixels | None) -> float | None:
    """The share of heat inside `mask`; None without a mask or without heat."""
    total = float(heat_map.sum(dtype=np.float64))
    if mask is None or total == 0:
        return None
    return float(heat_map[mask > 0].sum(dtype=np.float64)) / total


def points_inside(heat_map: Heat, mask: Pixels | None) -> bool | None:
    """Is the hottest pixel inside `mask`? None where nothing is marked or nothing is hot."""
    if mask is None or not mask.any() or not heat_map.any():
        return None
    return bool(mask.reshape(-1)[int(heat_map.argmax())] > 0)
