"""A difference as JSON, from which B can be made again, and back."""

import json
from collections.abc import Mapping
from typing import Any

from curation.versions.diff import KINDS, OTHER, Changed, Diff, Removed, source_of
from curation.versions.groups import Merged
from curation.versions.version import Version
from manifests.contract.params import Misspelt


def to_json(a: Version, b: Version, change: Diff) -> dict[str, Any]:
    """The whole difference as JSON can hold it; `from_json` gives `change` back."""
    return {
        "a": about(a),
        "b": about(b),
        "by_source": by_source(change),
        "added": list(change.added),
        "removed": [
            {
                "record_id": gone.record_id, "stage": gone.stage, "reason": gone.reason,
                "detail": gone.detail, "kept_id": gone.kept_id,
            }
            for gone in change.removed
        ],
        "changed": [
            {
                "record_id": edit.record_id, "kinds": edit.kinds,
                "columns": {name: list(sides) for name, sides in edit.columns.items()},
            }
            for edit in change.changed
        ],
        "merged_groups": [
            {
                "into": one.into, "groups": list(one.groups), "moved": list(one.moved),
                "joined_by": list(one.joined_by),
            }
            for one in change.merged
        ],
        "parted_groups": {group: list(into) for group, into in change.parted.items()},
        "rejections_came": _counted(change.came),
        "rejections_went": _counted(change.went),
    }  # fmt: skip


def from_json(text: str) -> Diff:
    """The difference in JSON as `to_json` wrote it. Raises `Misspelt` for anything else."""
    try:
        told = json.loads(text)
        return Diff(
            added=told["added"],
            removed=[Removed(**gone) for gone in told["removed"]],
            changed=[
                Changed(
                    record_id=edit["record_id"],
                    columns={name: (old, new) for name, (old, new) in edit["columns"].items()},
                )
                for edit in told["changed"]
            ],
            merged=[Merged(**one) for one in told["merged_groups"]],
            parted=told["parted_groups"],
            came=_uncounted(told["rejections_came"]),
            went=_uncounted(told["rejections_went"]),
        )
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as fault:
        raise Misspelt(f"this is not what `cxr diff --json` writes: {fault!r}") from None


def about(version: Version) -> dict[str, Any]:
    """What there is to say of one side."""
    return {
        "name": version.name,
        "manifest_id": version.manifest_id,
        "stamped": version.stamped,
        "version": version.release,
        "records": len(version.rows),
        "rejected": None if version.rejected is None else len(version.rejected),
        "missing_columns": list(version.missing),
        "unknown_columns": list(version.unknown),
    }


def by_source(change: Diff) -> dict[str, dict[str, int]]:
    """Source -> how many of its films were added, removed, and changed in each way."""
    made: dict[str, dict[str, int]] = {}
    named = [("added", str(row["record_id"])) for row in change.added]
    named += [("removed", gone.record_id) for gone in change.removed]
    named += [(kind, edit.record_id) for edit in change.changed for kind in edit.kinds]
    for kind, record_id in named:
        empty = dict.fromkeys(("added", "removed", *KINDS, OTHER), 0)
        made.setdefault(source_of(record_id), empty)[kind] += 1
    return dict(sorted(made.items()))


def _counted(films: Mapping[tuple[str, str, str], int]) -> list[dict[str, Any]]:
    return [
        {"source": source, "stage": stage, "reason": reason, "records": number}
        for (source, stage, reason), number in sorted(films.items())
    ]


def _uncounted(lines: list[dict[str, Any]]) -> dict[tuple[str, str, str], int]:
    return {(line["source"], line["stage"], line["reason"]): int(line["records"]) for line in lines}
