"""A withdrawal in words, and as one JSON object: who leaves, where they were, what is removed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curation.versions.seen import to_json as seen_as_json
from curation.versions.seen import told as seen_told
from curation.versions.whereabouts import Whereabouts
from curation.withdrawal.planning import Plan, Request
from curation.withdrawal.purging import Doomed


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """All that is known before anything is written."""

    request: Request
    plan: Plan
    found: Whereabouts
    doomed: Doomed
    stays: Sequence[str]
    """Places that no purge reaches, a sentence each."""


def told(asked: Withdrawal, *, is_done: bool) -> Iterator[str]:
    """One line after another."""
    plan, verb = asked.plan, "leave" if is_done else "would leave"
    yield f"{len(plan.films)} films {verb}, by {asked.request.kind} {asked.request.value}:"
    for key, number in plan.films["source"].value_counts().sort_index().items():
        named = plan.films[plan.films["source"] == key]["record_id"].tolist()
        yield f"  {key}: {number}: {', '.join(named)}"
    for line in plan.frozen:
        yield f"frozen: {line}: take the line out and say so in CHANGELOG, or `split` stops"
    yield from seen_told(asked.found)
    yield f"{'purged' if is_done else 'would be purged'}: {asked.doomed}"
    yield from (f"  {place}" for place in (*asked.doomed.films, *asked.doomed.results))
    if asked.doomed.films:
        yield (
            "  a later `cxr fetch` may bring such a file again: its film is refused then, and the "
            "same command removes it again"
        )
    for sentence in (*asked.doomed.left, *asked.stays):
        yield f"pixels stay in {sentence}"


def to_json(asked: Withdrawal, place: Path, written: int | None) -> dict[str, Any]:
    """The same for a program; `written` is the number of new lines in `place`, None if dry."""
    return {
        "kind": asked.request.kind, "value": asked.request.value,
        "films": asked.plan.films["record_id"].tolist(),
        "frozen": list(asked.plan.frozen),
        **seen_as_json(asked.found),
        "purge": {
            "films": [str(one) for one in asked.doomed.films],
            "results": [str(one) for one in asked.doomed.results],
            "bytes": asked.doomed.bytes,
        },
        "pixels_stay": [*asked.doomed.left, *asked.stays],
        "is_done": written is not None, "lines": len(asked.plan.lines), "written": written or 0,
        "file": str(place),
    }  # fmt: skip
