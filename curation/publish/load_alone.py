"""What the other process of `loaded` does: load one configuration and decode every picture."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets

from curation.publish.inventory import content_id

ROWS = 100
"""Films in memory at a time."""


def alone(folder: Path, config: str) -> dict[str, Any]:
    """Films by split, and the `content_id` of all rows."""
    made = datasets.load_dataset(str(folder), config)
    splits = {str(name): len(rows) for name, rows in made.items()}
    return {"splits": splits, "content": content_id(_batches(made))}


def _batches(made: Any) -> Iterator[Any]:  # noqa: ANN401 - the library has no types
    """All rows as Arrow tables of a few films, each picture decoded on the way."""
    for rows in made.values():
        if "image" in rows.column_names:
            for row in rows.select_columns("image"):
                row["image"].load()
        yield from rows.with_format("arrow").iter(batch_size=ROWS)
