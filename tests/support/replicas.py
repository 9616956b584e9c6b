"""What a replica writes, as bytes that can be compared."""

from collections.abc import Callable, Sequence
from pathlib import Path

from curation.phantom.shot import Shot

FileShots = Callable[[Path, Sequence[Shot], int], None]


def filed(file_shots: FileShots, folder: Path, films: list[Shot]) -> dict[str, bytes]:
    """The files that `file_shots` lays down in the new `folder`, by their path in it."""
    folder.mkdir()
    file_shots(folder, films, 1)
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}
