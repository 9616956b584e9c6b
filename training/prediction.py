"""What a network says about films, in float32 and in order.

C classes, N films.
"""

import numpy as np
import torch
from torch import Tensor, nn

from training.data import Look, batch, portions
from training.films import Films
from training.machine import Machine
from training.metrics import Floats
from training.predictions import DIGITS, Predictions

FILMS_AT_ONCE = 32


@torch.inference_mode()
def predict(
    net: nn.Module, films: Films, look: Look, device: torch.device, machine: Machine | None = None
) -> Tensor:
    """float32[N, C] on the CPU: values before the softmax. Leaves `net` in evaluation mode.

    The processes of `machine` share the portions; each gets all values, as one would have them.
    """
    net.eval()
    first, step = (0, 1) if machine is None else (machine.number, machine.count)
    own = [
        (number, net(batch(films, picked, look, device)).float().cpu())
        for number, picked in enumerate(portions(len(films), FILMS_AT_ONCE))
        if number % step == first
    ]
    every = own if machine is None else machine.gathered(own)
    values = [value for _, value in sorted(every, key=lambda one: one[0])]
    return torch.cat(values) if values else torch.zeros((0, len(films.labels)))


def probabilities(net: nn.Module, films: Films, look: Look) -> Floats:
    """float64[N, C]: what `net`, on its device, says of `films`; leaves it in evaluation mode."""
    values = predict(net, films, look, next(net.parameters()).device)
    return np.asarray(torch.softmax(values.double(), 1).numpy(), np.float64)


def said_of(net: nn.Module, films: Films, look: Look) -> Predictions:
    """What `net` says of the films of one split, as it is written and judged."""
    return Predictions(
        labels=films.labels, actual=films.targets,
        probabilities=np.round(probabilities(net, films, look), DIGITS),
        groups=[str(group) for group in films.rows["group"]],
    )  # fmt: skip
