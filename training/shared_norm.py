"""Batch normalisation over the films of all processes, so that many learn as one would.

torch has it for GPUs alone (`SyncBatchNorm`, in timm with its activations); here is the same for
CPUs, on which several processes are tried out. B batch, C channels, H and W pixels, N figures.
"""

from typing import Any, cast

import torch
import torch.distributed
from timm.layers.norm_act import BatchNormAct2d, convert_sync_batchnorm
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from manifests.contract.params import Misspelt


class _Sum(torch.autograd.Function):
    """The sum over all processes; what each of them makes of it flows back to all."""

    @staticmethod
    def forward(ctx: Any, own: Tensor) -> Tensor:  # noqa: ANN401, ARG004 - as torch asks for it
        return _summed(own)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:  # noqa: ANN401, ARG004 - the same
        return _summed(gradient)


class SharedNorm(nn.BatchNorm2d):
    """float32[B, C, H, W] -> the same, each channel with the mean and spread over all processes."""

    def forward(self, images: Tensor) -> Tensor:
        if self.training:
            return _normalised(self, images)
        done: Tensor = super().forward(images)
        return done


class SharedNorm1d(nn.BatchNorm1d):
    """float32[B, C] or float32[B, C, N] -> the same, likewise."""

    def forward(self, figures: Tensor) -> Tensor:
        if self.training:
            return _normalised(self, figures)
        done: Tensor = super().forward(figures)
        return done


class SharedNormAct(BatchNormAct2d):
    """The same with timm's activation behind it."""

    def forward(self, images: Tensor) -> Tensor:
        if not self.training:
            done: Tensor = super().forward(images)  # type: ignore[no-untyped-call]
            return done
        active: Tensor = self.act(self.drop(_normalised(self, images)))
        return active


def with_shared_norms(net: nn.Module, device: torch.device) -> None:
    """Change the batch normalisations in `net`, which is none itself, in place.

    Their weights and statistics stay what they are, under the same names.
    """
    if device.type == "cuda":
        convert_sync_batchnorm(net)  # type: ignore[no-untyped-call]
        return
    kinds: dict[type, Any] = {
        nn.BatchNorm1d: SharedNorm1d, nn.BatchNorm2d: SharedNorm, BatchNormAct2d: SharedNormAct,
    }  # fmt: skip
    for part in net.modules():
        if type(part) in kinds:
            # Nothing but the way forward differs, so weights and hooks need not be moved.
            part.__class__ = kinds[type(part)]
        elif isinstance(part, _BatchNorm):
            raise Misspelt(
                f"{type(part).__name__} of this network cannot be shared by processes on a CPU; "
                "train it in one, or on GPUs"
            )


def _summed(own: Tensor) -> Tensor:
    every = own.clone()
    torch.distributed.all_reduce(every)
    return every


def _over_all(own: Tensor) -> Tensor:
    return cast("Tensor", _Sum.apply(own))


def _normalised(norm: _BatchNorm, images: Tensor) -> Tensor:
    # Sums over many pixels need more digits than bfloat16 has.
    wide, over = images.float(), [axis for axis in range(images.ndim) if axis != 1]
    each = (-1, *[1] * (images.ndim - 2))
    count = _over_all(wide.new_tensor(float(wide.numel() // wide.shape[1])))
    mean = _over_all(wide.sum(over)) / count
    centred = wide - mean.view(each)
    variance = _over_all(centred.square().sum(over)) / count
    _remember(norm, mean.detach(), (variance * count / (count - 1)).detach())
    made = centred * torch.rsqrt(variance + norm.eps).view(each)
    if norm.affine:
        made = made * norm.weight.view(each) + norm.bias.view(each)
    return made.to(images.dtype)


def _remember(norm: _BatchNorm, mean: Tensor, variance: Tensor) -> None:
    """Move the running statistics as torch does, towards those of this batch."""
    if norm.running_mean is None or norm.running_var is None or norm.momentum is None:
        return
    if norm.num_batches_tracked is not None:
        norm.num_batches_tracked.add_(1)
    norm.running_mean.lerp_(mean, norm.momentum)
    norm.running_var.lerp_(variance, norm.momentum)
