"""What changed between two versions of the manifest, record by record; and its application."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curation.versions.groups import Merged, merged, parted
from curation.versions.version import Row, Value, Version, id_of
from manifests.contract.decisions import DECISIONS

KINDS: Mapping[str, tuple[str, ...]] = {
    "replaced": ("sha256", "pixel_sha256"),
    "relabelled": ("finding", "findings", "abnormal", "uncertain", "severity", "pcr_positive"),
    "resplit": ("split",),
    "relicensed": ("license", "attribution"),
    "regrouped": ("group",),
}
"""Kind of change -> the columns that make it; any other column is `other`."""
OTHER = "other"
LEFT_SOURCE = "left_source"
"""Stands as reason where nothing was refused: the source no longer gives the film."""
UNTOLD = "untold"
"""Stands as reason where no rejected.parquet lies beside the manifest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A film that B lacks, and why."""

    record_id: str
    stage: str
    reason: str
    detail: str
    kept_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A film that both have: column -> (before, after)."""

    record_id: str
    columns: Mapping[str, tuple[Value, Value]]

    @property
    def kinds(self) -> list[str]:
        named = [kind for kind, of in KINDS.items() if set(of) & set(self.columns)]
        known = {column for of in KINDS.values() for column in of}
        return [*named, OTHER] if set(self.columns) - known else named


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """All that lies between A and B."""

    added: Sequence[Row]
    removed: Sequence[Removed]
    changed: Sequence[Changed]
    merged: Sequence[Merged]
    parted: Mapping[str, Sequence[str]]
    """Group of A -> the groups of B among which its films stand now."""
    came: Mapping[tuple[str, str, str], int]
    """(source, stage, reason) -> rejections that only B has."""
    went: Mapping[tuple[str, str, str], int]
    """(source, stage, reason) -> rejections that only A has."""

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed or self.came or self.went)

    def of_kind(self, kind: str) -> list[Changed]:
        return [change for change in self.changed if kind in change.kinds]


def diff(a: Version, b: Version) -> Diff:
    """What turns A into B."""
    both = sorted(a.rows.keys() & b.rows.keys())
    changed = [_changed(record_id, a.rows[record_id], b.rows[record_id]) for record_id in both]
    came, went = _rejections(a, b)
    return Diff(
        added=[b.rows[record_id] for record_id in sorted(b.rows.keys() - a.rows.keys())],
        removed=_removed(a, b),
        changed=[change for change in changed if change.columns],
        merged=merged(a, b, both),
        parted=parted(a, b, both),
        came=came,
        went=went,
    )


def applied(rows: Mapping[str, Row], change: Diff) -> dict[str, Row]:
    """The decisions of B from those of A: `A + diff = B`."""
    made = {record_id: dict(row) for record_id, row in rows.items()}
    for gone in change.removed:
        del made[gone.record_id]
    for edit in change.changed:
        made[edit.record_id] |= {column: after for column, (_, after) in edit.columns.items()}
    made |= {str(row["record_id"]): dict(row) for row in change.added}
    return dict(sorted(made.items()))


def applied_id(rows: Mapping[str, Row], change: Diff) -> str:
    """The manifest_id of A with the difference applied."""
    return id_of(applied(rows, change).values())


def source_of(record_id: str) -> str:
    return record_id.partition("/")[0]


def _changed(record_id: str, before: Row, after: Row) -> Changed:
    # By repr: 1, 1.0 and True are equal, and are three decisions to the manifest_id.
    differ = [name for name in DECISIONS if repr(before[name]) != repr(after[name])]
    return Changed(
        record_id=record_id,
        columns={column: (before[column], after[column]) for column in differ},
    )


def _removed(a: Version, b: Version) -> list[Removed]:
    why = {str(row["record_id"]): row for row in b.rejected or ()}
    silent = UNTOLD if b.rejected is None else LEFT_SOURCE
    found = []
    for record_id in sorted(a.rows.keys() - b.rows.keys()):
        row = why.get(record_id, {})
        kept = row.get("kept_id")
        found.append(
            Removed(
                record_id=record_id, stage=str(row.get("stage", "")),
                reason=str(row.get("reason", silent)), detail=str(row.get("detail", "")),
                kept_id=None if kept is None else str(kept),
            )
        )  # fmt: skip
    return found


def _rejections(
    a: Version, b: Version
) -> tuple[Counter[tuple[str, str, str]], Counter[tuple[str, str, str]]]:
    """The rejections that only one of the two has; nothing is said where one tells none."""
    if a.rejected is None or b.rejected is None:
        return Counter(), Counter()
    before, after = Counter(map(_key, a.rejected)), Counter(map(_key, b.rejected))
    return _by_reason(after - before), _by_reason(before - after)


def _key(row: Row) -> tuple[str, str, str, str]:
    return str(row["record_id"]), str(row["source"]), str(row["stage"]), str(row["reason"])


def _by_reason(films: Counter[tuple[str, str, str, str]]) -> Counter[tuple[str, str, str]]:
    made: Counter[tuple[str, str, str]] = Counter()
    for (_, *rest), number in sorted(films.items()):
        source, stage, reason = rest
        made[source, stage, reason] += number
    return made
