"""One film's stack from its working copy and masks, from bytes to bytes.

A pure function of bytes, so that its result may be remembered, or made on another machine.
"""

import hashlib
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curation.pixels.histogram import Counts
from curation.pixels.lungs import Shown, in_window
from curation.pixels.recipe import Recipe
from curation.pixels.stack import Stack, grey_levels, layers, part_of
from curation.work.kind import kind
from curation.work.packed import pack, unpack
from manifests.contract.box import Box
from manifests.contract.images import Pixels
from manifests.contract.packing import unpng

STACK = kind("stack", 1, __name__)
"""What `stacked` gives."""


class Asked(NamedTuple):
    """PNGs of a working copy, of its lung mask and its text mask, and what to make of them."""

    film: bytes
    lungs: bytes
    """Empty where there is none."""
    text: bytes
    """Empty where there is none, or the recipe does not ask for it."""
    recipe: Recipe
    base: Counts | None


class Stacked(NamedTuple):
    """A stack, the lungs on it, and which part of the film it shows."""

    stack: Stack
    lungs: bytes | None
    """The mask in the frame of the stack, a bit for each pixel; None for a film without mask."""
    shown: Shown
    box: Box


def key(sha256: tuple[str, str, str], recipe: Recipe, base: Counts | None) -> bytes:
    """What a stack is remembered under; `sha256` are of the three PNGs, empty for none."""
    levels = b"" if base is None else base.tobytes()
    return STACK.key(*sha256, recipe.recipe_id, hashlib.sha256(levels).hexdigest())


def stacked(asked: Asked) -> bytes:
    """What `read` understands: the stack of one film."""
    film, lungs, text = unpng(asked.film), _mask(asked.lungs), _mask(asked.text)
    part = part_of(film, asked.recipe, lungs, text)
    made: list[npt.NDArray[np.uint8]] = [layers(part, asked.recipe, asked.base)]
    if lungs is not None:
        inside = in_window(lungs, part.window, film.shape, asked.recipe.size)
        made.append(np.packbits(inside))
    about = {"shown": part.shown.value, "box": part.window.shares(film.shape)}
    return pack(about, made)


def levels_of(asked: Asked) -> Counts:
    """The grey levels that this film lends to all others as their base."""
    film, lungs, text = unpng(asked.film), _mask(asked.lungs), _mask(asked.text)
    return grey_levels(part_of(film, asked.recipe, lungs, text))


def read(result: bytes) -> Stacked:
    """What `stacked` gave."""
    about, (stack, *lungs) = unpack(result)
    inside = lungs[0].tobytes() if lungs else None
    return Stacked(stack, inside, Shown(about["shown"]), Box(*about["box"]))


def described(
    recipe: Recipe, manifest_id: str, levels: Counts | None, decoding: str, **beside: str
) -> dict[str, str]:
    """What every shard says of itself, with the levels that films were matched to.

    `decoding` is exact where films came by their working copies, small where JPEGs were decoded no
    larger than they were needed. `beside` is what else decides the pixels: `max_side`, `lungs_by`
    and `least_lung`, as `Prepared` has them.
    """
    return {
        "manifest_id": manifest_id,
        "recipe_id": recipe.recipe_id,
        "recipe": recipe.spelled,
        "channels": ",".join(recipe.channels),
        "size": str(recipe.size),
        "decoding": decoding,
        "base": recipe.base,
        "base_levels": "" if levels is None else ",".join(map(str, levels.tolist())),
        **beside,
    }


def _mask(data: bytes) -> Pixels | None:
    return unpng(data) if data else None
