"""What the other process of `loaded` does: load one configuration and decode every picture."""

from pathlib import Path
from typing import Any

import datasets

from curation.publish.inventory import content_id


def alone(folder: Path, config: str) -> dict[str, Any]:
    """Films by split, and the `content_id` of all rows."""
    made = datasets.load_dataset(str(folder), config)
    tables = []
    for rows in made.values():
        if "image" in rows.column_names:
            for row in rows.select_columns("image"):
                row["image"].load()
        tables.append(rows.with_format("arrow")[:])
    splits = {str(name): len(rows) for name, rows in made.items()}
    return {"splits": splits, "content": content_id(tables)}
