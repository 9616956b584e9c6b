"""Outputs that are whole or absent: a folder is written beside its place and moved there last."""

import contextlib
import ctypes
import errno
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

PART = ".part"
"""Suffix of what is not whole yet; `.dvcignore` and `.gitignore` know it."""


class Busy(Exception):  # noqa: N818 - it names a state, and is shown to a person as a sentence
    """Another run writes the same output."""


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent ends.

    A killed `dvc repro` leaves its stage running, and the next one would start a second writer.
    """
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


@contextlib.contextmanager
def whole_folder(place: Path) -> Iterator[Path]:
    """Give an empty folder to write into; on success it becomes `place`, else it is removed.

    Raises `Busy` when another process is writing `place`. Litter of a killed run is swept.
    """
    # A dot has no name beside which to write.
    place = place.absolute()
    if place.exists() and not place.is_dir():
        # Now, and not when hours of work are to be moved there.
        raise NotADirectoryError(errno.ENOTDIR, "is a file, and a folder is to be written", place)
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(place.name + PART)
    lock = FileLock(place.with_name(place.name + ".lock" + PART))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Busy(f"{place}: another run is writing it; wait for it or end it") from None
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        yield part
        for file in part.rglob("*"):
            _flush(file)
        shutil.rmtree(place, ignore_errors=True)
        part.replace(place)
        _flush(place.parent)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        # While it is still held; filelock refuses a file that lost its name meanwhile.
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


@contextlib.contextmanager
def whole_file(place: Path) -> Iterator[Path]:
    """Give a path to write to; on success that file replaces `place` in one step."""
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(place.name + PART)
    try:
        yield part
        _flush(part)
        part.replace(place)
        _flush(place.parent)
    finally:
        part.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
