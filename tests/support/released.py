"""Little worlds from which the real stage makes real releases."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from records import record, records

from curation.licenses import Licenses
from curation.publish.material import Material
from curation.publish.papers import Papers, source_note
from curation.publish.summary import StageCount
from curation.sources.loading import load
from curation.stages import release
from manifests.contract.images import Pixels
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection
from manifests.contract.table import frame, manifest_id_of
from manifests.contract.working import WorkingCopies, write_working

ROOT = Path(__file__).parents[2]
LICENSES = ROOT / "manifests/licenses.yaml"
PARAMS = release.Params(
    version="0.1.0", name="little-set", personal_text="withhold", shard_rows=200
)
USUAL = {"patient_ill": False, "copies": (), "pediatric_evidence": "age", "split": "train"}
CHANGES = "# Changes to the data\n\n## 0.1.0\n\n- Added films.\n"


def film(name: str, **given: object) -> Record:
    return record(name, **{**USUAL, "group": f"cohen/{name}", **given})


def pixels_of(record_id: str) -> Pixels:
    seed = hashlib.sha256(record_id.encode()).digest()
    return np.resize(np.frombuffer(seed, np.uint8), (24, 20)).copy()


def little_world() -> list[Record]:
    sides = ("train", "val", "test", "train")
    licenses = ("CC-BY-4.0", "CC-BY-NC-SA-4.0", "NOASSERTION", "CC-BY-ND-4.0")
    return [
        film(f"{license_}-{number}", license=license_, split=side)
        for license_ in licenses
        for number, side in enumerate(sides)
    ] + [film("rp", source_url="https://radiopaedia.org/cases/1", split="test")]


def refused() -> pd.DataFrame:
    return frame(
        [Rejection(record_id="cohen/gone", source="cohen", stage="ingest",
                   reason="unknown_term", detail="cohen/gone: view '=1' is unknown")],
        Rejection,
    )  # fmt: skip


def papers(manifest_id: str) -> Papers:
    source = load("cohen", {"cohen": {"files": "data/raw/cohen", "commit": "drawn"}})
    found = {"value": 0.7, "low": 0.6, "high": 0.8}
    probes = {"corners": {"found": found, "verdict": "failed"}}
    return Papers(
        changelog=CHANGES,
        withdrawals="kind,value,when,sha256,pixel_sha256,phash\n",
        audit={"gate": None, "tasks": {"binary": {"manifest_id": manifest_id, "probes": probes}}},
        sources={"cohen": source_note(source)},
    )


def material(
    rows: Sequence[Record], copies: WorkingCopies, left: Sequence[Record] = (), **given: Any
) -> Material:
    """What a release of `rows` is made of; `left` are films that came in and are not in it."""
    table = records(list(rows))
    counts = [
        StageCount(stage="ingest", source="cohen", came_in=len(rows) + 1, kept=len(rows),
                   rejected=refused())
    ]  # fmt: skip
    usual: dict[str, Any] = {
        "records": table, "ingested": records([*rows, *left]), "counts": counts, "copies": copies,
        "rules": Licenses.load(LICENSES), "papers": papers(manifest_id_of(table)),
        "profile": "demo", "name": PARAMS.name, "version": PARAMS.version, "withholds_words": True,
    }  # fmt: skip
    return Material(**{**usual, **given})


def released(
    rows: Sequence[Record], folder: Path, params: release.Params = PARAMS, **given: Any
) -> Material:
    """Run the stage: `folder/release` and `folder/manifests`."""
    write_working(folder / "ingest", ((r.record_id, pixels_of(r.record_id)) for r in rows))
    named = {"name": params.name, "version": params.version}
    made = material(rows, WorkingCopies([folder / "ingest"]), **{**named, **given})
    release.main(made, folder / "release", folder / "manifests", params)
    return made
