"""Where a folder is not what its release.json says, file by file."""

from pathlib import Path

from curation.publish.inventory import INVENTORY, Inventory, items
from manifests.contract.table import BrokenTable

HUBS = frozenset({".gitattributes"})
"""What a copy from the Hub holds besides."""
_SHOWN = 5


def differences(folder: Path, told: Inventory) -> list[str]:
    """One sentence for each file that is missing, altered or too many; every file is read."""
    found = {path: file for path, file in items(folder).items() if path not in HUBS}
    both = sorted(set(found) & set(told.files))
    return [
        *(f"{path} is missing" for path in sorted(set(told.files) - set(found))),
        *(f"{path} holds other bytes" for path in both if found[path] != told.files[path]),
        *(f"{path} is in no {INVENTORY}" for path in sorted(set(found) - set(told.files))),
    ]


def check_files(folder: Path, told: Inventory) -> None:
    """Raise `BrokenTable` unless every file is as release.json says, and no other is there."""
    wrong = differences(folder, told)
    if wrong:
        raise BrokenTable(
            f"{folder}: {'; '.join(wrong[:_SHOWN])}{' …' if len(wrong) > _SHOWN else ''}; "
            "stage the release again"
        )
