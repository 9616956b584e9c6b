"""Small real releases in a folder of versions, as `cxr release stage` leaves them."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from records import record
from released import PARAMS, material

from curation.publish.checks.mark import mark
from curation.publish.inventory import INVENTORY, Inventory, read_inventory, write_inventory
from curation.stages import release
from manifests.contract.record import Record
from manifests.contract.vocabulary import DISCLAIMER
from manifests.contract.working import WorkingCopies, write_working

FREE, NONCOMMERCIAL = "CC-BY-4.0", "CC-BY-NC-SA-4.0"
NO_RULES: tuple[Path, ...] = ()
"""The folders that pushes are run in hold none."""
SIDE = 64
"""Of a film, in pixels; its noise is not compressible, so that a shard has some bytes."""


def films(number: int, license_: str = FREE, start: int = 0) -> list[Record]:
    """Films of as many patients, on all three sides of the split."""
    sides = ("train", "val", "test")
    return [
        record(
            f"{license_}-{i}", license=license_, split=sides[i % 3], patient_ill=False, copies=(),
            pediatric_evidence="age", group=f"cohen/{license_}-{i}",
        )
        for i in range(start, start + number)
    ]  # fmt: skip


def staged(releases: Path, version: str, rows: Sequence[Record], name: str = "little-set") -> Path:
    """The data set of a version, in `releases/VERSION/dataset`; its manifest lies beside it."""
    place = releases / version
    write_working(place / "ingest", ((row.record_id, _pixels(row.record_id)) for row in rows))
    asked = PARAMS.model_copy(update={"version": version, "name": name})
    made = material(rows, WorkingCopies([place / "ingest"]), name=name, version=version)
    release.main(made, place / "dataset", place / "manifests", asked)
    mark(place / "dataset", NO_RULES)
    return place / "dataset"


def staged_model(releases: Path, version: str, key: str, dataset: Path) -> Path:
    """A network's folder; its weights are noise, since nothing here looks into them."""
    folder = releases / version / "models" / key
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(hashlib.shake_256(key.encode()).digest(20_000))
    (folder / "README.md").write_text("---\nlicense: mit\n---\n\n# A network\n", encoding="utf-8")
    told = Inventory(kind="model", name=key, version=version, disclaimer=DISCLAIMER,
                     manifest_id=read_inventory(dataset).manifest_id)  # fmt: skip
    write_inventory(folder, told)
    mark(folder, NO_RULES)
    return folder


def altered(folder: Path, path: str, data: bytes) -> None:
    """Give one file other bytes, and have release.json agree."""
    (folder / path).write_bytes(data)
    write_inventory(folder, read_inventory(folder))
    mark(folder, NO_RULES)


def files(folder: Path) -> dict[str, str]:
    """Path -> SHA-256 of everything that is to be on the Hub."""
    told = {path: file.sha256 for path, file in read_inventory(folder).files.items()}
    own = hashlib.sha256((folder / INVENTORY).read_bytes()).hexdigest()
    return {**told, INVENTORY: own}


def _pixels(record_id: str) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    noise = hashlib.shake_256(record_id.encode()).digest(SIDE * SIDE)
    return np.frombuffer(noise, np.uint8).reshape(SIDE, SIDE).copy()
