"""What a second run costs, and what one new film in a hundred costs, beside the first run.

    python benchmarks/twice.py [FILMS] [FOLDER]

FILMS (2000) distinct films of 512 to 1024 pixels are made, half as PNG and half as JPEG, by
bending and blending the films in FOLDER, or drawn ones without it. They go through the stages
ingest and dedup as `dvc repro` would run them, with one cache: once; again; and with one per cent
of new films as a source of their own, which is how they come. Where they stand among the old ones
instead, all files of that source are read and written again: that is shown without a goal.
"""

import io
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
import pandas as pd
from PIL import Image

from curation.sources.base import About, Draft, Importer
from curation.stages import dedup, ingest
from curation.work.bench import Bench, closed
from curation.work.cache import Cache
from curation.work.each import each
from manifests.contract import table
from manifests.contract.folder import whole_folder
from manifests.contract.images import Pixels, decode
from manifests.contract.record import Record
from manifests.contract.working import WorkingCopies

TERMS = Path("manifests/terms.yaml")
READING = ingest.Params(max_side=1024, max_megapixels=40)
COMPARING = dedup.Params(candidates=10, copy_at_least=0.84, same_patient_at_least=0.6)
BASES, SIDE = 40, 1100
GOALS = {"again": 0.05, "1 % new, a source of its own": 0.03}


class Pile(Importer):
    """A folder of films, each of a patient of its own."""

    about: ClassVar[About] = About(
        title="Pile", homepage="https://example.org", license="CC-BY-4.0", license_url="",
        citation="nobody, nowhere", paper="§0", hosts=("example.org",),
    )  # fmt: skip

    def read(self, files: Path) -> Iterator[Draft]:
        for place in sorted(files.iterdir()):
            yield Draft(
                source_ref=place.name, image=partial(_bytes, place), url="https://example.org",
                patient=place.name, modality="X-ray", view="PA", finding="COVID-19",
                license="CC BY 4.0", attribution="nobody",
            )  # fmt: skip


def _bytes(place: Path) -> bytes:
    return place.read_bytes()


@dataclass(kw_only=True)
class Road:
    """Two stages over some piles, in one folder, with one cache."""

    folder: Path
    seconds: dict[str, float] = field(default_factory=dict)

    def run(self, name: str, fresh: Sequence[str], held: Sequence[str]) -> dict[str, int]:
        """Ingest the piles `fresh`, then dedup over them and those `held`; note the time."""
        start, busy = time.perf_counter(), time.process_time()
        with self._bench() as bench:
            for pile in fresh:
                self._ingest(pile, bench)
        middle = time.perf_counter()
        with self._bench() as bench:
            counts = self._dedup([*fresh, *held], bench)
        end = time.perf_counter()
        self.seconds[name] = end - start
        share = (end - start) / next(iter(self.seconds.values()))
        print(
            f"{name}: {end - start:.2f} s ({100 * share:.1f} %): ingest {middle - start:.2f}, "
            f"dedup {end - middle:.2f}; {time.process_time() - busy:.2f} CPU s; {counts}",
            flush=True,
        )  # fmt: skip
        return counts

    def _ingest(self, pile: str, bench: Bench) -> None:
        source = Pile.model_construct(files=self.folder / pile)
        with whole_folder(self.folder / "ingest" / pile) as part:
            verdict = ingest.main(pile, source, part, TERMS, READING, bench)
            table.write(part / table.RECORDS, verdict.kept, Record)

    def _dedup(self, piles: Sequence[str], bench: Bench) -> dict[str, int]:
        folders = [self.folder / "ingest" / pile for pile in piles]
        records = pd.concat([table.read(f / table.RECORDS, Record) for f in folders])
        reviewed = self.folder / "pairs.csv"
        reviewed.write_text("a_sha256,b_sha256,verdict,who,when\n")
        copies = WorkingCopies(folders)
        verdict, pairs = dedup.main(records, records[:0], copies, reviewed, COMPARING, bench)
        return {"kept": len(verdict.kept), "left": len(verdict.rejected), "pairs": len(pairs)}

    @contextmanager
    def _bench(self) -> Iterator[Bench]:
        with closed(Cache(self.folder / "cache")) as cache:
            yield Bench(cache=cache)


def main(count: int, bases: Path | None) -> None:
    films = [*given(bases)] if bases else [drawn(number) for number in range(BASES)]
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        made_films(films, folder / "old", range(count))
        made_films(films, folder / "new", range(count, count + max(1, count // 100)))
        road = Road(folder=folder)
        print(
            f"{count} films made of {len(films)}, {size(folder / 'old') / count / 1e3:.0f} kB each"
        )
        first = road.run("first", ["old"], [])
        hold(road.run("again", ["old"], []) == first, "the second run found something else")
        with closed(Cache(folder / "cache")) as cache:
            for kind in cache.sizes():
                print(f"  cache: {kind.entries} {kind.kind}, {kind.size / 1e6:.1f} MB")
        road.run("1 % new, a source of its own", ["new"], ["old"])
        # New again, and this time every film of its source is read anew.
        for number, place in enumerate(sorted((folder / "new").iterdir())):
            remade(place, folder / "old" / f"z{number:06d}.jpg")
        road.run("1 % new, among the old", ["old"], [])
        judge(road.seconds)


def judge(seconds: Mapping[str, float]) -> None:
    missed = {
        name: seconds[name] / seconds["first"]
        for name, goal in GOALS.items() if seconds[name] > goal * seconds["first"]
    }  # fmt: skip
    hold(not missed, f"above the goal: {missed}")


def given(folder: Path) -> Iterator[Pixels]:
    """The films of a folder, of bounded size."""
    for place in sorted(folder.rglob("*.png"))[:BASES]:
        film = decode(place.read_bytes(), place.name).pixels
        yield np.asarray(cv2.resize(film, (SIDE, SIDE)), np.uint8)


def drawn(number: int) -> Pixels:
    chance = np.random.default_rng(number)
    picture = np.zeros((SIDE, SIDE), np.float32)
    for blur, weight in ((60, 3.0), (15, 1.2), (4, 0.8), (1.5, 0.3)):
        noise = cv2.GaussianBlur(chance.normal(size=(SIDE, SIDE)).astype(np.float32), (0, 0), blur)
        picture += weight * noise / noise.std()
    return np.asarray(np.clip(128 + 18 * picture, 0, 255), np.uint8)


def made_films(films: Sequence[Pixels], folder: Path, numbers: range) -> None:
    folder.mkdir()
    encoded = each(lambda number: encode(bent(films, number), number), numbers)
    for number, data in zip(numbers, encoded, strict=True):
        (folder / f"{number:06d}.{('png', 'jpg')[number % 2]}").write_bytes(data)


def bent(films: Sequence[Pixels], number: int) -> Pixels:
    """A film that no other number gives: two films, each turned and moved, one over the other."""
    chance = np.random.default_rng(number)
    side = int(chance.integers(512, 1025))
    share = float(chance.uniform(0.3, 0.7))
    one, other = (moved(films[int(chance.integers(len(films)))], chance, side) for _ in range(2))
    return np.asarray(cv2.addWeighted(one, share, other, 1 - share, 0), np.uint8)


def moved(film: Pixels, chance: np.random.Generator, side: int) -> Pixels:
    scale = side / SIDE * float(chance.uniform(1.0, 1.4))
    centre, degrees = (SIDE / 2, SIDE / 2), float(chance.uniform(-15, 15))
    turn = np.asarray(cv2.getRotationMatrix2D(centre, degrees, scale), np.float64)
    turn[:, 2] += side / 2 - SIDE / 2 + chance.uniform(-0.1, 0.1, 2) * side
    bend = cv2.BORDER_REFLECT_101
    return np.asarray(cv2.warpAffine(film, turn, (side, side), borderMode=bend), np.uint8)


def encode(pixels: Pixels, number: int) -> bytes:
    data = io.BytesIO()
    kind = ("PNG", "JPEG")[number % 2]
    Image.fromarray(pixels).save(data, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return data.getvalue()


def remade(place: Path, other: Path) -> None:
    """Another film from the one at `place`."""
    film = decode(place.read_bytes(), place.name).pixels
    other.write_bytes(encode(np.ascontiguousarray(film[::-1]), 1))


def size(folder: Path) -> int:
    return sum(place.stat().st_size for place in folder.iterdir())


def hold(claim: object, fault: str) -> None:
    if not claim:
        sys.exit(f"twice: {fault}")


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 2000,
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
    )
