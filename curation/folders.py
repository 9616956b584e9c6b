"""Any folder of pictures: which files lie in it, for commands that need no project around them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from manifests.contract.params import Misspelt


def files(places: Sequence[Path]) -> Iterator[Path]:
    """Every file in the folders, and every file named itself, once and in the order of the names.

    Hidden files and folders are left out; whether a file is a picture is its content's to say.
    Raises `Misspelt` for a place that is not there.
    """
    seen = set[Path]()
    for place in places:
        if not place.exists():
            raise Misspelt(f"{place}: not there; name a folder of pictures, or a picture")
        for file in sorted(_below(place)):
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def _below(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    for file in place.rglob("*"):
        is_hidden = any(part.startswith(".") for part in file.relative_to(place).parts)
        if file.is_file() and not is_hidden:
            yield file
