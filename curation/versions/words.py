"""A difference in Markdown, for a person to read or to put into a review."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from curation.publish.words import markdown
from curation.versions.diff import KINDS, OTHER, Changed, Diff, Removed
from curation.versions.groups import Merged
from curation.versions.told import by_source
from curation.versions.version import Value, Version

TITLES = {
    "replaced": "Another picture under the same id",
    "relabelled": "Relabelled",
    "resplit": "On another side of the split",
    "relicensed": "Under another licence or credit",
    "regrouped": "In another group",
    OTHER: "Other decisions",
}


def told(a: Version, b: Version, change: Diff, most: int) -> str:
    """The difference with at most `most` films under each title; 0 for all of them."""
    lines = [
        "# What changed in the manifest",
        "",
        *_table(["", "name", "version", "manifest_id", "records", "rejected"],
                [_side("A", a), _side("B", b)]),
        *_remarks(a, b),
    ]  # fmt: skip
    if change.is_empty:
        return "\n".join([*lines, "", "No difference.", ""])
    kinds = ("added", "removed", *KINDS, OTHER)
    counts = [[source, *of.values()] for source, of in by_source(change).items()]
    lines += ["", *_table(["source", *kinds], counts)] if counts else []
    for title, films in _sections(change):
        lines += _section(title, films, most)
    lines += _rejections("Rejections that came", change.came)
    lines += _rejections("Rejections that went", change.went)
    return "\n".join([*lines, ""])


def _side(letter: str, version: Version) -> list[object]:
    rejected = "unknown" if version.rejected is None else len(version.rejected)
    name = version.name
    return [letter, name, version.release, version.manifest_id, len(version.rows), rejected]


def _remarks(a: Version, b: Version) -> Iterator[str]:
    for letter, version in (("A", a), ("B", b)):
        if version.missing:
            named = ", ".join(version.missing)
            yield f"\n{letter} is of an older declaration; these columns count as empty: {named}."
        if version.unknown:
            named = ", ".join(version.unknown)
            yield f"\n{letter} has columns unknown here, not compared: {named}."
        if version.stamped and version.stamped != version.manifest_id:
            why = "its columns are others" if version.missing else "it was changed afterwards"
            yield f"\n{letter} was stamped `{version.stamped}` when it was made; {why}."
        if version.rejected is None:
            yield f"\nNo rejected.parquet lies beside {letter}: no reasons are known there."


def _sections(change: Diff) -> Iterator[tuple[str, list[str]]]:
    yield "Added", [markdown(row["record_id"]) for row in change.added]
    yield "Removed", [_gone(gone) for gone in change.removed]
    for kind, title in TITLES.items():
        yield title, [_edit(edit, kind) for edit in change.of_kind(kind)]
    yield "Groups that became one", [_merged(one) for one in change.merged]
    yield (
        "Groups that fell apart",
        [
            f"{markdown(group)} into {', '.join(map(markdown, into))}"
            for group, into in change.parted.items()
        ],
    )


def _section(title: str, films: Sequence[str], most: int) -> list[str]:
    if not films:
        return []
    shown = films[:most] if most else films
    rest = len(films) - len(shown)
    more = [f"- and {rest} more: `--most 0` or `--json` tells all"] if rest else []
    return ["", f"## {title}: {len(films)}", "", *(f"- {film}" for film in shown), *more]


def _gone(gone: Removed) -> str:
    why = gone.reason.replace("_", " ")
    where = f", at {gone.stage}" if gone.stage else ""
    kept = f"; {markdown(gone.kept_id)} stays" if gone.kept_id else ""
    detail = f": {markdown(gone.detail)}" if gone.detail else ""
    return f"{markdown(gone.record_id)} ({why}{where}{kept}){detail}"


def _edit(edit: Changed, kind: str) -> str:
    known = {column for of in KINDS.values() for column in of}
    columns = KINDS.get(kind) or [name for name in edit.columns if name not in known]
    moves = [
        f"{name} {_value(edit.columns[name][0])} → {_value(edit.columns[name][1])}"
        for name in columns
        if name in edit.columns
    ]
    return f"{markdown(edit.record_id)}: {'; '.join(moves)}"


def _merged(one: Merged) -> str:
    moved = f"; changed sides: {', '.join(map(markdown, one.moved))}" if one.moved else ""
    new = f"; new films in it: {', '.join(map(markdown, one.joined_by))}" if one.joined_by else ""
    return f"{' + '.join(map(markdown, one.groups))} are now {markdown(one.into)}{moved}{new}"


def _rejections(title: str, films: Mapping[tuple[str, str, str], int]) -> list[str]:
    if not films:
        return []
    rows = [[*key, number] for key, number in films.items()]
    total = sum(films.values())
    return ["", f"## {title}: {total}", "", *_table(["source", "stage", "reason", "rows"], rows)]


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    line = "|" + "---|" * len(head)
    body = ["| " + " | ".join(map(markdown, row)) + " |" for row in rows]
    return ["| " + " | ".join(head) + " |", line, *body]


def _value(value: Value) -> str:
    if value is None:
        return "(empty)"
    return markdown("|".join(value) if isinstance(value, list) else value) or "(empty)"
