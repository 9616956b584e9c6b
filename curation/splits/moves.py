"""What moved: films that the ledger has on another side, and groups that were proved to be one."""

from collections.abc import Mapping

import pandas as pd

from curation.splits.frozen import Held
from curation.splits.members import members
from manifests.contract.vocabulary import Split

COLUMNS = ["record_id", "group", "was", "now", "why"]


def moves(
    records: pd.DataFrame,
    sides: Mapping[str, Split],
    known: Mapping[str, Split],
    ruled: Mapping[str, Held],
) -> pd.DataFrame:
    """The films that stand elsewhere than the ledger `known` says, with the reason.

    A film that left as a copy counts as standing where the one that stayed stands. `sides` are
    those of the groups; `ruled` are the groups that no draw decides. Columns record_id, group,
    was, now, why, sorted by record id.
    """
    told = [(group, name) for group, _, name in members(records) if name in known]
    # A film that the ledger has where the group now stands drew the others there.
    drew = {group: name for group, name in reversed(told) if known[name] == sides[group]}
    made = {
        name: (name, group, str(known[name]), str(sides[group]),
               ruled[group].why if group in ruled
               else f"one group with {drew[group]}, which stood in {sides[group]}")
        for group, name in told
        if known[name] != sides[group]
    }  # fmt: skip
    return pd.DataFrame(sorted(made.values()), columns=COLUMNS, dtype="string")


def merged_groups(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Group of `after` -> the groups of `before` that it joins, where these are two or more.

    Both have record_id and group. Told by the films that stand in both, so a group all of whose
    films are new, or gone, takes no part.
    """
    old = dict(zip(before["record_id"], before["group"], strict=True))
    found: dict[str, set[str]] = {}
    for record_id, group in zip(after["record_id"], after["group"], strict=True):
        if record_id in old:
            found.setdefault(group, set()).add(old[record_id])
    return {group: tuple(sorted(own)) for group, own in sorted(found.items()) if len(own) > 1}
