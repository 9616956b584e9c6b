"""What the table stages cost on the whole of NIH ChestX-ray14 and rows of all other sources.

    python benchmarks/whole_table.py [Data_Entry_2017_v2020.csv.gz]

The real table of NIH (see nih_table.py), and drawn rows of the other fourteen sources, go through
merge, dedup, filter, split and release. No picture was decoded: hashes and descriptors are drawn,
with copies between sources planted among them, so that dedup finds exact pairs, searches the
neighbours of every film, and makes groups; the pairs that it would then compare on pixels are
counted, and what comparing costs is measured on drawn films. Every film has a picture of eight
pixels, so that release writes shards with pictures too; real ones cost their encoding beside it.
"""

import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from nih_table import found, hold, peak_mb, unpack

from curation.duplicates.candidates import DEPTH, UNIT, WINDOWS, look
from curation.duplicates.features import features
from curation.duplicates.neighbours import neighbours
from curation.duplicates.pair import Link, edge
from curation.duplicates.verification import compare
from curation.licenses import Licenses
from curation.publish.material import Material
from curation.publish.papers import Papers
from curation.publish.summary import StageCount
from curation.sources.base import Draft
from curation.sources.nih_cxr14 import NihCxr14
from curation.stages import dedup, merge, release, split
from curation.stages import filter as filtering
from curation.terms import Terms
from curation.translation import described
from curation.verdict import Verdict
from manifests.contract import table
from manifests.contract.folder import whole_folder
from manifests.contract.images import Pixels
from manifests.contract.packing import png
from manifests.contract.params import read, section
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection
from manifests.contract.vocabulary import Finding, Relation
from manifests.contract.working import WorkingCopies, write_packed

MANIFESTS = Path("manifests")
OTHERS = {
    "actualmed": 238, "chexpert": 2000, "cohen": 950, "covid_cxnet": 1020, "covidgr": 852,
    "eurorad": 400, "figure1": 55, "hannover": 243, "journals": 300, "kermany": 5856,
    "listed": 200, "nlm_tb": 800, "radiopaedia": 1500, "sirm": 250,
}  # fmt: skip
LICENSES = {"kermany": "CC-BY-4.0", "hannover": "CC-BY-3.0", "eurorad": "CC-BY-NC-SA-4.0"}
COPIES = 0.02
"""Share of the rows of the others that copy an earlier row: bytes, pixels or by likeness."""
GOAL_SECONDS, GOAL_MB = 120, 3072
COMPARED = 40
PAPERS = Papers(changelog="", withdrawals="", audit={"gate": None, "tasks": {}}, sources={})


class Table(NamedTuple):
    """All rows as ingest would leave them, by source; and what looking at films would give."""

    sources: dict[str, pd.DataFrame]
    near: dict[tuple[str, str], Link]


def main(place: Path | None) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        whole = drawn_table(nih(place or found(folder), folder))
        rows = sum(map(len, whole.sources.values()))
        described = looks(rows)
        copies = pictures(whole, folder / "films")
        print(f"{rows:,} rows, {len(whole.near)} planted near copies; peak {peak_mb():.0f} MB")
        start = time.perf_counter()
        pairs = stages(whole, described, copies, folder)
        seconds = time.perf_counter() - start
    print(f"all stages: {seconds:.1f} s, peak {peak_mb():.0f} MB with the making of the table")
    cost = cost_of_a_pair()
    print(
        f"{pairs:,} pairs would be compared on pixels, {1000 * cost:.2f} CPU ms each: "
        f"{pairs * cost / 3600:.1f} CPU hours once, and nothing again"
    )
    hold(seconds < GOAL_SECONDS, f"slower than {GOAL_SECONDS} s")
    hold(peak_mb() < GOAL_MB, f"more than {GOAL_MB} MB")


def nih(place: Path, folder: Path) -> list[Record]:
    """The real table, with drawn hashes."""
    files = folder / "nih"
    (files / "images").mkdir(parents=True)
    unpack(place, files)
    names = pd.read_csv(files / "Data_Entry_2017_v2020.csv", usecols=["Image Index"])
    for name in names["Image Index"]:
        (files / "images" / name).touch()
    source = NihCxr14(files=files, findings=(), max_films=None)
    terms = Terms.load(MANIFESTS / "terms.yaml", "nih_cxr14")
    drafts = (draft for draft in source.read(files) if isinstance(draft, Draft))
    words = (described(draft, "nih_cxr14", source.about, terms) for draft in drafts)
    return [Record.model_validate(one | film(str(one["record_id"]))) for one in words]


def film(record_id: str) -> dict[str, object]:
    """The columns of the pixels of a film that nobody decoded."""
    digest = hashlib.sha256(record_id.encode()).hexdigest()
    return {
        "sha256": digest, "pixel_sha256": digest[::-1], "phash": digest, "is_drawn": True,
        "width": 1024, "height": 1024, "format": "PNG", "bits": 8, "decoding": "", "mean": 127.5,
        "deviation": 55.25,
    }  # fmt: skip


def drawn_table(real: list[Record]) -> Table:
    """`real`, and drawn rows of the other sources, some of them copies of earlier ones."""
    chance = np.random.default_rng(2020)
    earlier, near = [*real], dict[tuple[str, str], Link]()
    made: dict[str, list[Record]] = {"nih_cxr14": real}
    for source, count in OTHERS.items():
        made[source] = []
        for number in range(count):
            one = drawn_row(source, number, chance)
            if chance.random() < COPIES:
                other = earlier[int(chance.integers(len(earlier)))]
                one, link = copied(one, other, int(chance.integers(3)))
                if link:
                    near[edge(one.record_id, other.record_id)] = link
            made[source].append(one)
        earlier += made[source]
    return Table({source: table.frame(rows, Record) for source, rows in made.items()}, near)


def drawn_row(source: str, number: int, chance: np.random.Generator) -> Record:
    name = f"{source}/film-{number:05d}.png"
    finding = [Finding.COVID19, Finding.NORMAL, Finding.PNEUMONIA][number % 3]
    age = None if source == "kermany" else float(chance.integers(1, 95))
    return Record.model_validate({
        **film(name), "record_id": name, "source": source, "source_ref": name.partition("/")[2],
        "source_url": f"https://example.org/{name}", "attribution": f"{source} et al.",
        "license": LICENSES.get(source, "NOASSERTION"), "finding": finding, "findings": [finding],
        "patient_id": f"{source}/patient-{number // 2}", "finding_text": finding.value,
        "age_years": age, "is_child": True if source == "kermany" and number % 4 else None,
        "sex": "MF"[number % 2], "modality": "X_RAY",
        "view": ["PA", "AP", "AP_SUPINE", "L", "UNKNOWN"][int(chance.integers(5))],
    })  # fmt: skip


def copied(one: Record, other: Record, way: int) -> tuple[Record, Link | None]:
    """`one` as a copy of `other`: of its bytes, of its pixels, or by likeness."""
    same = {"pixel_sha256": other.pixel_sha256, "sha256": other.sha256}
    if way == 2:
        return one, Link(relation=Relation.RECOMPRESSED_OR_RESIZED, score=0.95)
    return one.model_copy(update=dict([*same.items()][: 2 - way])), None


def looks(films: int) -> npt.NDArray[np.int16]:
    """int16[N, W, D]: descriptors that lie around a few kinds of chest, as those of films do."""
    chance = np.random.default_rng(7)
    kinds = chance.normal(size=(64, DEPTH)).astype(np.float32)
    made = np.empty((films, WINDOWS, DEPTH), np.int16)
    for start in range(0, films, 4096):
        count = min(4096, films - start)
        own = kinds[chance.integers(64, size=count)] + chance.normal(size=(count, DEPTH))
        rows = own[:, None] + 0.4 * chance.normal(size=(count, WINDOWS, DEPTH))
        rows *= UNIT / np.linalg.norm(rows, axis=2, keepdims=True)
        made[start : start + count] = np.rint(rows)
    return made


def pictures(whole: Table, folder: Path) -> WorkingCopies:
    """A picture of eight pixels for each film, no two alike."""
    folder.mkdir()

    def films() -> Iterator[tuple[str, bytes]]:
        for rows in whole.sources.values():
            for name, digest in rows[["record_id", "pixel_sha256"]].to_numpy():
                pixels = np.frombuffer(bytes.fromhex(digest[:16]), np.uint8).reshape(2, 4)
                yield name, png(pixels)

    write_packed(folder, films())
    return WorkingCopies([folder])


def stages(
    whole: Table, described: npt.NDArray[np.int16], copies: WorkingCopies, folder: Path
) -> int:
    """All of them, as the command line runs them; gives the number of pairs to compare."""
    tables, licenses = list(whole.sources.values()), Licenses.load(MANIFESTS / "licenses.yaml")
    rows, sections = sum(map(len, tables)), read(Path("params.yaml"))
    line = Line(folder)
    line.counts = [
        StageCount(stage="ingest", source=key, came_in=len(films), kept=len(films),
                   rejected=table.frame([], Rejection))
        for key, films in whole.sources.items()
    ]  # fmt: skip
    merged = line.run("merge", lambda: merge.main(
        tables, MANIFESTS / "corrections.csv", MANIFESTS / "withdrawals.csv",
        MANIFESTS / "licenses.yaml", section(sections, "merge", merge.Params),
    ), rows)  # fmt: skip
    start = time.perf_counter()
    pairs = len(neighbours(described, 10))
    print(f"neighbours: {time.perf_counter() - start:.1f} s, {pairs:,} pairs", flush=True)
    found = line.run("dedup", lambda: dedup.decided(
        merged, merged[:0], whole.near, MANIFESTS / "pairs.csv"
    )[0])  # fmt: skip
    left = merged[~merged["record_id"].isin(found["record_id"])]
    params = section(sections, "filter", filtering.Params)
    adults = line.run("filter", lambda: filtering.main(found, left, licenses, params))
    sides = section(sections, "split", split.Params)
    final = line.run("split", lambda: split.main(
        adults, MANIFESTS / "frozen", folder / "no-ledger.csv", sides
    ).verdict)  # fmt: skip
    line.release(final, merged, copies)
    return pairs


class Line:
    """The stages one after another, each checked, written and read as the command line does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.counts: list[StageCount] = []
        self.kept = 0

    def run(self, name: str, stage: Callable[[], Verdict], came_in: int = 0) -> pd.DataFrame:
        start = time.perf_counter()
        kept, rejected = stage()
        judged = time.perf_counter()
        came_in = came_in or self.kept
        table.check_counts(name, came_in, len(kept), len(rejected))
        table.check_records(kept, name)
        with whole_folder(self.folder / name) as part:
            table.write(part / table.RECORDS, kept, Record)
        again = table.read(self.folder / name / table.RECORDS, Record)
        end = time.perf_counter()
        self.counts.append(
            StageCount(stage=name, source="all", came_in=came_in, kept=len(kept),
                       rejected=rejected)
        )  # fmt: skip
        self.kept = len(kept)
        print(
            f"{name}: {end - start:.1f} s ({end - judged:.1f} of them to check, write and read), "
            f"{len(kept):,} kept, {len(rejected):,} left; peak {peak_mb():.0f} MB", flush=True,
        )  # fmt: skip
        return again

    def release(self, records: pd.DataFrame, merged: pd.DataFrame, copies: WorkingCopies) -> None:
        start = time.perf_counter()
        (self.folder / "manifests").mkdir()
        with whole_folder(self.folder / "release") as part:
            asked = release.Params(
                version="0.0.0", name="whole", personal_text="withhold", shard_rows=200
            )
            made = Material(
                records=records, ingested=merged, counts=self.counts, copies=copies,
                rules=Licenses.load(MANIFESTS / "licenses.yaml"), papers=PAPERS, profile="whole",
                name=asked.name, version=asked.version, withholds_words=True,
            )  # fmt: skip
            figures = release.main(made, part, self.folder / "manifests", asked)
        print(
            f"release: {time.perf_counter() - start:.1f} s, manifest {figures['manifest_id']}; "
            f"peak {peak_mb():.0f} MB"
        )


def cost_of_a_pair() -> float:
    """CPU seconds of comparing two films on pixels, features made."""
    seen = [features(look(drawn(number))) for number in range(COMPARED)]
    start = time.process_time()
    for one, other in pairwise(seen):
        compare(one, other)
    return (time.process_time() - start) / (COMPARED - 1)


def drawn(number: int) -> Pixels:
    chance = np.random.default_rng(number)
    rows, columns = np.mgrid[0:512, 0:512]
    picture = 128 + 60 * np.sin(rows / (30 + number)) * np.cos(columns / 41)
    return np.asarray(np.clip(picture + chance.normal(0, 12, (512, 512)), 0, 255), np.uint8)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
