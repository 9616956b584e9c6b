"""What every training does: steps downhill, a copy of the best weights, a bar to look at."""

from typing import Any

import torch
from rich.console import Console
from rich.progress import Progress
from timm.optim._optim_factory import create_optimizer_v2, list_optimizers
from timm.utils.model_ema import ModelEmaV3
from torch import Tensor, nn

from manifests.contract.params import Misspelt
from training.machine import Machine
from training.plan import Pace, Plan

MORE = {"adahessian"}
"""Which need the gradients of gradients."""
FUSED = {"adam", "adamw", "sgd"}
"""Whose step torch can do in one kernel for all weights."""


def optimizer_of(net: nn.Module, plan: Plan) -> torch.optim.Optimizer:
    """An optimizer of timm for what learns in `net`. Raises `Misspelt` where there is none."""
    if plan.optimizer not in list_optimizers():
        known = map(str, list_optimizers(f"*{plan.optimizer[:4]}*"))
        near = ", ".join([name for name in known if name not in MORE][:5])
        raise Misspelt(
            f"params.yaml: no optimizer is called '{plan.optimizer}'; near it: "
            f"{near or 'adam, adamw, sgd'}"
        )
    how: dict[str, Any] = {"fused": True} if plan.optimizer in FUSED else {}
    try:
        if plan.optimizer in MORE:
            raise RuntimeError("it needs second derivatives")  # noqa: TRY301 - told as all others
        return create_optimizer_v2(
            net, plan.optimizer, lr=plan.learning_rate, weight_decay=plan.weight_decay, **how
        )
    except (AssertionError, ImportError, RuntimeError) as fault:
        raise Misspelt(
            f"params.yaml: `optimizer: {plan.optimizer}` cannot be had here ({fault}); take another"
        ) from None


class Learner:
    """The optimizer, its learning rate from step to step, and the mean of the weights if asked."""

    def __init__(  # noqa: PLR0913, PLR0917 - all that a step depends on
        self, net: nn.Module, optimizer: torch.optim.Optimizer, pace: Pace, steps: int,
        machine: Machine, ema: float = 0.0,
    ) -> None:  # fmt: skip
        self._net, self._machine = net, machine
        self._mean = ModelEmaV3(net, decay=ema, use_warmup=True) if ema else None
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: pace.rate(min(1.0, step / steps))
        )
        self._optimizer = machine.optimizer(optimizer)

    @property
    def rate(self) -> float:
        return float(self._schedule.get_last_lr()[0])

    @property
    def learnt(self) -> nn.Module:
        """What is to be judged and kept: the mean of the weights where there is one, else `net`."""
        return self._net if self._mean is None else self._mean.module

    def step(self) -> None:
        """Move the weights along the gradients that were gathered since the step before."""
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self._schedule.step()
        if self._mean is not None:
            self._mean.update(self._net, step=self._schedule.last_epoch)

    def state(self) -> dict[str, Any]:
        """Tensors, numbers and words from which `load` goes on."""
        scaler = self._machine.scaler
        return {
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "scaler": None if scaler is None else scaler.state_dict(),
            "mean": None if self._mean is None else copy_of(self._mean.module),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Go on from what `state` gave."""
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        if self._machine.scaler is not None:
            self._machine.scaler.load_state_dict(state["scaler"])
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
