"""Groups that became one between two versions, or fell apart: why films changed sides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from curation.versions.version import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Groups of A whose films stand in one group of B."""

    into: str
    groups: Sequence[str]
    moved: Sequence[str]
    """Films of these groups that changed sides."""
    joined_by: Sequence[str]
    """Films that are new in B and stand in that group: one of them may be the link."""


def _pairs(a: Version, b: Version, both: Iterable[str]) -> list[tuple[str, str, str]]:
    """(record, group before, group after) where both versions say a group."""
    rows = ((record_id, a.rows[record_id], b.rows[record_id]) for record_id in both)
    return [
        (record_id, str(before["group"]), str(after["group"]))
        for record_id, before, after in rows
        if before["group"] is not None and after["group"] is not None
    ]


def merged(a: Version, b: Version, both: Sequence[str]) -> list[Merged]:
    """The groups of B that hold films of several groups of A."""
    befores: dict[str, set[str]] = {}
    films: dict[str, list[str]] = {}
    for record_id, before, after in _pairs(a, b, both):
        befores.setdefault(after, set()).add(before)
        films.setdefault(after, []).append(record_id)
    fresh: dict[str, list[str]] = {}
    for record_id in sorted(b.rows.keys() - a.rows.keys()):
        fresh.setdefault(str(b.rows[record_id]["group"]), []).append(record_id)
    return [
        Merged(
            into=group, groups=sorted(groups), joined_by=fresh.get(group, []),
            moved=[f for f in films[group] if a.rows[f]["split"] != b.rows[f]["split"]],
        )
        for group, groups in sorted(befores.items())
        if len(groups) > 1
    ]  # fmt: skip


def parted(a: Version, b: Version, both: Sequence[str]) -> dict[str, Sequence[str]]:
    """Group of A -> the groups of B among which its films stand now, where they are several."""
    afters: dict[str, set[str]] = {}
    for _, before, after in _pairs(a, b, both):
        afters.setdefault(before, set()).add(after)
    return {group: sorted(into) for group, into in sorted(afters.items()) if len(into) > 1}
