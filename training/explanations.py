"""Grad-CAM (Selvaraju et al. 2017): where a network looked for the label it named.

B batch, C classes, H and W pixels.
"""

import numpy as np
import numpy.typing as npt
import torch
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn
from torch.nn.functional import interpolate

from manifests.contract.images import Pixels

Heat = npt.NDArray[np.float32]
SIDE = 320
"""Pixels a side of a heat map, as of the truth masks."""
SPATIAL = 4


class Unexplained(ValueError):  # noqa: N818 - shown to a person as a sentence
    """The network has no map of places that Grad-CAM could weigh."""

    exit_code = 1


def last_map(net: nn.Module, images: Tensor) -> nn.Module:
    """The module that gives the last feature map [B, C, H, W] before places are averaged away.

    In timm's DenseNet that is `features`, whose output is that of `features.norm5`. Raises
    `Unexplained` where features are tokens instead (transformers).
    """
    maps: list[nn.Module] = []

    def note(module: nn.Module, _: tuple[object, ...], output: object) -> None:
        if isinstance(output, Tensor) and _is_map(output):
            maps.append(module)

    handles = [m.register_forward_hook(note) for m in net.modules() if m is not net]
    try:
        with torch.inference_mode():
            forward_features = getattr(net, "forward_features", None)
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
    return maps[-1]


def _is_map(output: Tensor) -> bool:
    return output.ndim == SPATIAL and output.shape[-1] == output.shape[-2] > 1


def heat(net: nn.Module, images: Tensor, classes: list[int]) -> Heat:
    """float32[B, 320, 320], 0..1: what spoke for `classes[i]` in image i; all 0 if nothing did.

    `images` are standardised, float32[B, 3, H, W].
    """
    targets = [ClassifierOutputTarget(number) for number in classes]
    with GradCAM(model=net, target_layers=[last_map(net, images)]) as cam:
        found = torch.from_numpy(np.ascontiguousarray(cam(images, targets), np.float32))
    net.zero_grad(set_to_none=True)
    wide = interpolate(found[:, None], size=(SIDE, SIDE), mode="bilinear", align_corners=False)
    maps: Heat = wide[:, 0].clamp(0, 1).numpy()
    return maps


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
