"""What a withdrawal would take out, and the lines that it puts into `manifests/withdrawals.csv`."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from curation.duplicates.groups import components
from curation.duplicates.pair import COPIES
from curation.reviewed_csv import lines, text
from curation.sources.base_doi import doi_of
from curation.withdrawal.notices import ARTICLE, HASHES, HEADER, KINDS, TOMBSTONE, named
from curation.withdrawal.tombstones import WIDTH, Tombstone, tombstone
from manifests.contract.folder import whole_file
from manifests.contract.params import Misspelt
from manifests.contract.table import BrokenTable, read_arrow, to_pandas

FULL = (*HEADER, *TOMBSTONE)
NAMING = ("kind", "value", *TOMBSTONE[1:])
"""The columns that name what leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asked for."""

    value: str
    kind: str
    reason: str
    who: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would happen."""

    lines: Sequence[Sequence[str]]
    """New lines of the file, columns `FULL`."""
    films: pd.DataFrame
    """The records that would leave, the copies that the last `dedup` verified among them."""
    frozen: Sequence[str]
    """`file:line record` of every frozen list that names one of them."""


def kind_of(value: str, records: pd.DataFrame) -> str:
    """What `value` is, by the films that have it. Raises `Misspelt` unless it is one thing."""
    kinds = [kind for kind in KINDS if named(records, kind, value).any()]
    if ARTICLE in kinds:
        # An address of doi.org is the article: its films are among those that name it.
        kinds = [kind for kind in kinds if kind != "source_url"]
    if not kinds:
        raise Misspelt(
            f"{value}: no film here has this record id, hash, patient id, address or DOI; "
            "look it up in the manifest, or say what it is with --kind if its film is not here"
        )
    if len(kinds) > 1 and set(kinds) != set(HASHES):
        raise Misspelt(f"{value}: is a {' and a '.join(kinds)}; say which with --kind")
    return kinds[0]


def planned(request: Request, records: pd.DataFrame, pairs: Path, frozen: Path) -> Plan:
    """What the request would do to `records`, all that came in; `pairs` are those of `dedup`."""
    _check(request)
    if request.kind == ARTICLE:
        request = replace(request, value=doi_of(request.value))
    hit = named(records, request.kind, request.value)
    films = _with_copies(records, records[hit], pairs)
    told = [request.kind, request.value, request.reason, request.when, request.who]
    new = [
        ["record_id", film["record_id"], _why(request, film["record_id"], records[hit]),
         request.when, request.who, film["sha256"], film["pixel_sha256"], film["phash"]]
        for film in films[["record_id", *TOMBSTONE[1:]]].astype(str).to_dict("records")
    ]  # fmt: skip
    if request.kind != "record_id" or not len(films):
        new.insert(0, [*told, "", "", ""])
    return Plan(lines=new, films=films, frozen=_frozen(frozen, set(films["record_id"])))


def _check(request: Request) -> None:
    """Raise `Misspelt` for what would stand in the file and withdraw nothing."""
    if request.kind not in KINDS:
        raise Misspelt(f"--kind: '{request.kind}' is none of {', '.join(KINDS)}")
    empty = [name for name in ("value", "reason", "who") if not getattr(request, name)]
    if empty:
        raise Misspelt(f"the {empty[0]} of a withdrawal is empty; say it")
    if request.kind in HASHES and not re.fullmatch(rf"[0-9a-fA-F]{{{WIDTH}}}", request.value):
        raise Misspelt(f"{request.value}: is no {request.kind}, {WIDTH} hexadecimal digits")
    if request.kind == ARTICLE and not doi_of(request.value):
        raise Misspelt(f"{request.value}: is no DOI, such as 10.1000/x")
    try:
        date.fromisoformat(request.when)
    except ValueError:
        raise Misspelt(f"--when: '{request.when}' is no day such as 2026-05-01") from None


def write(place: Path, asked: Sequence[Sequence[str]]) -> int:
    """Put the lines that are new under the old ones, which stay as they are; give their number.

    A line is not new where the same value with the same hashes stands there, whoever asked.
    """
    known = {tuple(line.cells[name] for name in NAMING) for line in lines(place, HEADER, TOMBSTONE)}
    at = [FULL.index(name) for name in NAMING]
    new = [line for line in asked if tuple(line[n] for n in at) not in known]
    old = text(place).split("\n", 1)[1] if "\n" in text(place) else ""
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(FULL)
    made.write(old if old.endswith("\n") or not old else f"{old}\n")
    writer.writerows(new)
    with whole_file(place) as part:
        part.write_text(made.getvalue(), encoding="utf-8", newline="")
    return len(new)


def stones(place: Path, value: str) -> list[Tombstone]:
    """What is kept already of the film `value`, which may have left long ago."""
    found = [tombstone(line) for line in lines(place, HEADER, TOMBSTONE)]
    return [stone for stone in found if stone and stone.film == value]


def _why(request: Request, film: str, asked: pd.DataFrame) -> str:
    is_asked = (asked["record_id"] == film).any()
    return request.reason if is_asked else f"{request.reason} (a copy of {request.value})"


def _with_copies(records: pd.DataFrame, asked: pd.DataFrame, pairs: Path) -> pd.DataFrame:
    """The films asked for, those of their pixels, and the copies that the last `dedup` verified."""
    films = set(records[records["pixel_sha256"].isin(asked["pixel_sha256"])]["record_id"])
    if pairs.is_file():
        known = to_pandas(read_arrow(pairs))
        copies = known[known["relation"].isin(COPIES)]
        edges = list(zip(copies["a"], copies["b"], strict=True))
        members = sorted({*films, *copies["a"], *copies["b"]})
        films = {one for part in components(members, edges) if films & {*part} for one in part}
    return records[records["record_id"].isin(films)].sort_values("record_id")


def _frozen(folder: Path, films: set[str]) -> list[str]:
    return [
        f"{place}:{number} {line.split('#')[0].strip()}"
        for place in sorted(folder.glob("*.txt"))
        for number, line in enumerate(text(place).splitlines(), start=1)
        if line.split("#")[0].strip() in films
    ]


def where_pixels_stay(root: Path, sources: Sequence[tuple[str, Path]]) -> list[str]:
    """A sentence for every place under `root` that no purge reaches and that may hold pixels."""
    raw = (root / "data/raw").resolve()
    found = [
        f"{files}: your files of {key}; take the film out of them by hand"
        for key, files in sources
        if files.exists() and raw not in files.resolve().parents
    ]
    made = [root / "data" / name for name in ("ingest", "prepare", "explain", "release", "report")]
    found += [f"{place}: until the next `dvc repro`" for place in made if place.exists()]
    staged = root / "releases"
    if staged.exists():
        found.append(f"{staged}: until you remove the versions named above")
    cache = root / ".dvc/cache"
    if cache.exists():
        found.append(f"{cache}: until `dvc gc --workspace`, after the next `dvc repro`")
    return found


def all_records(ingested: Path, keys: Sequence[str]) -> pd.DataFrame:
    """Every film that came in. Raises `BrokenTable` where `ingest` has not run."""
    tables = []
    for key in keys:
        place = ingested / key / "records.parquet"
        if not place.is_file():
            raise BrokenTable(f"{place}: not there; run `dvc repro ingest` first")
        tables.append(to_pandas(read_arrow(place)))
    return pd.concat(tables, ignore_index=True)
