"""What every training does: steps downhill, a copy of the best weights, a bar to look at."""

from typing import Any

import torch
from rich.console import Console
from rich.progress import Progress
from timm.utils.model_ema import ModelEmaV3
from torch import Tensor, nn

from training.plan import Pace


class Learner:
    """Adam, its learning rate from step to step, and the mean of the weights where one is kept."""

    def __init__(self, net: nn.Module, pace: Pace, steps: int, ema: float = 0.0) -> None:
        self._net = net
        self._mean = ModelEmaV3(net, decay=ema, use_warmup=True) if ema else None
        self._adam = torch.optim.Adam(net.parameters(), lr=pace.learning_rate)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._adam, lambda step: pace.rate(min(1.0, step / steps))
        )

    @property
    def rate(self) -> float:
        return float(self._schedule.get_last_lr()[0])

    @property
    def learnt(self) -> nn.Module:
        """What is to be judged and kept: the mean of the weights where there is one, else `net`."""
        return self._net if self._mean is None else self._mean.module

    def step(self) -> None:
        """Move the weights along the gradients that were gathered since the step before."""
        self._adam.step()
        self._adam.zero_grad(set_to_none=True)
        self._schedule.step()
        if self._mean is not None:
            self._mean.update(self._net, step=self._schedule.last_epoch)

    def state(self) -> dict[str, Any]:
        """Tensors, numbers and words from which `load` goes on."""
        return {
            "adam": self._adam.state_dict(),
            "schedule": self._schedule.state_dict(),
            "mean": None if self._mean is None else copy_of(self._mean.module),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        self._adam.load_state_dict(state["adam"])
        self._schedule.load_state_dict(state["schedule"])
        if self._mean is not None:
            self._mean.module.load_state_dict(state["mean"])


def to_learn(net: nn.Module) -> None:
    """Training mode for what learns; a part whose weights are all fixed stays in evaluation mode.

    Otherwise the running statistics of a frozen body would follow the films after all.
    """
    net.train()
    for part in net.modules():
        weights = list(part.parameters())
        if weights and not any(weight.requires_grad for weight in weights):
            part.eval()


def copy_of(net: nn.Module) -> dict[str, Tensor]:
    """The weights as they are now."""
    return {name: value.detach().clone() for name, value in net.state_dict().items()}


def progress() -> Progress:
    """A bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    return Progress(console=console, disable=not console.is_terminal)
