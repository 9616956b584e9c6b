"""The films on disk, found by the path that a row gives, whatever its case and extension."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath


class Films:
    """The files in the folders of `folder`, and which of them a row has named."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._by_key: dict[str, list[str]] = {}
        self._taken: set[str] = set()
        for place in folder.iterdir():
            for file in place.rglob("*") if place.is_dir() else ():
                if file.is_file():
                    name = file.relative_to(folder).as_posix()
                    self._by_key.setdefault(_key(name), []).append(name)

    def take(self, path: str) -> list[str]:
        """The files that `path` may mean: the very one, or else all that differ in case or type."""
        found = self.of(path)
        self._taken.update(found)
        return found

    def of(self, path: str) -> list[str]:
        """The same files, without taking them."""
        alike = sorted(self._by_key.get(_key(path), []))
        return [path] if path in alike else alike

    def unlisted(self) -> Iterator[str]:
        """The files that no row has named so far, in order."""
        names = (name for alike in self._by_key.values() for name in alike)
        yield from sorted(name for name in names if name not in self._taken)


def _key(name: str) -> str:
    return str(PurePosixPath(name).with_suffix("")).casefold()
