"""Does heat depend on what a network learnt? The sanity check of Adebayo et al. 2018.

From the head down, part after part of the network loses what it learnt. A map that stays as it was
shows edges of the film and not what the network knows.
"""

import copy
from collections.abc import Iterator

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field
from scipy.stats import rankdata
from skimage.metrics import structural_similarity
from torch import nn

from training.explained.gradcam import Heat

LEAST_PARTS = 6
STEP = 4
"""Pixels of a heat map from one that is compared to the next; maps are far coarser."""


class Params(BaseModel):
    """On how many films."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    films: int = Field(ge=0, le=10_000)
    """Films per experiment; each takes as long as there are parts, a dozen."""
    below: float = Field(gt=0, lt=1)
    """The check holds where maps agree less than this in the end (rank correlation)."""


def parts(net: nn.Module) -> list[tuple[str, list[nn.Parameter]]]:
    """The parts of a network that hold weights, the head first, and their weights.

    The largest are opened up until there are some, so that the road down has steps. What hangs on
    the network itself or on a part that was opened, as the places of tokens do, comes last.
    """
    found = _children("", net)
    while len(found) < LEAST_PARTS:
        sizes = [len(_children("", part)) and _tensors(part) for _, part in found]
        largest = int(np.argmax(sizes))
        if not sizes[largest]:
            break
        found[largest : largest + 1] = _children(*found[largest])
    made = [(name, list(part.parameters())) for name, part in reversed(found)]
    held = {id(value) for _, own in made for value in own}
    rest = {name: value for name, value in net.named_parameters() if id(value) not in held}
    return [*made, (" ".join(rest), list(rest.values()))] if rest else made


def _children(name: str, module: nn.Module) -> list[tuple[str, nn.Module]]:
    before = f"{name}." if name else ""
    own = [(f"{before}{step}", child) for step, child in module.named_children()]
    return [(step, child) for step, child in own if _tensors(child)]


def _tensors(module: nn.Module) -> int:
    return len(list(module.parameters()))


def forgetting(net: nn.Module, generator: torch.Generator) -> Iterator[tuple[str, nn.Module]]:
    """Part after part from the head down: its name, and a network that forgot it and all before.

    `net` itself stays as it is. Weights change places within their tensor: their size, which the
    next layers count on, stays, and what they know is gone.
    """
    lost = copy.deepcopy(net)
    for name, values in parts(lost):
        for value in values:
            order = torch.randperm(value.numel(), generator=generator).to(value.device)
            value.data = value.data.reshape(-1)[order].reshape(value.shape)
        yield name, lost


def rank_correlation(one: Heat, other: Heat) -> float:
    """Spearman's, -1..1, of two maps; 0 where one of them has the same heat everywhere."""
    ranks = [rankdata(values[::STEP, ::STEP]).ravel() for values in (one, other)]
    if any(np.ptp(own) == 0 for own in ranks):
        return 0.0
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def likeness(one: Heat, other: Heat) -> float:
    """SSIM of two maps, at most 1."""
    small = [values[::STEP, ::STEP] for values in (one, other)]
    found = structural_similarity(small[0], small[1], data_range=1.0)  # type: ignore[no-untyped-call]
    return float(found)
