"""Connected components: what belongs together through any chain of links."""

import hashlib
from collections.abc import Iterable, Mapping

import pandas as pd

from curation.duplicates.pair import Edge, Link


def components(members: Iterable[str], edges: Iterable[Edge]) -> list[list[str]]:
    """The members in sorted lists, one list for each component, in the order of their first."""
    parent = {member: member for member in sorted(members)}

    def root(member: str) -> str:
        while parent[member] != member:
            # Path halving keeps long chains short.
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    for one, other in edges:
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    together: dict[str, list[str]] = {}
    for member in parent:
        together.setdefault(root(member), []).append(member)
    return list(together.values())


def groups(records: pd.DataFrame, links: Mapping[Edge, Link]) -> dict[str, str]:
    """Record id -> name of its group: one side of the split for all that belongs together.

    Joined are the films of a patient, of a study, and the two films of every link that says so:
    copies of one film carry different patient ids in different collections (SEED fact 3). The
    address a film was found at joins nothing: thousands of films share that of an archive. A case
    page's films share a patient or a study already.
    """
    edges = [pair for pair, link in links.items() if link.joins]
    for column in ("patient_id", "study_id"):
        edges += _shared(records, column)
    return {
        member: name(component)
        for component in components(records["record_id"], edges)
        for member in component
    }


def name(component: Iterable[str]) -> str:
    """The record id with the smallest hash.

    The smallest id itself would rename, and so reshuffle, every group that a source early in the
    alphabet touches; by hash a newcomer renames a group of n films once in n + 1 cases.
    """
    return min(component, key=lambda member: hashlib.sha256(member.encode()).digest())


def _shared(records: pd.DataFrame, column: str) -> list[Edge]:
    """Each film beside the first one with the same value; empty values join nothing."""
    filled = records[records[column].notna()]
    firsts = filled.groupby(column)["record_id"].transform("first")
    return list(zip(firsts, filled["record_id"], strict=True))
