"""What the ledger holds once every film is taken in."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import pandas as pd

from curation.splits.members import members
from curation.splits.placement import Shares, in_turn
from manifests.contract.vocabulary import Finding, Split


class Frozen(NamedTuple):
    """The ledger to write, and how it differs from the one that was read."""

    known: dict[str, Split]
    added: int
    moved: int
    """Films taken in that the stage had put on another side, by their hash."""
    mended: int
    """Lines that had another side."""


def frozen(
    records: pd.DataFrame,
    known: Mapping[str, Split],
    ruled: Collection[str],
    shares: Shares,
    everyone: pd.DataFrame | None = None,
) -> Frozen:
    """The ledger `known` with every film of `records`, which have their `split`, and every copy.

    A group with a film in the ledger stays; the others are placed in turn within the class of their
    leading finding, beside those in `ruled`. These, in a frozen list or `external`, are not drawn:
    they get no line and keep the one that they have. `everyone` are the films of these groups,
    those that `filter` refused too: they hold their group, and stand there when they return.
    """
    sides = dict(zip(records["group"], map(Split, records["split"]), strict=True))
    names = [(group, name) for group, _, name in members(records if everyone is None else everyone)]
    told = {group for group, name in names if name in known} | set(ruled)
    held = {group: side for group, side in sides.items() if group in told}
    placed = held | in_turn(leading_findings(records), held, shares)
    # Copies too: when the film that stayed for them is gone, they stand for it.
    lines = {name: placed[group] for group, name in names if group not in ruled}
    stood = {name: sides[group] for group, name in names}
    new = lines.keys() - known.keys()
    return Frozen(
        known={**known, **lines},
        added=len(new),
        moved=sum(lines[name] != stood[name] for name in new),
        mended=sum(known[name] != side for name, side in lines.items() if name in known),
    )


def leading_findings(records: pd.DataFrame) -> dict[str, Finding]:
    """Group -> the finding of its films that comes first in the vocabulary."""
    order = {finding: number for number, finding in enumerate(Finding)}
    rank = records["finding"].map(lambda finding: order[Finding(finding)]).astype("int64")
    findings = list(Finding)
    return {
        str(group): findings[int(number)]
        for group, number in rank.groupby(records["group"]).min().items()
    }
