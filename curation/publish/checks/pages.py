"""The pages of a release against the same pages made again from the manifest and the shards."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from curation.publish.checks.fault import Fault
from curation.publish.documents import documents
from curation.publish.inventory import Inventory
from curation.publish.material import Material
from curation.publish.staged import shelved

ABSENT = "nothing"
MOST = 60
"""Letters shown of a line."""


def page_faults(folder: Path, material: Material, told: Inventory) -> Iterator[Fault]:
    """Lines that the manifest and the shards do not give, among them every number."""
    ruled = material.ruled()
    figures = material.figures(ruled)
    shards = {path: held for path, held in told.files.items() if path.endswith(".parquet")}
    again = documents(material, ruled, figures, shelved(folder), shards)
    for name, words in again.items():
        place = folder / name
        staged = place.read_bytes().decode("utf-8", "replace") if place.is_file() else ""
        if staged != words:
            lines = _differences(staged.splitlines(), words.splitlines())
            yield Fault(f"{name} does not say what the manifest gives", lines or ["its line ends"])


def changelog_faults(folder: Path, version: str) -> Iterator[Fault]:
    """A version that nobody can read about."""
    place = folder / "CHANGELOG.md"
    titles = [
        line.removeprefix("## ").split()[0]
        for line in (place.read_text(encoding="utf-8") if place.is_file() else "").splitlines()
        if line.startswith("## ") and line.strip("# ")
    ]
    if version not in titles:
        yield Fault("CHANGELOG.md tells nothing of this version", [version])


def _differences(staged: Sequence[str], again: Sequence[str]) -> list[str]:
    return [
        f"line {number}: {_shown(here)} for {_shown(there)}"
        for number, (here, there) in enumerate(zip_longest(staged, again), start=1)
        if here != there
    ]


def _shown(line: str | None) -> str:
    if line is None:
        return ABSENT
    return f"'{line[:MOST]}…'" if len(line) > MOST else f"'{line}'"
