"""The file behind the cache: opened, or set aside where it is damaged or another program's."""

import logging
import sqlite3
from pathlib import Path

from filelock import FileLock

from manifests.contract.folder import PART

log = logging.getLogger(__name__)
MARK = 0x43585231
"""SQLite's application id: a file without it is somebody else's."""
PATIENCE = 60.0
"""Seconds that another process's writing is waited for."""
# Values stand apart from what is noted of them, so that a note does not write a picture again.
SCHEMA = f"""
PRAGMA page_size = 16384;
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
PRAGMA application_id = {MARK};
BEGIN IMMEDIATE;
CREATE TABLE entries (
    id INTEGER PRIMARY KEY, key BLOB UNIQUE NOT NULL, kind TEXT NOT NULL,
    size INTEGER NOT NULL, crc INTEGER NOT NULL, used INTEGER NOT NULL
);
CREATE TABLE contents (id INTEGER PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE runs (id INTEGER PRIMARY KEY AUTOINCREMENT);
COMMIT;
"""


def opened(file: Path) -> tuple[sqlite3.Connection, int]:
    """The open file, new where there is none or no good one, and the number of this run.

    Raises `sqlite3.Error` or `OSError` where the place allows no file.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(file.with_name(f"{file.name}.lock{PART}")):
        try:
            return _connected(file)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            _move_aside(file)
            return _connected(file)


def set_aside(file: Path, inode: int) -> None:
    """Move the damaged `file` aside, unless another process has put a new one in its place."""
    with FileLock(file.with_name(f"{file.name}.lock{PART}")):
        if file.exists() and file.stat().st_ino == inode:
            _move_aside(file)


def _connected(file: Path) -> tuple[sqlite3.Connection, int]:
    base = sqlite3.connect(file, timeout=PATIENCE)
    try:
        (mark,) = base.execute("PRAGMA application_id").fetchone()
        (tables,) = base.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and mark != MARK:
            raise sqlite3.DatabaseError("another program's file")
        if not tables:
            base.executescript(SCHEMA)
        base.execute("PRAGMA synchronous = NORMAL")
        with base:
            run = base.execute("INSERT INTO runs DEFAULT VALUES").lastrowid
    except sqlite3.Error:
        base.close()
        raise
    return base, int(run or 0)


def _move_aside(file: Path) -> None:
    number = 1
    while (aside := file.with_name(f"{file.name}.damaged-{number}")).exists():
        number += 1
    log.warning(
        "%s: damaged, or no cache of ours; it is set aside as %s, and results are remembered "
        "anew; remove it when you like", file, aside.name,
    )  # fmt: skip
    file.replace(aside)
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
