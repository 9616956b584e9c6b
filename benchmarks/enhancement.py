"""How fast the enhancements are beside the code that researchers use, and whether they agree.

    PYTHONPATH=.:tests/support python benchmarks/enhancement.py ../shared/data [rounds]

Real films at 320 and 1024 pixels a side, one core, CPU time; every ratio is of one round on the
same films, and its median over the rounds is printed. The published BEASF is the plain port in
tests/support (loops over tones, then one look-up).
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import cv2
import numpy as np
from published_beasf import published_beasf
from skimage import exposure, morphology, transform
from skimage.filters import rank

from curation.pixels.enhance import ahe, beasf, beasf_reference, clahe, equalize
from curation.pixels.histogram import counts, matched
from curation.pixels.recipe import PLAIN
from curation.pixels.stack import squeezed, stack
from manifests.contract.images import Pixels, decode

# Half of scikit-image has types.
skimage: Any = SimpleNamespace(
    clahe=exposure.equalize_adapthist, he=exposure.equalize_hist, match=exposure.match_histograms,
    rank=rank.equalize, disk=morphology.disk, resize=transform.resize,
)  # fmt: skip
FILMS = 24
Made = Callable[[Pixels], np.ndarray]


class Race(NamedTuple):
    name: str
    peer: Made
    ours: Made
    agree: Callable[[np.ndarray, np.ndarray], bool] | None
    """None where the peer is another algorithm."""


def equal(one: np.ndarray, other: np.ndarray) -> bool:
    return bool((one.astype(np.uint8) == other).all())


def stacked_by_skimage(film: Pixels) -> np.ndarray:
    image = skimage.resize(film, (320, 320), order=3, anti_aliasing=True, preserve_range=True)
    image = np.clip(image, 0, 255).astype(np.uint8)
    contrast = skimage.clahe(image, kernel_size=40, clip_limit=0.01)
    return np.dstack([image, published_beasf(image, 1.5), (contrast * 255).astype(np.uint8)])


def races(base: Pixels, size: int) -> list[Race]:
    found = counts(base)
    heavy = [Race("AHE, rank in a disk of 40 / scikit-image",
                  lambda x: skimage.rank(x, skimage.disk(40)), lambda x: ahe(x, 40), equal)
             ]  # fmt: skip
    return [
        Race("HE / OpenCV", cv2.equalizeHist, equalize, equal),
        Race("HE / scikit-image", lambda x: skimage.he(x) * 255, equalize, None),
        Race("CLAHE / OpenCV", lambda x: cv2.createCLAHE(2.0, (8, 8)).apply(x),
             lambda x: clahe(x, 2, 8), equal),
        Race("CLAHE / scikit-image", skimage.clahe, lambda x: clahe(x, 2, 8), None),
        Race("BEASF reference / published loop", lambda x: published_beasf(x, 1.5),
             lambda x: beasf_reference(x, 1.5), equal),
        Race("BEASF fixed / published loop", lambda x: published_beasf(x, 1.5),
             lambda x: beasf(x, 1.5), None),
        Race("matching / scikit-image", lambda x: skimage.match(x, base),
             lambda x: matched(x, found), equal),
        *(heavy if size == 320 else []),
    ]  # fmt: skip


def seconds(made: Made, films: list[Pixels]) -> float:
    start = time.process_time()
    for film in films:
        made(film)
    return time.process_time() - start


def run(race: Race, films: list[Pixels], rounds: int) -> None:
    # Compiled and cached before anything is timed.
    pairs = [(race.peer(film), race.ours(film)) for film in films]
    word = "another algorithm" if race.agree is None else (
        f"{sum(race.agree(*pair) for pair in pairs)} of {len(films)}"
    )  # fmt: skip
    ratios, ours = [], []
    for _ in range(rounds):
        peer, own = seconds(race.peer, films), seconds(race.ours, films)
        ratios.append(peer / own)
        ours.append(own / len(films) * 1000)
    spread = f"[{min(ratios):.1f}-{max(ratios):.1f}]"
    print(f"  {race.name:44} {statistics.median(ratios):7.1f}x {spread:12} "
          f"{statistics.median(ours):7.2f} ms  equal: {word}")  # fmt: skip


def main(arguments: list[str]) -> None:
    cv2.setNumThreads(1)
    rounds = int(arguments[1]) if len(arguments) > 1 else 5
    files = sorted((Path(arguments[0]) / "nih").rglob("*.png"))[:FILMS]
    films = [decode(file.read_bytes(), file.name).pixels for file in files]
    for size in (320, 1024):
        at = [squeezed(film, size) for film in films]
        print(f"{len(at)} films at {size} px: times faster (median, range), ours per film")
        for race in races(at[0], size):
            run(race, at, rounds)
    print("the whole film to image, BEASF, CLAHE at 320 px")
    run(Race("stack / scikit-image and published BEASF", stacked_by_skimage,
             lambda x: stack(x, PLAIN), None), films, rounds)  # fmt: skip
    at = [squeezed(film, 320) for film in films]
    run(Race("stack of films that are 320 px already", stacked_by_skimage,
             lambda x: stack(x, PLAIN), None), at, rounds)  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
