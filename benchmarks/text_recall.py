"""How many rendered words `text.py` finds again, and how many that are drawn on phantoms."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import count, islice
from typing import NamedTuple

import cv2
import numpy as np
from text_films import Bare
from text_overlays import Overlay, overlay

from curation.pixels.text import Box, boxes, text_mask
from manifests.contract.images import Pixels

FOUND = 0.8
NEAR = 1.0
"""Around a word, of its height: its plate, and its margin in the mask."""


class Result(NamedTuple):
    """One printed word; `elsewhere` is the share of the film that it added away from itself."""

    film: Bare
    made: Overlay
    is_found: bool
    characters: int
    characters_found: int
    elsewhere: float


def printed(films: list[Bare], wanted: int) -> Iterator[tuple[Bare, Overlay]]:
    """Overlays on the films in turn, four kinds of words on each."""
    bare = {film.name: text_mask(film.pixels) for film in films}

    def all_of_them() -> Iterator[tuple[Bare, Overlay]]:
        for number in count():
            film = films[number // 4 % len(films)]
            made = overlay(film.pixels, number)
            if made and not Box(*made.box).of(bare[film.name]).any():
                yield film, made

    return islice(all_of_them(), wanted)


def result(film: Bare, made: Overlay, before: Pixels) -> Result:
    mask = text_mask(made.pixels)
    found = sum(covered(mask, Box(*one)) for one in made.characters)
    reach = int(NEAR * (made.box[3] - made.box[1])) + 8
    left, top, right, bottom = made.box
    added = (mask > 0) & (before == 0)
    added[max(0, top - reach) : bottom + reach, max(0, left - reach) : right + reach] = False
    return Result(
        film, made, found >= FOUND * len(made.characters), len(made.characters), found,
        float(added.mean()),
    )  # fmt: skip


def covered(mask: Pixels, box: Box) -> bool:
    return float((box.of(mask) > 0).mean()) >= FOUND


def show_recall(results: list[Result]) -> None:
    words = sum(one.is_found for one in results)
    total = sum(one.characters for one in results)
    signs = sum(one.characters_found for one in results)
    unseen = sum(one.made.unseen for one in results)
    elsewhere = 100 * statistics.mean(one.elsewhere for one in results)
    print(f"  words {words}/{len(results)} = {words / len(results):.3f}, "
          f"characters {signs}/{total} = {signs / total:.3f} and {unseen} that cannot be seen, "
          f"area added elsewhere {elsewhere:.3f} %")  # fmt: skip
    by: dict[str, Callable[[Result], object]] = {
        "height": lambda r: r.made.height, "font": lambda r: r.made.font,
        "look": lambda r: r.made.look, "place": lambda r: r.made.place,
        "source": lambda r: r.film.source, "file": lambda r: r.film.format,
        "kind": lambda r: r.made.why or "marker",
    }  # fmt: skip
    for name, value in by.items():
        groups = defaultdict(list)
        for one in results:
            groups[value(one)].append(one.is_found)
        told = (f"{key} {sum(of)}/{len(of)}" for key, of in sorted(groups.items(), key=str))
        print(f"  by {name}: " + ", ".join(told))


def show_truth(films: list[Bare]) -> None:
    """What is written on drawn films: found or not, and the mask that lies beside it."""
    found, false, total = [], 0, 0
    for film in films:
        mask = text_mask(film.pixels)
        truth = np.zeros_like(mask) if film.truth is None else film.truth
        found += [covered(mask, box) for box in boxes(truth)]
        side = max(9, max(mask.shape) // 40)
        near = cv2.dilate(truth, np.ones((side, side), np.uint8))
        false, total = false + int(((mask > 0) & (near == 0)).sum()), total + mask.size
    print(f"  their own words {sum(found)}/{len(found)} = {sum(found) / len(found):.3f}, "
          f"false area {100 * false / total:.3f} %")  # fmt: skip
