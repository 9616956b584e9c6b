"""`models/KEY/` of a release: a trained network in timm's layout, with its card and release.json.

Training writes the weights, from another process; the card and the list of files are made here.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from curation.pages.inputs import Experiment
from curation.predicting.other_side import require, run
from curation.publish.inventory import Inventory, write_inventory
from curation.publish.networks.card import (
    CARD,
    LICENSES,
    Origin,
    how_to_load,
    licenses_page,
    network_card,
)
from curation.publish.networks.exported import remember
from manifests.contract.folder import whole_folder
from manifests.contract.table import BrokenTable
from manifests.contract.vocabulary import DISCLAIMER


def stage_networks(folder: Path, keys: Sequence[str], origin: Origin) -> Iterator[str]:
    """Write `folder`/KEY for every one of `keys`, each whole or not at all; give each when done.

    Raises `Misspelt` where torch or a trained network is absent, `BrokenTable` where one learnt
    from, or was judged on, another manifest than the one that is released, `Ended` where the
    export said why it failed. All are looked at before the first is written.
    """
    if not keys:
        return
    require()
    for key in keys:
        check_manifest(origin.experiment(key), origin)
    for key in keys:
        with whole_folder(folder / key) as part:
            _stage(part, key, origin)
            remember(part, folder / key)
        yield key


def trained(origin: Origin) -> list[str]:
    """The experiments that were trained."""
    return [own.name for own in origin.inputs.experiments if own.checkpoint is not None]


def check_manifest(own: Experiment, origin: Origin) -> None:
    """Raise `BrokenTable` where a part of an experiment is of another manifest."""
    released = origin.inputs.figures["manifest_id"]
    parts = {
        "train": own.checkpoint,
        "evaluate": (own.metrics or {}).get("about"),
        "repeat": origin.repeated(own.name),
    }
    for stage, known in parts.items():
        found = (known or {}).get("manifest_id", released)
        if found != released:
            raise BrokenTable(
                f"{origin.data / stage / own.name}: made from manifest {found}, and {released} is "
                f"released; run `dvc repro {stage}@{own.name}`, or leave it out"
            )


def _stage(part: Path, key: str, origin: Origin) -> None:
    own, figures = origin.experiment(key), origin.inputs.figures
    run("export", origin.data / "train" / key, "--out", part,
        "--segmenter", origin.data / "segment", is_told=False)  # fmt: skip
    exported = (part / CARD).read_text(encoding="utf-8")
    known = origin.repositories()
    card = network_card(key, origin, known[-1] if known else "") + how_to_load(exported)
    _write(part / CARD, card)
    _write(part / LICENSES, licenses_page(own, origin))
    write_inventory(part, Inventory(
        kind="model", name=key, version=figures["version"], manifest_id=figures["manifest_id"],
        disclaimer=DISCLAIMER,
    ))  # fmt: skip


def _write(place: Path, words: str) -> None:
    place.write_text(words, encoding="utf-8", newline="\n")
