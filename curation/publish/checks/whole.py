"""`cxr release check`: every rule that a staged data set must hold."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from curation.publish.checks.fault import RIGHTS, Fault, faults
from curation.publish.checks.files import file_faults, secret_faults
from curation.publish.checks.films import film_faults
from curation.publish.checks.machines import card_faults, croissant_faults, load_faults
from curation.publish.checks.pages import changelog_faults, page_faults
from curation.publish.checks.rows import row_faults
from curation.publish.inventory import Inventory
from curation.publish.ledger import check_version
from curation.publish.material import Material
from manifests.contract.table import BrokenTable, manifest_id_of

Rule = tuple[str, Callable[[], Iterator[Fault]]]


def rules(
    folder: Path, told: Inventory, material: Material, withdrawn: "pd.Series[str]", ledger: Path
) -> list[Rule]:
    """What is looked at, in words, and the look itself; the cheap ones first.

    `withdrawn` has the sentence for each of the material's records that somebody asked to take
    out, and is empty for the others.
    """
    return [
        ("every file is the one that was staged", lambda: file_faults(folder, told)),
        ("a version is one manifest", lambda: _version_faults(told, material, ledger)),
        ("no token, no place of a machine", lambda: secret_faults(folder)),
        ("nothing that was withdrawn", lambda: _withdrawn_faults(material, withdrawn)),
        ("licences, credit, tags, groups", lambda: iter(film_faults(folder, material))),
        ("every row is the manifest's", lambda: row_faults(folder, material)),
        ("every number again", lambda: page_faults(folder, material, told)),
        ("the changes are told", lambda: changelog_faults(folder, told.version)),
        ("the Hub takes the card", lambda: card_faults(folder)),
        ("Croissant", lambda: croissant_faults(folder, told)),
        ("`load_dataset`, offline", lambda: load_faults(folder, told)),
    ]


def look(rule: Rule) -> list[Fault]:
    """Its faults; what cannot be read at all is one, and keeps no other rule from being asked."""
    try:
        return list(rule[1]())
    except BrokenTable as fault:
        return [Fault("cannot be read", [str(fault)])]


def _withdrawn_faults(material: Material, withdrawn: "pd.Series[str]") -> Iterator[Fault]:
    why = withdrawn.dropna()
    names = material.records.loc[why.index, "record_id"]
    told = [f"{name} ({words})" for name, words in zip(names, why, strict=True)]
    yield from faults({"films that were withdrawn; run `dvc repro`": told}, RIGHTS)


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
