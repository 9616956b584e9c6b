"""The entry for `manifests/CHANGELOG.md`, drafted from a difference for a person to edit."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from curation.publish.words import markdown
from curation.versions.diff import KINDS, OTHER, Changed, Diff, Removed, source_of
from curation.versions.version import Row, Version

CORRECTED = {"relabelled": "a finding", OTHER: "what is known of patient or film"}
CHANGED = {
    "replaced": "another picture under the same id", "relicensed": "another licence or credit",
    "regrouped": "another group", "resplit": "another side of the split",
}  # fmt: skip
WITHDRAWN = "withdrawn"


def draft(a: Version, b: Version, change: Diff, profile: str) -> str:
    """The entry in the style of the file. `profile` is empty where it is not known."""
    lines = [
        *(f"- Added {line}" for line in _added(a, b, change)),
        *(f"- Changed: {line}" for line in _changed(change)),
        *(f"- Corrected: {line}" for line in _corrected(change)),
        *(f"- Withdrawn: {line}" for line in _withdrawn(change.removed)),
        *(f"- Removed: {line}" for line in _removed(change.removed)),
        *(f"- {line}" for line in _tests(a, b)),
        f"- {_counts(a, b, profile)}",
    ]
    return f"## {b.release or 'NEXT'}\n\n" + "\n".join(lines) + "\n"


def _added(a: Version, b: Version, change: Diff) -> Iterator[str]:
    before = {source_of(record_id) for record_id in a.rows}
    for source, rows in _by_source(change.added).items():
        patients = len({row["patient_id"] for row in rows})
        licenses = ", ".join(sorted({markdown(row["license"]) for row in rows}))
        to = "" if source not in before else "to "
        yield f"{to}`{source}`: {_films(len(rows))}, {_patients(patients)}, {licenses}."
    fresh = [name for name in a.missing if name not in b.missing]
    if fresh:
        yield f"columns: {', '.join(f'`{name}`' for name in fresh)}."


def _by_source(rows: Iterable[Row]) -> Mapping[str, list[Row]]:
    made: dict[str, list[Row]] = {}
    for row in rows:
        made.setdefault(source_of(str(row["record_id"])), []).append(row)
    return dict(sorted(made.items()))


def _changed(change: Diff) -> Iterator[str]:
    for kind, words in CHANGED.items():
        if edits := change.of_kind(kind):
            yield f"{words} for {_films(len(edits))} ({_sources(edits)})."
    for one in change.merged:
        moved = f"; {_films(len(one.moved))} changed sides with that" if one.moved else ""
        yield f"the groups {' and '.join(map(markdown, one.groups))} are one{moved}."


def _corrected(change: Diff) -> Iterator[str]:
    for kind, words in CORRECTED.items():
        if edits := change.of_kind(kind):
            columns = sorted({
                name for edit in edits for name in edit.columns
                if (name in KINDS[kind] if kind in KINDS else _is_other(name))
            })  # fmt: skip
            named = ", ".join(f"`{name}`" for name in columns)
            yield f"{words} of {_films(len(edits))} ({_sources(edits)}): {named}."


def _is_other(column: str) -> bool:
    return not any(column in of for of in KINDS.values())


def _withdrawn(removed: Iterable[Removed]) -> Iterator[str]:
    gone = [film for film in removed if film.reason == WITHDRAWN]
    for source, number in sorted(Counter(source_of(film.record_id) for film in gone).items()):
        yield f"{_films(number)} of `{source}`."


def _removed(removed: Iterable[Removed]) -> Iterator[str]:
    gone = [film for film in removed if film.reason != WITHDRAWN]
    by_reason = Counter((source_of(film.record_id), film.reason) for film in gone)
    for (source, reason), number in sorted(by_reason.items()):
        yield f"{_films(number)} of `{source}` ({reason.replace('_', ' ')})."


def _tests(a: Version, b: Version) -> Iterator[str]:
    """What happened to every side that is not for training."""
    for side in sorted({str(row["split"]) for row in (*a.rows.values(), *b.rows.values())}):
        before, after = (_side(version, side) for version in (a, b))
        if side in {"train", "None"}:
            continue
        if before == after:
            yield f"`{side}` unchanged: {_films(len(after))}."
        else:
            yield f"`{side}`: {len(after - before)} films came, {len(before - after)} left."


def _side(version: Version, side: str) -> set[str]:
    return {record_id for record_id, row in version.rows.items() if row["split"] == side}


def _counts(a: Version, b: Version, profile: str) -> str:
    named = f"Profile `{profile}`: " if profile else ""
    return (
        f"{named}{_account(b)}; `manifest_id` {b.stamped or b.manifest_id} "
        f"(before: {_account(a)}; {a.stamped or a.manifest_id})."
    )


def _account(version: Version) -> str:
    if version.came_in is None:
        return f"{len(version.rows)} kept"
    rejected = version.came_in - len(version.rows)
    return f"{version.came_in} came in, {len(version.rows)} kept, {rejected} rejected"


def _sources(edits: Iterable[Changed]) -> str:
    number = Counter(source_of(edit.record_id) for edit in edits)
    return ", ".join(f"`{source}` {n}" for source, n in sorted(number.items()))


def _films(number: int) -> str:
    return f"{number} film" if number == 1 else f"{number} films"


def _patients(number: int) -> str:
    return f"{number} patient" if number == 1 else f"{number} patients"
