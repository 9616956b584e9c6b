"""The films that are compared when sources are: those of sources with enough groups.

N films.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.films import Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Films and whose they are."""

    places: Whole
    """int64[N], rows of the prepared table, ascending."""
    sources: tuple[str, ...]
    targets: Whole
    """int64[N], numbers of sources."""
    groups: tuple[str, ...]
    findings: tuple[str, ...]


def compared(rows: pd.DataFrame, least_groups: int, most: int) -> Compared:
    """At most `most` films of each source with `least_groups` groups, chosen by their hashes."""
    hashed = [hashlib.sha256(str(sha).encode()).hexdigest() for sha in rows["sha256"]]
    numbered = rows[["source", "group"]].assign(hash=hashed, place=np.arange(len(rows)))
    kept: list[int] = []
    for _, own in numbered.groupby("source", sort=True):
        if own["group"].nunique() >= least_groups:
            few = own.sort_values(["hash", "place"]).head(most)
            kept += [int(place) for place in few["place"]]
    return _named(rows, np.array(sorted(kept), np.int64))


def within(rows: pd.DataFrame, whole: Compared, finding: str, least_groups: int) -> Whole:
    """int64[M]: which films of `whole` have the finding, of sources with enough such groups."""
    has = np.flatnonzero(np.array(whole.findings, object) == finding)
    named = rows.iloc[whole.places[has]]
    enough = named.groupby("source")["group"].nunique() >= least_groups
    is_kept = named["source"].isin(set(enough.index[enough])).to_numpy(bool)
    return np.asarray(has[is_kept], np.int64)


def left_out(rows: pd.DataFrame, whole: Compared) -> list[dict[str, object]]:
    """The sources that are not compared, with their films and groups."""
    return [
        {"source": str(source), "films": len(own), "groups": int(own["group"].nunique())}
        for source, own in rows.groupby("source", sort=True)
        if str(source) not in whole.sources
    ]


def counted(whole: Compared) -> list[dict[str, object]]:
    """The sources that are compared, with the films and groups that are looked at."""
    groups = np.array(whole.groups, object)
    return [
        {"source": name, "films": int((whole.targets == n).sum()),
         "groups": len(set(groups[whole.targets == n]))}
        for n, name in enumerate(whole.sources)
    ]  # fmt: skip


def _named(rows: pd.DataFrame, places: Whole) -> Compared:
    taken = rows.iloc[places]
    named = [str(source) for source in taken["source"]]
    sources = tuple(sorted(set(named)))
    return Compared(
        places=places, sources=sources,
        targets=np.array([sources.index(name) for name in named], np.int64),
        groups=tuple(map(str, taken["group"])), findings=tuple(map(str, taken["finding"])),
    )  # fmt: skip
