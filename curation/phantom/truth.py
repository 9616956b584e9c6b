"""The truth about the drawn world: for tests, and for scoring explanations."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from curation.phantom.shot import Shot
from manifests.contract.packing import png
from manifests.contract.table import write_arrow

TRUTH, MASKS = "truth.parquet", "masks.parquet"
TRUTH_SCHEMA = pa.schema([
    ("sha256", pa.string()), ("source", pa.string()), ("ref", pa.string()),
    ("patient", pa.string()), ("condition", pa.string()), ("shows_disease", pa.bool_()),
    ("view", pa.string()), ("modality", pa.string()), ("age_years", pa.float64()),
    ("copy_of", pa.string()), ("copy_kind", pa.string()),
])  # fmt: skip
MASKS_SCHEMA = pa.schema([
    ("sha256", pa.string()), ("lungs", pa.binary()), ("opacities", pa.binary()),
    ("text", pa.binary()),
])  # fmt: skip


def write_truth(folder: Path, shots: Sequence[Shot]) -> None:
    """Write one row per film, and the masks of each file (exact copies share one).

    A broken file has a row that its `ref` tells: it ends in truncated, html, animated or gif.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows, masks = [], {}
    for shot in sorted(shots, key=lambda shot: (shot.source, shot.ref)):
        sha256 = hashlib.sha256(shot.data).hexdigest()
        rows.append({"sha256": sha256, **{n: _plain(shot, n) for n in TRUTH_SCHEMA.names[1:]}})
        masks[sha256] = {name: png(getattr(shot, name)) for name in MASKS_SCHEMA.names[1:]}
    films = [{"sha256": sha256, **masks[sha256]} for sha256 in sorted(masks)]
    write_arrow(folder / TRUTH, pa.Table.from_pylist(rows, schema=TRUTH_SCHEMA))
    write_arrow(folder / MASKS, pa.Table.from_pylist(films, schema=MASKS_SCHEMA))


def _plain(shot: Shot, name: str) -> object:
    value = getattr(shot, name)
    return str(value) if isinstance(value, str) else value
