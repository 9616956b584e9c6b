"""The search for copies at the size of the largest collections: seconds, memory, growth, recall.

    python benchmarks/search.py hashes|search|growth|recall|all [FOLDER [CACHE]]

FOLDER holds real films (else films are drawn); CACHE keeps the strangers made of them between
runs. `growth` wants 16 GiB of memory. Seconds are CPU seconds of all threads unless said otherwise.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import faiss
import numpy as np
import numpy.typing as npt
from crowd import copies, described, drawn_like, real_films, strangers
from hashes import like_those_of

from curation.duplicates.hamming import within
from curation.duplicates.neighbours import neighbours

Result = TypeVar("Result")
Positions = npt.NDArray[np.int64]

NIH = 112_120
LARGE, MILLION = 112_000, 1_000_000
STRANGERS = 50_000
COUNT, DISTANCE, ROUNDS = 10, 4, 5
EVERY = 3
"""Of every so many films one is changed and searched for."""


def timed(work: Callable[[], Result]) -> tuple[Result, float, float]:
    """What `work` gives, its CPU seconds and its seconds on the wall."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    return result, time.process_time() - cpu, time.perf_counter() - wall


def peak() -> float:
    """GiB that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def hashes(folder: Path, _: Path) -> None:
    many = like_those_of(real_films(folder), NIH)
    pairs, first, _wall = timed(lambda: within(many, DISTANCE))
    faiss.omp_set_num_threads(1)
    flat = faiss.IndexBinaryFlat(64)
    data = many[:, None].view(np.uint8)
    flat.add(data)
    ratios = []
    for _round in range(ROUNDS):
        (limits, _d, others), theirs, _wall = timed(lambda: flat.range_search(data, DISTANCE + 1))
        _same, ours, _wall = timed(lambda: within(many, DISTANCE))
        ratios.append(theirs / ours)
        print(f"  faiss IndexBinaryFlat {theirs:.2f} s, ours {ours:.3f} s: {theirs / ours:.0f} x")
    counts: Positions = np.diff(np.asarray(limits, np.int64)).astype(np.int64)
    queries = np.repeat(np.arange(NIH), counts)
    both = np.stack([queries, others], axis=1)[queries < others]
    is_equal = bool((both[np.lexsort((both[:, 1], both[:, 0]))] == pairs).all())
    print(
        f"{len(pairs)} pairs of {NIH} hashes at most {DISTANCE} bits apart, equal to those of "
        f"faiss: {is_equal}"
    )
    print(f"median ratio {np.median(ratios):.0f} x; first call with compiling {first:.2f} s")


def searched(films: int, folder: Path) -> tuple[float, float]:
    """CPU and wall seconds of the search among so many films drawn like the real ones."""
    crowd = drawn_like(described(real_films(folder)), films)
    _few, compiling, _wall = timed(lambda: neighbours(crowd[:100], COUNT))
    before = peak()
    found, cpu, wall = timed(lambda: neighbours(crowd, COUNT))
    print(
        f"{films} films, {len(found)} candidates: {cpu:.0f} CPU s, {wall:.0f} s on the wall; at "
        f"most {peak():.1f} GiB, of which {before:.1f} before the search (compiling or loading "
        f"{compiling:.1f} s, apart)",
        flush=True,
    )
    return cpu, wall


def search(folder: Path, _: Path) -> None:
    searched(LARGE, folder)


def growth(folder: Path, _: Path) -> None:
    small, large = searched(LARGE, folder), searched(MILLION, folder)
    for name, one, other in zip(("CPU", "wall"), small, large, strict=True):
        exponent = np.log(other / one) / np.log(MILLION / LARGE)
        print(f"seconds ({name}) grow as films to the power of {exponent:.2f}")


def recall(folder: Path, cache: Path) -> None:
    """Each transform's copies are put among all films and strangers, and searched for there."""
    films = real_films(folder)
    crowd = np.concatenate([described(films), strangers(films, STRANGERS, cache)])
    originals = range(0, len(films), EVERY)
    print(f"| copy | its original among the {COUNT} of {len(crowd)} films |\n|---|---|")
    shares = {}
    for name, changed in copies(films[::EVERY]):
        found = neighbours(np.concatenate([crowd, changed]), COUNT)
        pairs = {(pair.first, pair.second) for pair in found}
        met = [(first, len(crowd) + n) in pairs for n, first in enumerate(originals)]
        shares[name] = float(np.mean(met))
        print(f"| {name} | {shares[name]:.3f} |", flush=True)
    print(f"| all | {np.mean(list(shares.values())):.3f} |")


PARTS = {"hashes": hashes, "search": search, "growth": growth, "recall": recall}


def main(part: str, folder: Path, cache: Path) -> None:
    for name, work in PARTS.items():
        # Growth begins with the same search.
        if part == name or (part == "all" and name != "search"):
            print(f"\n{name}", flush=True)
            work(folder, cache)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in {*PARTS, "all"}:
        sys.exit(__doc__)
    given = [Path(place) for place in sys.argv[2:]]
    with tempfile.TemporaryDirectory() as made:
        main(sys.argv[1], *(given + [Path("no films"), Path(made)][len(given) :]))
