"""Room on disk for what comes in one order and leaves in another, since no memory holds it all."""

import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

BLOCK = 2**20


class Spool:
    """`count` records of `size` bytes each in a file without name below `folder`.

    The room is taken at once, so that a full disk is an `OSError` before any work is done. Read and
    written, not mapped: mapped pages count as memory of the process.
    """

    def __init__(self, folder: Path, count: int, size: int) -> None:
        self._size = size
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - closed below
        _take_room(self._file.fileno(), max(1, count * size))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._file.close()

    def __setitem__(self, number: int, record: bytes) -> None:
        if len(record) != self._size:
            raise ValueError(f"a record of {len(record)} bytes among those of {self._size}")
        if os.pwrite(self._file.fileno(), record, number * self._size) != self._size:
            raise OSError("the disk took a part of a record only")

    def __getitem__(self, number: int) -> bytes:
        return os.pread(self._file.fileno(), self._size, number * self._size)


def _take_room(file: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
        return
    # macOS has no such call; zeros take the room as well.
    for start in range(0, size, BLOCK):
        os.pwrite(file, bytes(min(BLOCK, size - start)), start)
