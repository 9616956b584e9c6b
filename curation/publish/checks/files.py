"""The folder itself: every file is as release.json says, and none tells too much."""

from collections.abc import Iterator
from pathlib import Path

from curation.publish.checks.fault import RIGHTS, Fault, faults
from curation.publish.inventory import INVENTORY, Inventory, items
from curation.publish.secrets import leaks


def file_faults(folder: Path, told: Inventory) -> Iterator[Fault]:
    """Files that are gone, came by, or changed since release.json was written."""
    here = items(folder)
    both = here.keys() & told.files.keys()
    yield from faults({
        f"files that {INVENTORY} names and that are not there": told.files.keys() - here.keys(),
        f"files that {INVENTORY} does not name": here.keys() - told.files.keys(),
        f"files that are not those of {INVENTORY}": {
            name for name in both if here[name] != told.files[name]
        },
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
