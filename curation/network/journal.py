"""What came into an importer's folder, told file by file: the lock is written at the end only.

A kill, or a lock of another branch, does not make a file nameless. Lines are those of the lock,
and `answer` with status, moment, headers and redirects of the answer that the file came with.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from curation.network.lock import Line


def robots_of(folder: Path) -> Path:
    """Where an importer's robots.txt is recorded: beside the folder, as the journal is."""
    return folder.with_name(f".{folder.name}.robots")


class Journal:
    """The lines of one folder, in a file beside it: upstream's layout has no place for it."""

    def __init__(self, folder: Path) -> None:
        self.place = folder.with_name(f".{folder.name}.came.jsonl")

    def tell(self, line: Line) -> None:
        """Append one line, for good."""
        with self.place.open("a", encoding="utf-8") as journal:
            # The line end comes first, so that a line torn by a kill does not tear this one too.
            journal.write("\n" + json.dumps(line, sort_keys=True, ensure_ascii=False) + "\n")
            journal.flush()
            os.fsync(journal.fileno())

    def lines(self) -> Iterator[Line]:
        """All whole lines. Of a torn one the file is asked for again."""
        text = self.place.read_bytes() if self.place.exists() else b""
        for line in text.splitlines():
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                yield found
