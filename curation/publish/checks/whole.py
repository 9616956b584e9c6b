"""`cxr release check`: every rule that a staged data set must hold."""

from collections.abc import Callable, Iterator
from pathlib import Path

from curation.publish.checks.fault import Fault
from curation.publish.checks.files import file_faults, secret_faults
from curation.publish.checks.films import film_faults
from curation.publish.checks.machines import card_faults, croissant_faults, load_faults
from curation.publish.checks.pages import changelog_faults, page_faults
from curation.publish.inventory import Inventory
from curation.publish.ledger import check_version
from curation.publish.material import Material
from manifests.contract.table import BrokenTable, manifest_id_of

Rule = tuple[str, Callable[[], Iterator[Fault]]]


def rules(folder: Path, told: Inventory, material: Material, ledger: Path) -> list[Rule]:
    """What is looked at, in words, and the look itself; the cheap ones first."""
    own = (material.judged(), material.rules, material.copies, material.ingested)
    return [
        ("every file is the one that was staged", lambda: file_faults(folder, told)),
        ("a version is one manifest", lambda: _version_faults(told, material, ledger)),
        ("no token, no place of a machine", lambda: secret_faults(folder)),
        ("licences, credit, tags, groups", lambda: iter(film_faults(folder, *own))),
        ("every number again", lambda: page_faults(folder, material, told)),
        ("the changes are told", lambda: changelog_faults(folder, told.version)),
        ("the Hub takes the card", lambda: card_faults(folder)),
        ("Croissant", lambda: croissant_faults(folder, told)),
        ("`load_dataset`, offline", lambda: load_faults(folder, told)),
    ]


def _version_faults(told: Inventory, material: Material, ledger: Path) -> Iterator[Fault]:
    now = manifest_id_of(material.records)
    if told.manifest_id != now:
        yield Fault(
            "this release is of another manifest than the one here, so its figures cannot be "
            "counted again",
            [f"{told.manifest_id}, here {now}"],
        )
    try:
        check_version(ledger, told.version, told.manifest_id)
    except BrokenTable as fault:
        yield Fault("one version name with two manifests", [str(fault)])
