"""The networks that are here, and what each was given to learn from."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from curation.publish.inventory import INVENTORY, MODELS, read_inventory
from manifests.contract.params import Misspelt
from manifests.contract.protocol import HONEST, sides
from manifests.contract.table import BrokenTable
from manifests.contract.vocabulary import Split

CHECKPOINT = "checkpoint.json"
SEGMENTER = Path("data/segment/segmenter.json")
LEARNT = {Split.TRAIN.value: "it learnt from them", Split.VAL.value: "its epoch was chosen by them"}
ONLY_THERE = "only in its manifest"


class Network(NamedTuple):
    """One folder with a network."""

    place: Path
    manifest_id: str
    protocol: str


def networks(root: Path, releases: Path) -> Iterator[Network | str]:
    """Those that were trained under `root`, then those of every staged release.

    A folder that does not say what it learnt from is a sentence.
    """
    trained = sorted((root / "data").glob(f"*/*/{CHECKPOINT}"))
    staged = sorted(releases.glob(f"*/{MODELS}/*/{INVENTORY}"))
    for place in dict.fromkeys(file.parent for file in (*trained, *staged)):
        try:
            yield _network(place)
        except (OSError, ValueError, KeyError, TypeError, Misspelt, BrokenTable) as fault:
            yield f"{place}: does not say what it learnt from ({fault})"


def _network(place: Path) -> Network:
    told = place / CHECKPOINT
    said = json.loads(told.read_bytes()) if told.is_file() else {}
    known = said["manifest_id"] if said else read_inventory(place).manifest_id
    return Network(place, str(known), str(said.get("protocol", HONEST)))


def given(rows: pd.DataFrame, protocol: str) -> "pd.Series[str]":
    """What each film of a manifest was to a network that was trained on it.

    Raises `Misspelt` or `KeyError` where the manifest is too old to have that protocol.
    """
    return sides(rows, protocol).map(LEARNT).astype("string").fillna(ONLY_THERE)


def of_segmenter(place: Path, groups: "pd.Series[str]") -> "pd.Series[str]":
    """What the films of these groups were to the network that finds the lungs; empty for none."""
    known = json.loads(place.read_bytes()).get("groups", {})
    told = {group: LEARNT.get(side, ONLY_THERE) for side, own in known.items() for group in own}
    return groups.astype("string").map(told).astype("string")
