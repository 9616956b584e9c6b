"""A release that holds pointers only, made of what sources give."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from curation.publish.inventory import Inventory, write_inventory
from curation.publish.papers import source_note
from curation.sources.base import Draft, Source
from curation.stages.ingest import drafts_of
from manifests.contract.images import decode
from manifests.contract.rejection import Rejected
from manifests.contract.table import write_arrow

Row = dict[str, Any]


def rows_of(key: str, source: Source) -> list[Row]:
    """A row for every film that the source gives whole, the first of each name."""
    made: dict[str, Row] = {}
    for draft in drafts_of(key, source):
        if isinstance(draft, Draft) and draft.source_ref not in made:
            try:
                data = draft.image()
                pixels = decode(data, draft.source_ref).pixel_sha256
            except Rejected:
                continue
            made[draft.source_ref] = {
                "record_id": f"{key}/{draft.source_ref}", "source": key,
                "source_ref": draft.source_ref, "source_url": draft.url, "license": "CC-BY-4.0",
                "attribution": draft.attribution, "sha256": hashlib.sha256(data).hexdigest(),
                "pixel_sha256": pixels, "finding": "covid19", "findings": ["covid19", "pneumonia"],
                "group": draft.patient, "split": "train",
            }  # fmt: skip
    return list(made.values())


def publish(folder: Path, sources: Mapping[str, Source], rows: Sequence[Row] = ()) -> list[Row]:
    """Write the release into `folder`; give its rows, those of all sources where none are given."""
    rows = list(rows) or [row for key, source in sources.items() for row in rows_of(key, source)]
    write_arrow(
        folder / "data/pointers/train-00000-of-00001.parquet", pa.Table.from_pylist(list(rows))
    )
    told = {key: source_note(source) for key, source in sources.items()}
    (folder / "sources.json").write_text(json.dumps(told))
    write_inventory(folder, Inventory(
        kind="dataset", name="films", version="0.1.0", manifest_id="1" * 16, disclaimer="drawn",
        channels={"pointers": {"train": len(rows)}},
    ))  # fmt: skip
    return list(rows)
