"""The folder `images/`: which file a row of the table means, and which files no row means."""

from collections import Counter
from collections.abc import Container
from functools import cached_property
from pathlib import Path

from curation.sources.base_files import film


class Images:
    """The files of one folder; a name in other letters is the same name where only one fits.

    Upstream's disks do not tell small letters from capitals, so its table need not.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names = sorted(place.name for place in folder.glob("*"))

    @cached_property
    def _spelt(self) -> dict[str, str]:
        """The name in small letters -> as it stands here; every exact name -> itself."""
        alike = Counter(name.casefold() for name in self.names)
        single = {name.casefold(): name for name in self.names if alike[name.casefold()] == 1}
        return single | {name: name for name in self.names}

    def actual(self, name: str) -> str:
        """The name of the file that the table calls `name`; empty where there is none."""
        return self._spelt.get(name) or self._spelt.get(name.casefold(), "")

    def film(self, name: str) -> bytes:
        """The file that the table calls `name`. Raises `Rejected` where there is none."""
        return film(self.folder, self.actual(name) or name)

    def without(self, listed: Container[str]) -> list[str]:
        """The files that none of the `listed` names means."""
        return [name for name in self.names if name not in listed]
