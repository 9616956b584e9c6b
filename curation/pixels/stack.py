"""How a film becomes what a network sees: the one function for training and for every later use.

Training reads the shards that stage prepare makes with it, so that no second version of these
steps can drift away from it. H and W are pixels of the film, h and w of the part that is shown.
"""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from curation.pixels.area import by_area
from curation.pixels.enhance import ahe, beasf, clahe, equalize
from curation.pixels.histogram import Counts, counts, table
from curation.pixels.lungs import Shown, Window, box, grown, judged, on_film
from curation.pixels.recipe import Channel, LungCrop, Recipe
from curation.pixels.text import conceal
from manifests.contract.images import Pixels

Stack = npt.NDArray[np.uint8]
"""uint8[size, size, 3]."""


class Part(NamedTuple):
    """What a recipe shows of a film, in the film's own resolution."""

    pixels: Pixels
    """uint8[h, w]."""
    inside: Pixels | None
    """uint8[h, w], 0 where it will be black; None where nothing is."""
    window: Window
    shown: Shown


def stack(
    film: Pixels,
    recipe: Recipe,
    *,
    lungs: Pixels | None = None,
    text: Pixels | None = None,
    base: Counts | None = None,
) -> Stack:
    """uint8[H, W] -> uint8[size, size, 3]: conceal, segment, match, resize, enhance.

    `lungs` is the mask of the frame, 256 x 256; `text` that of the words, in the film's shape;
    `base` what `grey_levels` gave for the base film. None where there is none. Raises `ValueError`
    for a recipe that matches and has no base, and for a text mask of another shape.
    """
    return layers(part_of(film, recipe, lungs, text), recipe, base)


def part_of(film: Pixels, recipe: Recipe, lungs: Pixels | None, text: Pixels | None) -> Part:
    """The first two steps: what words cover is painted over, and the lungs are cut out."""
    if recipe.conceal_text and text is not None:
        if text.shape != film.shape:
            raise ValueError(f"a text mask of {text.shape} lies on a film of {film.shape}")
        film = conceal(film, text)
    whole = Window(0, film.shape[0], 0, film.shape[1])
    if recipe.lungs is LungCrop.NONE:
        return Part(film, None, whole, Shown.WHOLE)
    shown = judged(lungs)
    if lungs is None or shown is not Shown.LUNGS:
        return Part(film, None, whole, shown)
    rim = grown(lungs, recipe.dilations)
    window = box(rim, recipe.margin, film.shape)
    is_masked = recipe.lungs is LungCrop.MASKED
    inside = window.of(on_film(rim, film.shape)) if is_masked else None
    return Part(window.of(film), inside, window, shown)


def grey_levels(part: Part) -> Counts:
    """The histogram of what is shown; of the base film it is what all others are matched to."""
    return counts(part.pixels if part.inside is None else part.pixels[part.inside > 0])


def layers(part: Part, recipe: Recipe, base: Counts | None) -> Stack:
    """The last three steps: grey levels matched, squeezed to `size`, channels made from that."""
    pixels = part.pixels
    if recipe.base:
        if base is None:
            raise ValueError("the recipe matches films to a base film, and its levels are missing")
        # Black that was put around the lungs is no grey level of the film.
        pixels = np.asarray(cv2.LUT(pixels, table(grey_levels(part), base).astype(np.uint8)))
    if part.inside is not None:
        pixels = pixels & part.inside
    image = squeezed(pixels, recipe.size)
    made = {
        Channel.IMAGE: lambda: image,
        Channel.BEASF: lambda: beasf(image, recipe.beasf_gamma),
        Channel.CLAHE: lambda: clahe(image, recipe.clahe_clip, recipe.clahe_tiles),
        Channel.EQUALIZED: lambda: equalize(image),
        Channel.AHE: lambda: ahe(image, recipe.ahe_radius),
    }
    return np.asarray(cv2.merge([made[channel]() for channel in recipe.channels]), np.uint8)


def squeezed(pixels: Pixels, size: int) -> Pixels:
    """The whole frame at `size` x `size`, as masks of the frame are; the aspect is not kept.

    By area where the film is the larger one, which averages noise and leaves no jagged lines, and
    bicubic, the paper's choice, where it must grow. A film at least twice as large is halved first,
    which processors do fastest, as a JPEG is when it is decoded small.
    """
    while min(pixels.shape) >= 2 * size:
        height, width = pixels.shape
        pixels = pixels[: height // 2 * 2, : width // 2 * 2]
        half = cv2.resize(pixels, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        pixels = np.asarray(half, np.uint8)
    if min(pixels.shape) >= size:
        return by_area(pixels, size)
    return np.asarray(cv2.resize(pixels, (size, size), interpolation=cv2.INTER_CUBIC), np.uint8)
