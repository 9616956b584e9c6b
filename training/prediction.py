"""What a network says about films, in float32 and in order.

C classes, N films.
"""

import torch
from torch import Tensor, nn

from training.data import Look, batch, portions
from training.films import Films

FILMS_AT_ONCE = 32


@torch.inference_mode()
def predict(net: nn.Module, films: Films, look: Look, device: torch.device) -> Tensor:
    """float32[N, C] on the CPU: values before the softmax. Leaves `net` in evaluation mode."""
    net.eval()
    values = [
        net(batch(films, picked, look, device)).float().cpu()
        for picked in portions(len(films), FILMS_AT_ONCE)
    ]
    return torch.cat(values) if values else torch.zeros((0, len(films.labels)))
