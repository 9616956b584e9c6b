"""Results of per-image work by content, in one SQLite file that all stages and runs share.

A cache may be lost and never lies: every value is checked when it is read, a damaged file is set
aside, a full disk ends the remembering and not the work. Values are bytes of ours, never pickles.
"""

import logging
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from curation.work.database import opened, set_aside
from manifests.contract.packing import batches

log = logging.getLogger(__name__)
FILE = "results.sqlite"
AT_A_TIME = 500
"""Keys in one question; SQLite answers at least 999."""
FIND = """SELECT key, size, crc, value, entries.id, used
FROM entries JOIN contents USING (id) WHERE key IN ({})"""
KEEP = """INSERT INTO entries (key, kind, size, crc, used) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET size = excluded.size, crc = excluded.crc, used = excluded.used
RETURNING id"""


class Size(NamedTuple):
    """What the cache holds of one kind."""

    kind: str
    entries: int
    size: int
    """Bytes."""


class Cache:
    """The results under `folder`. Belongs to the thread that opened it; processes may share it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE
        self._base: sqlite3.Connection | None = None
        self._run = self._inode = 0
        self._used: list[int] = []
        self._is_writable = True
        with self._tolerant():
            self._open()

    def get_many(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The values that are there and whole, by key."""
        found: dict[bytes, bytes] = {}
        for some in batches(dict.fromkeys(keys), AT_A_TIME):
            with self._tolerant():
                found |= self._found(some)
        return found

    def put_many(self, kind: str, values: Mapping[bytes, bytes]) -> None:
        """Keep `values` by key, all of them or, where the disk is full, none."""
        if self._base is None or not self._is_writable or not values:
            return
        with self._tolerant(), self._base as base:
            for key, value in values.items():
                row = (key, kind, len(value), _crc(key, value), self._run)
                made = base.execute(KEEP, row).fetchone()
                base.execute("INSERT OR REPLACE INTO contents VALUES (?, ?)", (made[0], value))

    def sizes(self) -> list[Size]:
        """What is there, by kind."""
        rows: Sequence[tuple[str, int, int]] = []
        with self._tolerant():
            if self._base is not None:
                rows = self._base.execute(
                    "SELECT kind, count(*), sum(size) FROM entries GROUP BY kind ORDER BY kind"
                ).fetchall()
        return [Size(*row) for row in rows]

    def prune(self, most: int) -> int:
        """Drop what was not used for longest until at most `most` bytes stay; give their number."""
        held, doomed = sum(size.size for size in self.sizes()), list[tuple[int]]()
        with self._tolerant():
            if self._base is None or held <= most:
                return 0
            self._note_use()
            oldest = self._base.execute("SELECT id, size FROM entries ORDER BY used, id")
            while held > most and (row := oldest.fetchone()):
                doomed.append((row[0],))
                held -= row[1]
            oldest.close()
            with self._base as base:
                base.executemany("DELETE FROM contents WHERE id = ?", doomed)
                base.executemany("DELETE FROM entries WHERE id = ?", doomed)
            self._base.executescript("PRAGMA incremental_vacuum")
        return len(doomed)

    def close(self) -> None:
        """Note what was used in this run, and let go of the file."""
        with self._tolerant():
            if self._base is not None:
                self._note_use()
                self._base.close()
        self._base = None

    def _found(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        if self._base is None:
            return {}
        rows = self._base.execute(FIND.format(",".join("?" * len(keys))), keys)
        found: dict[bytes, bytes] = {}
        for key, size, crc, value, number, used in rows:
            is_whole = isinstance(value, bytes) and len(value) == size
            if is_whole and _crc(key, value) == crc:
                found[key] = value
                if used != self._run:
                    self._used.append(number)
        return found

    def _note_use(self) -> None:
        if self._base is not None and self._is_writable:
            with self._base as base:
                base.executemany(
                    f"UPDATE entries SET used = {self._run} WHERE id = ?",  # noqa: S608 - a number
                    [(number,) for number in self._used],
                )
        self._used = []

    def _open(self) -> None:
        self._base, self._run = opened(self.file)
        self._inode = self.file.stat().st_ino

    @contextmanager
    def _tolerant(self) -> Iterator[None]:
        """What the disk or the file does is told once, and never ends the work."""
        try:
            yield
        except (sqlite3.OperationalError, OSError) as fault:
            if self._is_writable:
                log.warning("%s: %s; work goes on, nothing new is remembered", self.file, fault)
            self._is_writable = False
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.DatabaseError:
            if self._base is not None:
                self._base.close()
            self._base = None
            with self._tolerant():
                set_aside(self.file, self._inode)
                self._open()


def _crc(key: bytes, value: bytes) -> int:
    return zlib.crc32(value, zlib.crc32(key))
