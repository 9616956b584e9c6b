"""From prepared shards to batches; films are standardised here and nowhere else.

B batch, H and W pixels, N films.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from training.augmentation import Augmentation, augmented
from training.films import Films, Whole

Change = tuple[Augmentation, Tensor]
"""How films are varied, and the chance by which: what `augmentation.drawn` gives."""
Asked = TypeVar("Asked")
Loaded = TypeVar("Loaded")
FILMS_MEASURED = 1000
"""Enough training films to know the mean grey level; all of a large set would be read for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a network sees a film: side in pixels, and the grey levels of the training films."""

    size: int
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    """Per channel, of grey levels in 0..1."""


def look_at(films: Films, size: int) -> Look:
    """The `Look` that standardises `films`, measured on at most `FILMS_MEASURED` of them."""
    step = -(-len(films) // FILMS_MEASURED)
    sums, squares, pixels = np.zeros(3), np.zeros(3), 0
    for number in range(0, len(films), step):
        stack = films.pixels(number).reshape(-1, 3).astype(np.float64) / 255
        sums, squares, pixels = (
            sums + stack.sum(0),
            squares + (stack**2).sum(0),
            pixels + len(stack),
        )
    mean = sums / pixels
    # A channel without contrast must not be divided by nothing.
    deviation = np.sqrt(np.maximum(squares / pixels - mean**2, 1e-4))
    return Look(size=size, mean=_rounded(mean), deviation=_rounded(deviation))


def _rounded(values: npt.NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)


def batch(films: Films, picked: Whole, look: Look, device: torch.device) -> Tensor:
    """float32[B, 3, H, W] of the films numbered `picked`, standardised."""
    return standardised(stacks(films, picked), look, device)


def stacks(films: Films, picked: Whole) -> Tensor:
    """uint8[B, H, W, 3] of the films numbered `picked`, copied from the mapped shards."""
    first = films.pixels(int(picked[0]))
    # From pinned memory a GPU fetches while it computes.
    made = torch.empty(
        (len(picked), *first.shape), dtype=torch.uint8, pin_memory=torch.cuda.is_available()
    )
    place = made.numpy()
    for row, number in enumerate(picked):
        place[row] = films.pixels(int(number))
    return made


def ahead(
    asked: Iterator[Asked], load: Callable[[Asked], Loaded]
) -> Iterator[tuple[Asked, Loaded]]:
    """Each thing asked for with what it loads to; the next is loaded while one is in use."""
    with ThreadPoolExecutor(1, "loading") as thread:
        coming = None
        for one in asked:
            after = one, thread.submit(load, one)
            if coming is not None:
                yield coming[0], coming[1].result()
            coming = after
        if coming is not None:
            yield coming[0], coming[1].result()


def standardised(
    films: Tensor, look: Look, device: torch.device, change: Change | None = None
) -> Tensor:
    """float32[B, 3, H, W] on `device` of uint8[B, H, W, 3], varied if asked, standardised."""
    # In place: new memory for each step would cost more than the arithmetic.
    images = films.to(device, non_blocking=True).permute(0, 3, 1, 2).float().div_(255)
    if images.shape[-1] > look.size:
        # Averaging areas keeps fine opacities that picking single pixels would lose.
        images = interpolate(images, size=(look.size, look.size), mode="area")
    elif images.shape[-1] < look.size:
        images = interpolate(images, size=(look.size, look.size), mode="bilinear")
    if change is not None:
        images = augmented(images, *change)
    mean = torch.tensor(look.mean, device=device).reshape(1, 3, 1, 1)
    deviation = torch.tensor(look.deviation, device=device).reshape(1, 3, 1, 1)
    return images.sub_(mean).div_(deviation).contiguous(memory_format=torch.channels_last)


def portions(count: int, size: int, generator: torch.Generator | None = None) -> Iterator[Whole]:
    """The numbers below `count` in parts of at most `size`, nearly equal; shuffled if asked.

    Nearly equal, because a last batch of one film has no variance to normalise.
    """
    if count == 0:
        return
    order = (
        np.arange(count)
        if generator is None
        else (torch.randperm(count, generator=generator).numpy())
    )
    yield from np.array_split(order.astype(np.int64), -(-count // size))
