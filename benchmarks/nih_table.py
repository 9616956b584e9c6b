"""How long the whole real table of NIH ChestX-ray14 takes, and what is in it.

    python benchmarks/nih_table.py [Data_Entry_2017_v2020.csv.gz]

The table ships inside the wheel of torchxrayvision (extra `tables`). Without an argument it is
looked for where that is installed, else the wheel alone is fetched by `pip download --no-deps`
into a temporary folder. The 42 GB of pictures are not there: each film has an empty stand-in in an
archive, which is walked as the real ones are, and its pixel columns are stand-ins too. A last line
is of real pixels: small drawn pictures through the whole of `ingest`.
"""

import csv
import gzip
import importlib.util
import io
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from curation.sources.base import Draft
from curation.sources.nih_cxr14 import NihCxr14
from curation.stages import ingest
from curation.terms import Terms
from curation.translation import described
from manifests.contract.packing import png
from manifests.contract.record import Record
from manifests.contract.table import frame

DONOR, RELEASES = "torchxrayvision", ">=1.5,<2"
TABLE, BOXES = "Data_Entry_2017_v2020.csv", "BBox_List_2017.csv"
TERMS = Path("manifests/terms.yaml")
# Any value that fits: no picture was decoded.
STAND_IN = {
    "sha256": "0" * 64, "pixel_sha256": "0" * 64, "phash": "0" * 64, "is_drawn": True,
    "width": 1024, "height": 1024, "format": "PNG", "bits": 8, "decoding": "", "mean": 0.0,
    "deviation": 0.0,
}  # fmt: skip
EXPECTED = {"rows": 112_120, "patients": 30_805, "PA": 67_310, "AP": 44_810}
GOAL_SECONDS, GOAL_MB = 30, 2048
DRAWN, DRAWN_SIDE = 2000, 128


def main(place: Path | None) -> None:
    with tempfile.TemporaryDirectory() as made:
        files = Path(made) / "nih"
        files.mkdir()
        unpack(place or found(Path(made)), files)
        names = [row[0] for row in csv.reader((files / TABLE).read_text().splitlines()[1:])]
        archive(files / "images_001.tar.gz", dict.fromkeys(names, b""))
        table = whole(files)
        describe(table)
        archive(files / "images_001.tar.gz", dict(drawn(sorted(names)[:DRAWN])))
        films_per_second(files, Path(made) / "out")


def found(folder: Path) -> Path:
    """The table where torchxrayvision is installed (it is not imported), else from its wheel."""
    spec = importlib.util.find_spec(DONOR)
    if spec and spec.origin:
        return Path(spec.origin).parent / "data" / f"{TABLE}.gz"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest"]
    subprocess.run([*command, str(folder), DONOR + RELEASES], check=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        for name in (TABLE, BOXES):
            packed.extract(f"{DONOR}/data/{name}.gz", folder)
    return folder / DONOR / "data" / f"{TABLE}.gz"


def unpack(place: Path, files: Path) -> None:
    """The table, and the boxes where they lie beside it, as NIH names them."""
    (files / TABLE).write_bytes(gzip.decompress(place.read_bytes()))
    boxes = place.with_name(f"{BOXES}.gz")
    if boxes.is_file():
        (files / BOXES).write_bytes(gzip.decompress(boxes.read_bytes()))


def archive(place: Path, pictures: dict[str, bytes]) -> None:
    with tarfile.open(place, "w:gz", compresslevel=1) as packed:
        for name, data in pictures.items():
            member = tarfile.TarInfo(f"images/{name}")
            member.size = len(data)
            packed.addfile(member, io.BytesIO(data))


def drawn(names: list[str]) -> Iterator[tuple[str, bytes]]:
    """A small picture for each name, no two alike."""
    rows, columns = np.mgrid[0:DRAWN_SIDE, 0:DRAWN_SIDE]
    for number, name in enumerate(names):
        waves = np.sin(rows * (number + 7) / 900) + np.cos(columns * (number + 3) / 700)
        yield name, png((63 * (waves + 2)).astype(np.uint8))


def whole(files: Path) -> pd.DataFrame:
    """Every row as a record, in a frame; prints what each step took."""
    source = NihCxr14(files=files, findings=(), max_films=None)
    terms = Terms.load(TERMS, "nih_cxr14")
    start = time.perf_counter()
    drafts = [draft for draft in source.read(files) if isinstance(draft, Draft)]
    read = time.perf_counter()
    words = (described(draft, "nih_cxr14", source.about, terms) for draft in drafts)
    records = [Record.model_validate(one | STAND_IN) for one in words]
    checked = time.perf_counter()
    table = frame(records, Record)
    end = time.perf_counter()
    print(f"{len(table):,} rows of the real table; every pixel column is a stand-in")
    print(
        f"rows -> drafts {read - start:.1f} s, -> records {checked - read:.1f} s, "
        f"-> frame {end - checked:.1f} s; {end - start:.1f} s in all, peak {peak_mb():.0f} MB"
    )
    hold(end - start < GOAL_SECONDS, f"slower than {GOAL_SECONDS} s")
    hold(peak_mb() < GOAL_MB, f"more than {GOAL_MB} MB")
    return table


def describe(table: pd.DataFrame) -> None:
    """Print what is in the table; hold it to what its publisher says of it."""
    views = table["view"].value_counts()
    counts = {"rows": len(table), "patients": table["patient_id"].nunique(), **views}
    print(f"{counts['patients']:,} patients, {table['boxes'].notna().sum():,} films with boxes")
    for name, values in (
        ("findings", table["findings"].explode()), ("view", table["view"]), ("sex", table["sex"])
    ):  # fmt: skip
        said = ", ".join(f"{value} {count:,}" for value, count in values.value_counts().items())
        print(f"{name}: {said}")
    for name, expected in EXPECTED.items():
        hold(counts[name] == expected, f"{name} is {counts[name]}, not {expected}")


def films_per_second(files: Path, folder: Path) -> None:
    source = NihCxr14(files=files, findings=(), max_films=DRAWN)
    params = ingest.Params(max_side=1024, max_megapixels=40)
    start = time.perf_counter()
    kept, _ = ingest.main("nih_cxr14", source, folder, TERMS, params)
    seconds = time.perf_counter() - start
    hold(len(kept) == DRAWN, f"{len(kept)} of {DRAWN} drawn films were kept")
    print(
        f"ingest of {DRAWN} drawn films of {DRAWN_SIDE} pixels a side, out of a tar.gz: "
        f"{seconds:.1f} s, {DRAWN / seconds:.0f} films/s"
    )


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def hold(claim: object, fault: str) -> None:
    """End with `fault` where a claim does not hold."""
    if not claim:
        sys.exit(f"nih_table: {fault}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
