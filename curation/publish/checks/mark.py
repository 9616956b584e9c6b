"""What `cxr release check` leaves beside a folder that may leave, and a push asks for.

A check of a large release takes long, and a push is repeated after every broken connection. The
mark holds for exactly these files, judged by exactly these rules.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from curation.publish.inventory import INVENTORY, item, read_inventory
from manifests.contract.folder import whole_file
from manifests.contract.table import BrokenTable

RULES = (Path("manifests/licenses.yaml"), Path("manifests/withdrawals.csv"))
"""What changes the verdict though no file of the release changes."""


def mark(folder: Path, rules: Sequence[Path] = RULES) -> None:
    """Write that `folder` may leave, as it is now."""
    with whole_file(_beside(folder)) as part:
        part.write_text(json.dumps(_now(folder, rules), indent=2) + "\n", encoding="utf-8")


def check_marked(folder: Path, rules: Sequence[Path] = RULES) -> None:
    """Raise `BrokenTable` unless `folder` was checked as it is, by the rules as they are here.

    Whoever changes a file changes its hash, which release.json holds and the mark by that.
    """
    if _known(_beside(folder)) != _now(folder, rules):
        raise BrokenTable(
            f"{folder}: was not checked as it is now, by the rules that are here; in the project's "
            f"folder run `cxr release check {read_inventory(folder).version}`"
        )


def _known(place: Path) -> object:
    """What the mark says; a damaged one says nothing."""
    try:
        return json.loads(place.read_bytes())
    except (FileNotFoundError, ValueError):
        return None


def _beside(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.checked.json")


def _now(folder: Path, rules: Sequence[Path]) -> dict[str, str]:
    files = [folder / INVENTORY, *(rule for rule in rules if rule.is_file())]
    return {place.name: item(place).sha256 for place in files}
