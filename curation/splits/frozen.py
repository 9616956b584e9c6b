"""Frozen lists: films whose groups stand on one side whatever is drawn."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from curation.reviewed_csv import text
from curation.splits.members import members
from manifests.contract.params import Misspelt
from manifests.contract.vocabulary import Split


class Held(NamedTuple):
    """The side on which a group is held, and the words that say by what."""

    side: Split
    why: str


def frozen_groups(records: pd.DataFrame, folder: Path) -> dict[str, Held]:
    """Group -> its side, for the groups of all films in the lists of `folder`.

    A list whose name begins with "external" fills `external`, any other `test`. Raises `Misspelt`
    for a film that is not here, not even by a copy of it that stayed in its place, and for a group
    that two lists want on two sides.
    """
    groups = {name: group for group, _, name in members(records)}
    held: dict[str, Held] = {}
    for place in sorted(folder.glob("*.txt")):
        side = Split.EXTERNAL if place.name.startswith("external") else Split.TEST
        for number, line in enumerate(text(place).splitlines(), start=1):
            record_id = line.split("#")[0].strip()
            if not record_id:
                continue
            if record_id not in groups:
                raise Misspelt(
                    f"{place}:{number}: {record_id} is not in the manifest; a frozen set may not "
                    "shrink unseen: bring the film back, or take the line out and say so"
                )
            hold(held, groups[record_id], Held(side, f"{place}:{number}: {record_id}"))
    return held


def external_groups(sources: Mapping[str, frozenset[str]], unseen: frozenset[str]) -> list[str]:
    """The groups that hold a film of a source in `unseen`, by `sources` (group -> sources)."""
    return sorted(group for group, own in sources.items() if own & unseen)


def hold(held: dict[str, Held], group: str, by: Held) -> None:
    """Note that `group` is held. Raises `Misspelt` where it is held on another side already.

    Neither set may shrink unseen, so no rule decides between them; a person does.
    """
    known = held.setdefault(group, by)
    if known.side is not by.side:
        raise Misspelt(
            f"{by.why} is held in {by.side}, but its group in {known.side} ({known.why}); they are "
            "one patient or copies, so take one of the two out, or both into one list"
        )
