"""Every page and table of a release beside its shards, made from the manifest alone.

The stage writes them; the check makes them again and compares.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from curation.publish import croissant as machine
from curation.publish.attribution import attribution
from curation.publish.card import card, datasheet, licenses_page
from curation.publish.inventory import Item
from curation.publish.material import Material
from curation.publish.staged import Shelved
from manifests.contract.vocabulary import DISCLAIMER

NAMES = frozenset({
    "ATTRIBUTION.csv", "CHANGELOG.md", "DATASHEET.md", "LICENSES.md", "README.md", "audit.json",
    machine.NAME, "sources.json", "withdrawals.csv",
})  # fmt: skip
"""All that lies beside shards and release.json."""


def documents(
    material: Material,
    ruled: pd.DataFrame,
    figures: Mapping[str, Any],
    shelved: Sequence[Shelved],
    shards: Mapping[str, Item],
) -> dict[str, str]:
    """File name -> its words. `ruled` and `figures` are those of `material`; `shards` by path."""
    papers, name = material.papers, material.name
    named = {spdx: material.rules.of(spdx) for spdx in figures["licenses"]}
    stamp = {"manifest_id": figures["manifest_id"], "disclaimer": DISCLAIMER}
    own = {key: papers.sources[key] for key in figures["sources"] if key in papers.sources}
    return {
        **papers.files(stamp),
        "README.md": card(name, figures, shelved, papers),
        "DATASHEET.md": datasheet(name, figures, shelved, papers),
        "LICENSES.md": licenses_page(name, figures, named),
        "ATTRIBUTION.csv": attribution(material.records, ruled, material.rules),
        machine.NAME: machine.croissant(figures, shelved, shards, own),
    }
