"""What a second push sends after 1 % of the films came by: bytes, over HTTP, to a Hub on loopback.

    PYTHONPATH=.:tests/support python benchmarks/second_push.py [FILMS] [SHARD_ROWS …]

The same films as `cxr release` packs them, and as `datasets.push_to_hub` would (shards of equal
numbers of rows), each against a server that counts what it is sent. Films are drawn noise of 128
pixels, 60 % open, 20 % non-commercial, 20 % pointers, of ten sources. Two kinds of change: one
source grows by 1 % (a new batch of patients), and 1 % come by scattered over all sources.
"""

import hashlib
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

os.environ |= {"HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}

import numpy as np
from hub.server import HubServer
from pushing import NAME, cxr_release
from records import record, records
from released import PARAMS, material

from curation.publish.checks.mark import mark
from curation.publish.inventory import read_inventory
from curation.publish.summary import StageCount
from curation.stages import release
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection
from manifests.contract.table import frame
from manifests.contract.working import WorkingCopies, write_working

SOURCES = ("cohen", "covidgr", "eurorad", "hannover", "journals", "kermany", "listed", "nih_cxr14",
           "nlm_tb", "sirm")  # fmt: skip
LICENSES = ("CC-BY-4.0",) * 3 + ("CC-BY-NC-SA-4.0", "NOASSERTION")
SIDES = ("train",) * 7 + ("val", "test", "test")
SIDE = 128


def film(source: str, number: int) -> Record:
    """A film of a patient of its own; all that is said of it follows from its name."""
    name = f"p{number:06d}"
    chance = hashlib.sha256(f"{source}/{name}".encode()).digest()
    return record(
        name, source=source, license=LICENSES[chance[0] % len(LICENSES)],
        split=SIDES[chance[1] % len(SIDES)], patient_ill=False, copies=(),
        pediatric_evidence="age", group=f"{source}/{name}",
    )  # fmt: skip


def pixels(record_id: str) -> np.ndarray:
    noise = hashlib.shake_256(record_id.encode()).digest(SIDE * SIDE)
    return np.frombuffer(noise, np.uint8).reshape(SIDE, SIDE)


def staged(folder: Path, rows: Sequence[Record], version: str, shard_rows: int) -> Path:
    place = folder / version
    write_working(place / "ingest", ((row.record_id, pixels(row.record_id)) for row in rows))
    asked = PARAMS.model_copy(update={"version": version, "shard_rows": shard_rows})
    empty = frame([], Rejection)
    counts = [
        StageCount(stage="ingest", source=source, came_in=films, kept=films, rejected=empty)
        for source, films in Counter(row.source for row in rows).items()
    ]
    copies = WorkingCopies([place / "ingest"])
    made = material(rows, copies, version=version, counts=counts)
    release.main(made, place / "dataset", place / "manifests", asked)
    # The folder that the push is run in holds no rules.
    mark(place / "dataset", ())
    return place / "dataset"


def shards(folder: Path) -> dict[str, int]:
    """SHA-256 -> bytes of the shards in a staged folder."""
    files = read_inventory(folder).files
    return {held.sha256: held.bytes for path, held in files.items() if path.endswith(".parquet")}


def equal_parts(rows: Sequence[Record], shard_rows: int) -> set[tuple[str, ...]]:
    """The films of each shard where each holds the same number of rows, as `datasets` cuts."""
    known = records(list(rows))
    ruled = known.assign(kind=known["license"], side=known["split"])
    found: set[tuple[str, ...]] = set()
    for _, part in ruled.groupby(["kind", "side"]):
        ids = sorted(part["record_id"])
        number = max(1, round(len(ids) / shard_rows))
        found |= {
            tuple(ids[len(ids) * n // number : len(ids) * (n + 1) // number]) for n in range(number)
        }
    return found


def measure(films: int, shard_rows: int) -> None:
    each = films // len(SOURCES)
    first = [film(source, n) for source in SOURCES for n in range(each)]
    changes = {
        "one source grows": [film("kermany", each + n) for n in range(films // 100)],
        "scattered": [film(SOURCES[n % 10], each * 2 + n * 7919) for n in range(films // 100)],
    }
    for name, new in changes.items():
        with tempfile.TemporaryDirectory() as place, HubServer() as hub:
            folder = Path(place)
            one = staged(folder / "releases", first, "0.1.0", shard_rows)
            two = staged(folder / "releases", [*first, *new], "0.2.0", shard_rows)
            told = []
            for version in ("0.1.0", "0.2.0"):
                done = cxr_release(hub, folder, "push", NAME, "--version", version, "--yes")
                if done.returncode:
                    sys.exit(done.stderr)
                told.append(hub.sent())
                hub.log.clear()
            before, after = shards(one), shards(two)
            fresh = sum(size for sha, size in after.items() if sha not in before)
            parts = equal_parts(first, shard_rows), equal_parts([*first, *new], shard_rows)
            moved = sum(map(len, parts[1] - parts[0])) / len([*first, *new])
            print(
                f"{films:,} films, {shard_rows} a shard, {name}: first {told[0] / 1e6:.1f} MB, "
                f"{len(before)} shards; second {told[1] / 1e6:.2f} MB ({told[1] / told[0]:.1%}), "
                f"{sum(sha not in before for sha in after)} of {len(after)} shards new "
                f"({fresh / 1e6:.2f} MB); shards of equal rows would send {moved:.0%} of the films",
                flush=True,
            )  # fmt: skip


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]] or [5000, 200, 50]
    for rows in asked[1:] or [200]:
        measure(asked[0], rows)
