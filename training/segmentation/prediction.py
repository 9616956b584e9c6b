"""What a segmenter says of films, one at a time, so that no film's mask depends on another's.

N films, S pixels a side.
"""

import torch
from torch import Tensor, nn

from training.segmentation.look import standardised


@torch.inference_mode()
def chances(net: nn.Module, films: Tensor) -> Tensor:
    """float32[N, 1, S, S] in 0..1 -> the same on the CPU: how surely a pixel lies in a lung.

    In float32 and film by film: a batch may be summed in another order than its films alone.
    Leaves `net` in evaluation mode.
    """
    net.eval()
    place = next(net.parameters()).device
    said = [torch.sigmoid(net(standardised(film[None].to(place))).float()).cpu() for film in films]
    return torch.cat(said) if said else torch.zeros_like(films)
