"""How well copies of real films are found among others, beside other tools, in one run.

    PYTHONPATH=. python benchmarks/copy_transforms.py FOLDER [BASES] [alone]

FOLDER is laid out as for copies.py. BASES films (60 unless told), one of each patient, go through
19 transforms; every result is looked for among all settled films. `alone` leaves out the others.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from copy_figures import USUAL, Scores, best, figures, line
from copy_films import Sample, film, sample
from copy_finder import MAX_SIDE, Finder, as_scores
from copy_peers import DEFAULTS, HASHES, Perception, distances, hashed
from PIL import Image
from transforms import RELATIONS, TRANSFORMS, shares

from curation.duplicates.verification import Likeness
from curation.pixels.fingerprint import working_copy
from curation.stages.dedup import Params
from manifests.contract.images import Pixels, decode
from manifests.contract.params import read, section

Found = list[dict[tuple[int, int], Likeness]]


def main(folder: Path, count: int, *, is_alone: bool) -> None:
    params = section(read(Path("params.yaml")), "dedup", Params)
    films = sample(folder, count)
    own = [films.names.index(name) for name in films.bases]
    print(f"{len(films.names)} films, {len(own)} bases of as many patients, ", end="")
    print(f"{len(films.developed)} of them for development, the others hold-out\n")
    with tempfile.TemporaryDirectory() as place:
        looks = {name: film(folder, name) for name in films.names}
        queries = list(transformed(looks, films.bases))
        found, finder = ours(looks, queries, params)
        scores = as_scores(found, len(own), len(films.names))
        files = [saved(Path(place), f"film-{n}", looks[name]) for n, name in enumerate(looks)]
        asked = [
            [saved(Path(place), f"query-{t}-{n}", query) for n, query in enumerate(of_transform)]
            for t, of_transform in enumerate(queries)
        ]
        decoding = decoded([*files, *(file for queries in asked for file in queries)])
        peers = {} if is_alone else dict(theirs(files, asked))
    compare_all(scores, peers, own, films, params)
    by_transform(scores, {name: s for name, (s, _) in peers.items()}, own, found, params)
    strangers(scores, films, params)
    cost(finder, decoding, peers, len(films.names) + sum(map(len, queries)))


def transformed(looks: dict[str, Pixels], bases: Sequence[str]) -> Iterator[list[Pixels]]:
    for name, transform in TRANSFORMS.items():
        yield [transform(looks[base], shares(f"{name} {base}")) for base in bases]


def saved(folder: Path, name: str, pixels: Pixels) -> Path:
    place = folder / f"{name}.png"
    Image.fromarray(pixels).save(place, compress_level=1)
    return place


def ours(
    looks: dict[str, Pixels], queries: Sequence[Sequence[Pixels]], params: Params
) -> tuple[Found, Finder]:
    finder = Finder(list(looks.values()), params.candidates)
    return [finder.likenesses(of_transform) for of_transform in queries], finder


def theirs(
    files: Sequence[Path], asked: Sequence[Sequence[Path]]
) -> Iterator[tuple[str, tuple[Scores, float]]]:
    """Every peer's scores, and its CPU seconds."""
    for name in HASHES:
        start = time.process_time()
        films = hashed(name, files)
        scores = np.stack([distances(hashed(name, queries), films) for queries in asked])
        yield name, (scores, time.process_time() - start)
    for name, loose in (("perception SIFT", False), ("perception SIFT, loose", True)):
        start, peer = time.process_time(), Perception(films=files, loose=loose)
        described = peer.described(files)
        scores = np.stack([peer.scores(described, queries) for queries in asked])
        yield name, (scores, time.process_time() - start)


def compare_all(
    scores: Scores, peers: dict[str, tuple[Scores, float]], own: list[int], films: Sample,
    params: Params,
) -> None:  # fmt: skip
    print(
        "| finder | 19: from | F1 | precision | recall | 15 usual: from | F1 | precision | recall |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    developed = np.array([base in films.developed for base in films.bases])
    columns = np.array(own)
    for which, rows in (
        ("all", developed | True),
        ("development", developed),
        ("hold-out", ~developed),
    ):
        of_rows, its = scores[:, rows], list(columns[rows])
        print(line(f"cxr, {which}", figures(of_rows, its, params.copy_at_least),
                   figures(of_rows[USUAL], its, params.copy_at_least)))  # fmt: skip
    for name, (theirs, _) in peers.items():
        print(line(f"{name}, its best", best(theirs, own), best(theirs[USUAL], own)))
        if name in DEFAULTS:
            there = DEFAULTS[name]
            print(line(f"{name}, its default", figures(theirs, own, there),
                       figures(theirs[USUAL], own, there)))  # fmt: skip
    ours = 1 - figures(scores[USUAL], own, params.copy_at_least).recall
    print(f"\nmissed of the 15 usual: {ours:.4f}", end="")
    for name, (theirs, _) in peers.items():
        print(f"; {name} {1 - best(theirs[USUAL], own).recall:.4f}", end="")
    print()


def by_transform(
    scores: Scores, peers: dict[str, Scores], own: list[int], found: Found, params: Params
) -> None:
    bars = {name: best(theirs[USUAL], own).threshold for name, theirs in peers.items()}
    heads = ["transform", "candidates", "found", "called as it was made", *peers]
    print("\n| " + " | ".join(heads) + " |\n" + "|---" * len(heads) + "|")
    at = np.arange(len(own))
    for number, name in enumerate(TRANSFORMS):
        mine = scores[number, at, own]
        copies = mine >= params.copy_at_least
        named = [
            found[number][query, column].relation == RELATIONS[name]
            for query, column in enumerate(own) if copies[query]
        ]  # fmt: skip
        others = [(s[number, at, own] >= bars[peer]).mean() for peer, s in peers.items()]
        cells = [np.isfinite(mine).mean(), copies.mean(), np.mean(named), *others]
        print(" | ".join(["", name, *(f"{cell:.3f}" for cell in cells), ""]).strip())


def strangers(scores: Scores, films: Sample, params: Params) -> None:
    """Pairs of a copy and a film of a known other patient that were called copies."""
    apart = np.array(
        [[films.are_strangers(base, name) for name in films.names] for base in films.bases]
    )
    called = (scores >= params.copy_at_least) & apart[None]
    print(
        f"\ncalled copies of {int(apart.sum()) * len(scores)} pairs of different patients: ", end=""
    )
    highest = scores[:, apart].max()
    print(f"{int(called.sum())}; the highest score {highest:.3f}")
    for transform, query, column in np.argwhere(called):
        print(f"  {list(TRANSFORMS)[transform]} of {films.bases[query]}: {films.names[column]}")


def decoded(files: Sequence[Path]) -> float:
    """CPU seconds of decoding the files."""
    start = time.process_time()
    for file in files:
        working_copy(decode(file.read_bytes(), file.name).pixels, MAX_SIDE)
    return time.process_time() - start


def cost(
    finder: Finder, decoding: float, peers: dict[str, tuple[Scores, float]], pictures: int
) -> None:
    print(f"\nCPU ms per picture of {pictures}, with decoding")
    spent = {"decoding": decoding, **finder.seconds}
    parts = {name: 1000 * seconds / pictures for name, seconds in spent.items()}
    print(f"  cxr {sum(parts.values()):.1f}:", ", ".join(f"{n} {s:.1f}" for n, s in parts.items()))
    print(f"    {finder.compared / pictures:.1f} pairs compared per picture")
    for name, (_, seconds) in peers.items():
        print(f"  {name} {1000 * seconds / pictures:.1f}")


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if word != "alone"]
    bases = int(given[1]) if len(given) > 1 else 60
    main(Path(given[0]), bases, is_alone="alone" in sys.argv)
