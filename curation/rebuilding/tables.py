"""`films.csv` and `gap.csv`, and the same in a few lines for the person who waits."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from curation.rebuilding.published import Published
from curation.rebuilding.reasons import CURES, Missing
from curation.rebuilding.rebuild import Rebuilt
from manifests.contract.cells import cell
from manifests.contract.folder import whole_file

FILMS, GAP = "films.csv", "gap.csv"
FOUND = ("path", "came", "file_sha256")
LOST = ("record_id", "source", "source_ref", "source_url", "license", "sha256")


def write(out: Path, published: Published, made: Rebuilt) -> None:
    """Both tables, each film in one of them."""
    rows = published.rows.set_index("record_id", drop=False).sort_index()
    got = {name: found for search in made.searches for name, found in search.got.items()}
    names = ["record_id", *FOUND, *(name for name in rows.columns if name != "record_id")]
    _write(out / FILMS, names, (
        {**row, "came": got[name][0], "path": got[name][1], "file_sha256": got[name][2]}
        for name, row in _dicts(rows) if name in got
    ))  # fmt: skip
    missing = {one.record_id: one for one in made.missing}
    _write(out / GAP, [*LOST, "why", "detail", "what_to_do"], (
        {**row, "why": missing[name].why, "detail": missing[name].detail,
         "what_to_do": cure(missing[name], published)}
        for name, row in _dicts(rows) if name in missing
    ))  # fmt: skip


def cure(one: Missing, published: Published) -> str:
    """What the user can do about it."""
    key = one.record_id.partition("/")[0]
    note = published.notes.get(key)
    return CURES[one.why].format(key=key, homepage=note.homepage if note else "its keepers")


def told(published: Published, made: Rebuilt) -> Iterator[str]:
    """A small table by source, then each reason once with what to do."""
    yield _line("source", ["films", "same bytes", "same pixels", "missing"])
    gaps = Counter(one.record_id.partition("/")[0] for one in made.missing)
    sums = [0, 0, 0, 0]
    for search in made.searches:
        ways = Counter(str(way) for way, _, _ in search.got.values())
        counts = [len(search.got) + gaps[search.key], *ways_of(ways), gaps[search.key]]
        sums = [a + b for a, b in zip(sums, counts, strict=True)]
        yield _line(search.key, counts)
    yield _line("all", sums)
    seen: dict[tuple[str, str], list[Missing]] = {}
    for one in made.missing:
        seen.setdefault((one.record_id.partition("/")[0], one.why), []).append(one)
    for (key, why), those in sorted(seen.items()):
        yield f"{key}: {len(those)} {why} ({those[0].detail}): {cure(those[0], published)}"


def ways_of(ways: Mapping[str, int]) -> list[int]:
    """Films by their bytes, and films by their pixels alone."""
    total = sum(ways.values())
    same = ways.get("same bytes", 0)
    return [same, total - same]


def _line(name: str, cells: Sequence[object]) -> str:
    return f"{name:<14}" + "".join(f"{said!s:>13}" for said in cells)


def _dicts(rows: pd.DataFrame) -> Iterator[tuple[str, dict[str, object]]]:
    for name, row in zip(rows.index, rows.astype(object).to_dict("records"), strict=True):
        yield str(name), {str(column): said for column, said in row.items()}


def _write(place: Path, names: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    with whole_file(place) as part:
        part.write_text(made.getvalue(), encoding="utf-8", newline="")


def _cell(said: object) -> str:
    """A list with `|` between, as in manifests/corrections.csv; nothing for what is not known."""
    if isinstance(said, str):
        return cell(said)
    if isinstance(said, Iterable):
        return "|".join(map(cell, said))
    return "" if said is None or pd.isna(said) else cell(said)  # type: ignore[call-overload]
