"""A folder that came back from somewhere, beside what its release.json promises."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from curation.publish.differences import differences
from curation.publish.inventory import DATASET, INVENTORY, MODELS, Inventory, read_inventory
from curation.publish.ledger import published
from curation.publish.loaded import Loaded, loaded
from manifests.contract.params import Misspelt
from manifests.contract.table import metadata

_SHOWN = 5


class Line(NamedTuple):
    """One thing that was compared."""

    what: str
    expected: str
    found: str

    @property
    def is_same(self) -> bool:
        return self.expected == self.found


def verified(folder: Path, told: Inventory) -> Iterator[Line]:
    """Every file by its hash, every configuration as `datasets` loads it.

    Raises `BrokenTable` where one cannot be loaded at all.
    """
    wrong = differences(folder, told)
    files = f"{len(told.files)} files"
    yield Line(
        "files, by SHA-256",
        files,
        "; ".join(wrong[:_SHOWN]) + f" ({len(wrong)} in all)" if wrong else files,
    )
    found = loaded(folder, list(told.channels))
    for config, splits in told.channels.items():
        yield from _config(config, splits, told.content.get(config, ""), found[config])


def _config(config: str, splits: dict[str, int], content: str, found: Loaded) -> Iterator[Line]:
    for split in sorted({*splits, *found.splits}):
        yield Line(f"{config}, {split}: films", _count(splits, split), _count(found.splits, split))
    yield Line(f"{config}: content", content, found.content)


def _count(splits: dict[str, int], split: str) -> str:
    return str(splits.get(split, "none"))


def beside(releases: Path, told: Inventory) -> Iterator[Line]:
    """The same version as it is staged in `releases`, where it is."""
    place = releases / told.version
    for staged in sorted([place / DATASET, *place.glob(f"{MODELS}/*")]):
        if (staged / INVENTORY).exists():
            here = read_inventory(staged)
            if (here.kind, here.name) == (told.kind, told.name):
                files = f"{len(here.files)} files"
                found = files if here.files == told.files else "other files"
                yield Line(f"manifest in {staged}", here.manifest_id, told.manifest_id)
                yield Line(f"files in {staged}", files, found)


def check_id(given: str) -> None:
    """Raise `Misspelt` unless `given` can be the id of a manifest."""
    if not re.fullmatch(r"[0-9a-f]{16}", given):
        raise Misspelt(f"{given!r} is no manifest id; write its 16 digits from 0 to 9 and a to f")


def recorded(ledger: Path, name: str, told: Inventory, manifest: Path | None) -> Iterator[Line]:
    """The manifest id beside the ledger's for the repository `name`, and beside a named one's."""
    this = (name, told.kind, told.version)
    for line in published(ledger):
        if (line.repository, line.kind, line.version) == this:
            yield Line(f"manifest in {ledger}", line.manifest_id, told.manifest_id)
    if manifest:
        known = metadata(manifest).get("manifest_id", "none")
        yield Line(f"manifest in {manifest}", known, told.manifest_id)


def table(lines: list[Line]) -> Iterator[str]:
    """The lines, one under the other."""
    rows = [("", "what", "expected", "found")]
    rows += [("ok" if line.is_same else "BAD", *line) for line in lines]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)]
        yield "  ".join([*cells, row[3]]).rstrip()
