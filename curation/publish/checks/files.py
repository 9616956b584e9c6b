"""The folder itself: every file is as release.json says, and none tells too much."""

import re
from collections.abc import Iterator
from pathlib import Path

from curation.publish.checks.fault import RIGHTS, Fault, faults
from curation.publish.differences import differences
from curation.publish.documents import NAMES
from curation.publish.inventory import INVENTORY, Inventory
from curation.publish.secrets import leaks

SHARD = re.compile(r"data/(open|noncommercial|pointers)/[a-z]+-\d{5}-of-\d{5}\.parquet")


def file_faults(folder: Path, told: Inventory) -> Iterator[Fault]:
    """Files that are gone, came by, or changed since release.json was written; and strange ones."""
    strange = [name for name in told.files if name not in NAMES and not SHARD.fullmatch(name)]
    yield from faults({
        f"not as {INVENTORY} says": differences(folder, told),
        "files that no release has": strange,
    })  # fmt: skip


def secret_faults(folder: Path) -> Iterator[Fault]:
    """Tokens, and places on a machine, in any file."""
    places = [place for place in sorted(folder.rglob("*")) if place.is_file()]
    found = [
        told.removeprefix(f"{folder}/").removesuffix("; take it out")
        for place in places
        for told in leaks(place)
    ]
    yield from faults({"a secret or a place of the machine": found}, RIGHTS)
    # A link leads to what nobody has looked at.
    links = [place.relative_to(folder) for place in folder.rglob("*") if place.is_symlink()]
    yield from faults({"links instead of files": links})
