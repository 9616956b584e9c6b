"""The films that the probes are asked about: enough groups of each label, not more than needed.

N films, C labels.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from manifests.contract.labels import Task
from manifests.contract.prepared import CROP, PREPARED_COLUMNS, Prepared
from training.films import Whole, named

FEWEST = 2
"""Labels without whom there is nothing to tell apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Films with what a probe is asked for."""

    places: Whole
    """int64[N], rows of the prepared table, in the order of record ids."""
    rows: pd.DataFrame
    """Those rows."""
    names: tuple[str, ...]
    """What may be told: labels, or sources."""
    targets: Whole
    """int64[N], numbers of names."""
    beside: Whole
    """int64[N], numbers of what the films differ in besides: the source; for sources the label."""
    groups: tuple[str, ...]
    left_out: Mapping[str, int]
    """Names with too few groups, and how many they have."""

    @property
    def reason(self) -> str | None:
        """Why nothing can be told apart; None where it can."""
        if len(self.names) >= FEWEST:
            return None
        told = ", ".join(f"{count} of {name}" for name, count in self.left_out.items())
        return f"too few groups to tell two apart{': ' + told if told else ''}"

    @property
    def rarest(self) -> int:
        """Groups of the name that has the fewest."""
        pairs = set(zip(self.targets.tolist(), self.groups, strict=True))
        return int(np.bincount([target for target, _ in pairs]).min())

    def only(self, is_there: npt.NDArray[np.bool_], least_groups: int) -> "Asked":
        """The films of bool[N], of names that still have enough groups."""
        rows = self.rows.assign(
            name=[self.names[n] for n in self.targets], beside=self.beside, place=self.places
        )[is_there]
        counts = rows.groupby("name")["group"].nunique()
        few = {name: int(counts.get(name, 0)) for name in self.names
               if counts.get(name, 0) < least_groups}  # fmt: skip
        names = tuple(name for name in self.names if name not in few)
        rows = rows[rows["name"].isin(names)]
        return Asked(
            places=rows["place"].to_numpy(np.int64),
            rows=rows.drop(columns=["name", "beside", "place"]).reset_index(drop=True),
            names=names, targets=np.array([names.index(n) for n in rows["name"]], np.int64),
            beside=rows["beside"].to_numpy(np.int64), groups=tuple(rows["group"].astype(str)),
            left_out={**self.left_out, **few},
        )  # fmt: skip


def labelled(prepared: Prepared, task: Task, least_groups: int, most: int) -> Asked:
    """At most `most` films of each label of the task, of every side, whole groups by their hash."""
    rows = prepared.rows
    known = rows.assign(name=np.array(named(rows, task), object), place=np.arange(len(rows)))
    known = known[known["name"].notna()].assign(hash=known["group"].astype(str).map(_hash))
    known = known.sort_values(["hash", "record_id"]).groupby("name", sort=False).head(most)
    return _asked(known.sort_values("record_id"), tuple(task), "source").only(
        np.ones(len(known), bool), least_groups
    )


def by_source(asked: Asked, least_groups: int) -> Asked:
    """The same films, asked for their source; what they differ in besides is the label."""
    known = asked.rows.assign(
        name=asked.rows["source"].astype(str), place=asked.places, label=asked.targets
    )
    return _asked(known, tuple(sorted(set(known["name"]))), "label").only(
        np.ones(len(known), bool), least_groups
    )


def fold_numbers(asked: Asked, folds: int) -> Whole:
    """int64[N]: the fold of each film, whole groups, each label spread evenly over the folds.

    Groups are dealt in the order of their hashes: a fold without a label would judge nothing.
    """
    first = dict(zip(reversed(asked.groups), reversed(asked.targets.tolist()), strict=True))
    dealt: dict[str, int] = {}
    for label in range(len(asked.names)):
        own = sorted((group for group in first if first[group] == label), key=_hash)
        # Every label goes on where the last one ended, or fold 0 would have the most films.
        dealt |= {group: (len(dealt) + n) % folds for n, group in enumerate(own)}
    return np.array([dealt[group] for group in asked.groups], np.int64)


def _asked(known: pd.DataFrame, names: tuple[str, ...], beside: str) -> Asked:
    """All films of `known`, with the columns name and place besides those of the prepared table."""
    differ = np.unique(known[beside].astype(str).to_numpy(object), return_inverse=True)[1]
    return Asked(
        places=known["place"].to_numpy(np.int64), rows=known[[*PREPARED_COLUMNS, CROP]],
        names=names, targets=np.array([names.index(name) for name in known["name"]], np.int64),
        beside=differ.astype(np.int64), groups=tuple(known["group"].astype(str)), left_out={},
    )  # fmt: skip


def _hash(group: str) -> str:
    return hashlib.sha256(group.encode()).hexdigest()
