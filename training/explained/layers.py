"""Which map of a network is weighed: the last fine one that the whole answer comes through.

Or one that a person names. B batch, C channels, H and W cells.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import NamedTuple

import torch
from torch import Tensor, nn

from manifests.contract.params import Misspelt

FINE = 7
"""Cells a side of the map that is weighed: those of the last map of a 224-pixel film. Smaller films
shrink the last map to 3 or 4 cells, too coarse to point at anything."""
SPATIAL, TOKENS = 4, 3
"""Dimensions of a map, and of a row of tokens."""
Noted = tuple[nn.Module, Tensor]


class Unexplained(ValueError):  # noqa: N818 - shown to a person as a sentence
    """The network has no map of places that Grad-CAM could weigh."""

    exit_code = 1


class Map(NamedTuple):
    """A module whose output, as `laid` lays it, is a map of places."""

    name: str
    """As `named_modules` calls it."""
    layer: nn.Module
    cells: int
    """A side."""


def map_of(net: nn.Module, images: Tensor, name: str = "") -> Map:
    """The map of the module `name`, or that of `last_map` where none is named.

    Raises `Misspelt` where the network has no such module, `Unexplained` where there is no map.
    """
    return named_map(net, images, name) if name else last_map(net, images)


def laid(net: nn.Module, output: Tensor) -> Tensor | None:
    """float32[B, C, cells, cells] of what a module of `net` gives; None where that is no map.

    Transformers give [B, H, W, C], or a row of tokens behind some that are no place.
    """
    if output.ndim == TOKENS:
        places = output[:, int(getattr(net, "num_prefix_tokens", 0)) :]
        side = math.isqrt(places.shape[1])
        if side * side != places.shape[1]:
            return None
        output = places.reshape(len(places), side, side, -1)
    if output.ndim != SPATIAL:
        return None
    if output.shape[2] != output.shape[3] and output.shape[1] == output.shape[2]:
        output = output.permute(0, 3, 1, 2)
    return output if output.shape[2] == output.shape[3] > 1 else None


def last_map(net: nn.Module, images: Tensor) -> Map:
    """The last map with `FINE` cells a side or more that no way leads around, or a coarser one.

    The stages that timm knows of (`feature_info`) come before other modules: one inside a residual
    branch holds a part of what the answer is made of, or nothing of it. Of tokens whose head looks
    at one token alone it is what the last block reads: the places it gives are not read.
    Raises `Unexplained` where there is none.
    """
    maps = _maps(net, images[:1])
    if not maps:
        raise Unexplained(
            f"{type(net).__name__} keeps no feature map at {images.shape[-1]} pixels a side; "
            "Grad-CAM needs a network that keeps places apart, or larger films"
        )
    stages = {stage["module"] for stage in getattr(net, "feature_info", ())}
    tried = sorted(maps, key=lambda one: (one.cells < FINE, one.name not in stages))
    return next((one for one in tried if _holds_all(net, one.layer, images[:1])), tried[0])


def _maps(net: nn.Module, image: Tensor) -> list[Map]:
    """The maps that `net` makes of one film, the last first."""
    forward_features = getattr(net, "forward_features", None)
    asked = forward_features if callable(forward_features) else net
    with _noting(module for module in net.modules() if module is not net) as found:
        features = asked(image)
    is_tokens = isinstance(features, Tensor) and features.ndim == TOKENS
    if is_tokens and getattr(net, "global_pool", None) == "token":
        read = [module for name, module in net.named_modules() if name.endswith("norm1")][-1:]
        found = [one for one in found if one[0] in read]
    runs = Counter(module for module, _ in found)
    names = {module: name for name, module in net.named_modules()}
    # What runs more than once, as a shared activation does, has no one map.
    maps = [_map(net, names[one[0]], *one) for one in reversed(found) if runs[one[0]] == 1]
    return [one for one in maps if one is not None]


def _holds_all(net: nn.Module, layer: nn.Module, image: Tensor) -> bool:
    """Does everything that `net` answers come through the output of `layer`?"""
    handle = layer.register_forward_hook(lambda *given: given[2].detach())
    try:
        with torch.enable_grad():
            film = image.detach().requires_grad_()
            # A copy, since a network may change its film in place.
            answer = net(film.clone()).sum()
    finally:
        handle.remove()
    if not answer.requires_grad:
        return True
    [around] = torch.autograd.grad(answer, film, allow_unused=True)
    return around is None


def named_map(net: nn.Module, images: Tensor, name: str) -> Map:
    """The map of the module called `name`, as `named_modules` calls it: `features.denseblock3`.

    Raises `Misspelt` for a name that the network does not have, `Unexplained` where the module's
    output is no map.
    """
    modules = dict(net.named_modules())
    if name not in modules:
        near = get_close_matches(name, modules, n=4, cutoff=0.3)
        known = near or [own for own, _ in net.named_children()]
        raise Misspelt(
            f"params.yaml: 'explain.layer' has {name!r}, and {type(net).__name__} has no such "
            f"layer; near it: {', '.join(known)}"
        )
    with _noting([modules[name]]) as found:
        net(images[:1])
    there = _map(net, name, *found[-1]) if found else None
    if there is None:
        shape = f"of shape {tuple(found[-1][1].shape[1:])}" if found else "no tensor"
        raise Unexplained(
            f"params.yaml: 'explain.layer' has {name!r}, whose output is no map of places "
            f"({shape}); take a layer of {type(net).__name__} that keeps places apart"
        )
    return there


def _map(net: nn.Module, name: str, module: nn.Module, output: Tensor) -> Map | None:
    found = laid(net, output)
    return None if found is None else Map(name, module, int(found.shape[-1]))


@contextmanager
def _noting(modules: Iterable[nn.Module]) -> Iterator[list[Noted]]:
    """What each of `modules` gives while the network runs, in the order of running."""
    found: list[Noted] = []

    def note(module: nn.Module, _: tuple[object, ...], output: object) -> None:
        if isinstance(output, Tensor):
            found.append((module, output))

    handles = [module.register_forward_hook(note) for module in modules]
    try:
        with torch.inference_mode():
            yield found
    finally:
        for handle in handles:
            handle.remove()
