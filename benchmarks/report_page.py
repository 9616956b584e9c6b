"""How large the report of 1,000 records is, and how long a browser takes to open it.

    python benchmarks/report_page.py [RECORDS] [DATA MANIFESTS]

Needs a road that was run (`dvc repro`) and Debian's chromium. The films of its manifest, of those
that left and of their pairs are repeated until the manifest has so many records, each film with a
picture of its own: moved, and of another brightness. Networks, heat maps and their figures are
those of the road. The page is made twice by `curation.stages.report.main`: as params.yaml asks, and
with as many films and pairs as `report` in params.yaml may ask for. Printed are its size and, over
`TIMES` visits with an empty cache, the median and the longest time from navigation to the first
paint, to the end of loading, and until every picture is decoded.
"""

import dataclasses
import hashlib
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import yaml
from playwright.sync_api import Browser, sync_playwright

from curation.licenses import Licenses
from curation.pages.filters import Limits
from curation.pages.inputs import ReportInputs, load
from curation.publish.channels import rulings
from curation.publish.summary import StageCount, summary
from curation.stages import filter as filtering
from curation.stages import report
from manifests.contract.images import Pixels
from manifests.contract.params import section
from manifests.contract.record import STAGES
from manifests.contract.working import WorkingCopies, write_working

CHROMIUM, TIMES, MB = "/usr/bin/chromium", 5, 1_000_000
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
SIDE = 512
"""Pixels of a repeated working copy: more than twice what the page shows."""
IDS = ("record_id", "kept_id", "a", "b", "group", "patient_id", "study_id", "partner", "case")
HASHES = ("sha256", "pixel_sha256", "a_sha256", "b_sha256")
MOST = {"samples": 60, "pairs": 200, "enhanced": 1}
LOOK = """async () => {
  const loaded = performance.getEntriesByType("navigation")[0].loadEventEnd;
  await Promise.all([...document.images].map((one) => one.decode()));
  const decoded = performance.now();
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return [paint ? paint.startTime : NaN, loaded, decoded, document.images.length];
}"""


def again(table: pd.DataFrame, times: int) -> pd.DataFrame:
    """The rows so many times, every repeat under names and hashes of its own."""
    made = [table]
    for turn in range(1, times):
        named = {
            name: table[name].where(table[name].isna(), table[name].astype("string") + f"-{turn}")
            for name in IDS
            if name in table
        }
        hashed = {
            name: [hashlib.sha256(f"{value}{turn}".encode()).hexdigest() for value in table[name]]
            for name in HASHES
            if name in table
        }
        other = table.assign(**named, **hashed)
        made.append(other.astype(table.dtypes.to_dict()))
    return pd.concat(made, ignore_index=True)


def varied(copies: WorkingCopies, times: int) -> Iterator[tuple[str, Pixels]]:
    """Every film and its repeats, each moved by some pixels and of another brightness."""
    for name, pixels in copies.stream(copies):
        scale = SIDE / max(pixels.shape)
        small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        for turn in range(times):
            moved = np.roll(small, (3 * turn, 5 * turn), (0, 1)).astype(np.float32)
            bright = np.clip(moved * (1 - 0.03 * turn), 0, 255).astype(np.uint8)
            yield name + (f"-{turn}" if turn else ""), bright


def repeated(given: ReportInputs, records: int, folder: Path) -> ReportInputs:
    """The inputs with at least so many records in the manifest."""
    times = -(-records // len(given.records))
    write_working(folder, varied(given.copies, times))
    table, came = again(given.records, times), again(given.ingested, times)
    left = again(given.rejected, times)
    licenses = Licenses.load(Path("manifests/licenses.yaml"))
    stamp = {name: given.figures[name] for name in ("version", "name", "profile")}
    seen = given.seen
    return dataclasses.replace(
        given,
        figures=summary(table, rulings(table, licenses, came), counted(table, left), stamp),
        records=table, ingested=came, rejected=left,
        pairs=again(given.pairs, times), copies=WorkingCopies([folder]),
        disputed=again(given.disputed, times),
        suspects={task: again(rows, times) for task, rows in given.suspects.items()},
        seen=dataclasses.replace(
            seen, text=None if seen.text is None else again(seen.text, times)
        ),
    )  # fmt: skip


def counted(kept: pd.DataFrame, left: pd.DataFrame) -> list[StageCount]:
    """What the stages would have counted."""
    made = []
    for key in sorted({*kept["source"], *left["source"]}):
        gone = left[(left["source"] == key) & (left["stage"] == "ingest")]
        came = int((kept["source"] == key).sum() + (left["source"] == key).sum())
        made.append(StageCount(stage="ingest", source=key, came_in=came, kept=came - len(gone),
                               rejected=gone))  # fmt: skip
    now = sum(one.kept for one in made)
    for stage in STAGES[1:]:
        gone = left[left["stage"] == stage]
        made.append(StageCount(stage=stage, source="all", came_in=now, kept=now - len(gone),
                               rejected=gone))  # fmt: skip
        now -= len(gone)
    return made


def visits(browser: Browser, place: Path) -> tuple[list[list[float]], int]:
    """First paint, loaded and all decoded of each visit, milliseconds; and how many pictures."""
    made: list[list[float]] = []
    count = 0
    for _ in range(TIMES):
        with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
            page = context.new_page()
            page.goto(place.as_uri(), wait_until="load")
            *times, pictures = page.evaluate(LOOK)
            made.append(list(map(float, times)))
            count = int(pictures)
    return made, count


def told(name: str, inputs: ReportInputs, place: Path, browser: Browser) -> None:
    """Print one line for each thing measured."""
    size = place.stat().st_size / MB
    found, count = visits(browser, place)
    print(f"{name}: {len(inputs.records)} records, {count} pictures, {size:.1f} MB")
    for words, times in zip(("first paint", "loaded", "all decoded"), zip(*found, strict=True),
                            strict=True):  # fmt: skip
        print(f"  {words}: {statistics.median(times):.0f} ms, at most {max(times):.0f}")


def main(records: int, data: str, manifests: str) -> None:
    known = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))
    sources, experiments = list(known["sources"]), list(known["experiments"])
    given = load(Path(data), Path(manifests), sources, experiments)
    asked: Mapping[str, dict[str, int]] = {"as params.yaml asks": known["report"], "at most": MOST}
    own = section(known, "filter", filtering.Params)
    limits = Limits(adult_from=own.adult_from_years, overrule_from=own.overrule_from,
                    pediatric_from=own.pediatric_from)  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        inputs = repeated(given, records, Path(folder))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for name, values in asked.items():
            place = Path(folder) / "index.html"
            html = report.main(inputs, report.Params(**values), limits)
            place.write_text(html, encoding="utf-8")
            told(name, inputs, place, browser)
        browser.close()


if __name__ == "__main__":
    given = sys.argv[1:]
    if given and not given[0].isdecimal():
        print(__doc__)
        sys.exit(0 if given[0] in {"-h", "--help"} else 2)
    records, data, manifests = [*given, *("1000", "data", "manifests")[len(given) :]]
    main(int(records), data, manifests)
