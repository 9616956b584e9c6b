"""What a stack costs, from a film's file to what a network sees.

    PYTHONPATH=.:tests/support python benchmarks/preparation.py speed ../shared/data [rounds]
    PYTHONPATH=.:tests/support python benchmarks/preparation.py processes ../shared/data [rounds]
    PYTHONPATH=.:tests/support python benchmarks/preparation.py memory

`speed`: CPU time on one core, as `cxr stack` does it, beside careful OpenCV code with the published
BEASF loop (the plain port in tests/support), and beside decoding and resizing alone, of a JPEG no
larger than is needed. Every ratio is of one round over the same files; its median and range over
the rounds are printed. The other two are in preparation_road.py.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from preparation_road import memory, processes
from published_beasf import published_beasf

from curation.pixels.recipe import PLAIN
from curation.stacking import Asked, stack_of
from manifests.contract.images import Pixels, decode
from manifests.contract.packing import batches
from manifests.contract.rejection import Rejected

FILMS, IN_TURN = 80, 10
SIZE = PLAIN.size
NOT_FILMS = ("mask", "annotations")
REDUCED = {1: cv2.IMREAD_GRAYSCALE, 2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
           4: cv2.IMREAD_REDUCED_GRAYSCALE_4, 8: cv2.IMREAD_REDUCED_GRAYSCALE_8}  # fmt: skip
CLAHE = cv2.createCLAHE(PLAIN.clahe_clip, (PLAIN.clahe_tiles, PLAIN.clahe_tiles))


class File:
    """A film's file, and how small a decoder may make it."""

    def __init__(self, place: Path) -> None:
        film = decode(place.read_bytes(), place.name)
        self.place, self.kind = place, film.format
        least = min(film.pixels.shape) // SIZE if self.kind == "JPEG" else 1
        self.reduced = REDUCED[max(n for n in REDUCED if n <= max(least, 1))]


Task = Callable[[File], object]


def resized(film: Pixels) -> Pixels:
    return np.asarray(cv2.resize(film, (SIZE, SIZE), interpolation=cv2.INTER_AREA), np.uint8)


def careful(file: File) -> object:
    image = resized(np.asarray(cv2.imread(str(file.place), cv2.IMREAD_GRAYSCALE), np.uint8))
    return cv2.merge([image, published_beasf(image, PLAIN.beasf_gamma), CLAHE.apply(image)])


def ours(file: File) -> object:
    return stack_of(Asked(file.place, PLAIN, None))


def scaled_by_opencv(file: File) -> object:
    return resized(np.asarray(cv2.imread(str(file.place), file.reduced), np.uint8))


def scaled_by_pillow(file: File) -> object:
    with Image.open(file.place) as image:
        image.draft("L", (SIZE, SIZE))
        return resized(np.asarray(image.convert("L"), np.uint8))


def films(folder: Path) -> dict[str, list[File]]:
    """Up to FILMS of each kind, evenly from all sources, that the published loop can do as well."""
    found: dict[str, list[File]] = {"JPEG": [], "PNG": []}
    for place in sorted(p for p in folder.rglob("*") if p.is_file()):
        if any(word in str(place).lower() for word in NOT_FILMS):
            continue
        try:
            file = File(place)
            if file.kind in found:
                careful(file)
                found[file.kind].append(file)
        except (Rejected, ZeroDivisionError):
            continue
    return {kind: some[:: -(-len(some) // FILMS)] for kind, some in found.items()}


def once(files: Iterable[File], costs: dict[Task, list[float]]) -> None:
    """A round: CPU seconds of each task, a few films in turn, so that all see the same machine."""
    for spent in costs.values():
        spent.append(0.0)
    for some in batches(files, IN_TURN):
        for task, spent in costs.items():
            start = time.process_time()
            for file in some:
                task(file)
            spent[-1] += time.process_time() - start


def told(above: list[float], below: list[float]) -> str:
    ratios = [one / other for one, other in zip(above, below, strict=True)]
    return f"{statistics.median(ratios):.2f} [{min(ratios):.2f}-{max(ratios):.2f}]"


def speed(folder: Path, rounds: int) -> None:
    cv2.setNumThreads(1)
    for kind, files in films(folder).items():
        costs: dict[Task, list[float]] = {
            task: [] for task in (careful, ours, scaled_by_opencv, scaled_by_pillow)
        }
        ours(files[0])
        for _ in range(rounds):
            once(files, costs)
        print(f"{kind}, {len(files)} films, {rounds} rounds; ours takes "
              f"{1000 * statistics.median(costs[ours]) / len(files):.2f} ms")  # fmt: skip
        print(f"  careful OpenCV / ours           {told(costs[careful], costs[ours])}")
        for limit in (scaled_by_opencv, scaled_by_pillow):
            print(f"  ours / decoded, {limit.__name__} {told(costs[ours], costs[limit])}")


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "memory":
        memory(*rest)
    else:
        rounds = int(rest[1]) if len(rest) > 1 else 15
        {"speed": speed, "processes": processes}[what](Path(rest[0]), rounds)
