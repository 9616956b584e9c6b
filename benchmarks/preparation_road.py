"""What the road to stacks takes as a whole: on one core and on two, and in memory.

Run by preparation.py. `processes`: wall time on one core and on two, of making stacks alone, and of
`cxr stack` and stage prepare with all that they read and write. The threads of both share the cores
given; the machine has to be idle, and its load is printed.
`memory`: stage prepare over 1,000 and 10,000 films, each in a process of its own, whose largest
resident memory is printed.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import pandas as pd
from records import record, records
from textures import texture

from curation.folders import pictures as in_folder
from curation.pixels.fingerprint import working_copy
from curation.pixels.recipe import PLAIN
from curation.pixels.stacked import STACK, stacked
from curation.pixels.stacked import Asked as Copy
from curation.stacking import Asked as File
from curation.stacking import stack_of, stacks
from curation.stages.prepare import Params, main, pictures
from curation.work.bench import ALONE
from curation.work.each import each
from manifests.contract.images import decode
from manifests.contract.packing import png
from manifests.contract.rejection import Rejected
from manifests.contract.working import WorkingCopies, write_packed

RECIPE = Params.model_validate(PLAIN.model_dump())
NOWHERE = Path("absent/lungs"), Path("absent/text")
MANY = (1_000, 10_000)
DRAWN = 50
"""Films that are drawn, of 512 pixels; more are copies of these."""
MB = 1024
"""Kilobytes, in which Linux counts."""


def ids(count: int) -> list[str]:
    return [f"cohen/{number:05d}" for number in range(count)]


def table(count: int) -> pd.DataFrame:
    names = [record_id.removeprefix("cohen/") for record_id in ids(count)]
    return records([record(n, group=n, split="train", patient_ill=False) for n in names])


def prepare(copies: Path, count: int) -> None:
    with tempfile.TemporaryDirectory() as made:
        rows = table(count)
        given = pictures(rows, WorkingCopies([copies]), *NOWHERE, RECIPE)
        main(rows, given, Path(made), RECIPE, "benchmark")


def wall(task: Callable[[], object], cores: Sequence[int]) -> float:
    """Seconds of `task` on `cores`; the threads that it begins stay on them."""
    all_cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    start = time.perf_counter()
    task()
    spent = time.perf_counter() - start
    os.sched_setaffinity(0, all_cores)
    return spent


def roads(files: Sequence[Path], copies: Path) -> dict[str, Callable[[], object]]:
    count = write_packed(copies, packed(files))

    def with_shards() -> None:
        with tempfile.TemporaryDirectory() as made:
            stacks(files, PLAIN, Path(made), None)

    def from_files() -> None:
        deque(each(stack_of, (File(file, PLAIN, None) for file in files)), maxlen=0)

    def from_copies() -> None:
        known = WorkingCopies([copies])
        asked = ((b"", Copy(known.data(f), b"", b"", PLAIN, None)) for f in ids(count))
        deque(ALONE.results(STACK, stacked, asked), maxlen=0)

    return {
        "stacks from files": from_files,
        "stacks from working copies": from_copies,
        "cxr stack, with its shards": with_shards,
        "stage prepare, with its shards": lambda: prepare(copies, count),
    }


def processes(folder: Path, rounds: int) -> None:
    files = [f for f in in_folder([folder]).files if "mask" not in str(f)]
    first, second, *_ = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as copies:
        for name, road in roads(files, Path(copies)).items():
            road()
            ratios = []
            for _ in range(rounds):
                one, two = wall(road, [first]), wall(road, [first, second])
                ratios.append(one / two)
            print(f"{name}: one core / two cores {statistics.median(ratios):.2f} "
                  f"[{min(ratios):.2f}-{max(ratios):.2f}], {rounds} rounds, the last "
                  f"{one:.1f} / {two:.1f} s; load {os.getloadavg()[0]:.1f}")  # fmt: skip


def packed(files: Sequence[Path]) -> list[tuple[str, bytes]]:
    """Working copies as ingest makes them."""
    copies: list[tuple[str, bytes]] = []
    for file in files:
        try:
            film = decode(file.read_bytes(), file.name).pixels
        except Rejected:
            continue
        copies.append((f"cohen/{len(copies):05d}", png(working_copy(film, 1024))))
    return copies


def memory(copies: str = "", count: str = "") -> None:
    if copies:
        prepare(Path(copies), int(count))
        print(getrusage(RUSAGE_SELF).ru_maxrss // MB)
        return
    drawn = [png(texture(number, 512, 512)) for number in range(DRAWN)]
    for many in MANY:
        with tempfile.TemporaryDirectory() as folder:
            write_packed(Path(folder), ((f"cohen/{n:05d}", drawn[n % DRAWN]) for n in range(many)))
            again = [sys.executable, sys.argv[0], "memory", folder, str(many)]
            said = subprocess.run(again, check=True, capture_output=True, text=True).stdout
        print(f"stage prepare, {many} films: at most {said.strip()} MB resident")
