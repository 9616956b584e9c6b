"""Every film of a release that its user may have, from folders or sites; the rest is named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from curation.network import fetch as room
from curation.network.errors import NoContact, Stopped
from curation.rebuilding.matching import Search
from curation.rebuilding.published import Note, Published
from curation.rebuilding.reasons import Missing, Why, of_fault
from curation.rebuilding.shelf import Shelf
from curation.sources.base import Source
from curation.sources.loading import load, source_class
from curation.stages.ingest import drafts_of
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.table import check_counts

RAW, LOCK = "raw", "sources.lock"
ABSENT = "no film of that name, and none with its bytes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user has, and may have."""

    out: Path
    folders: Mapping[str, Path] = field(default_factory=dict)
    """Key -> a folder laid out as that source lays it out."""
    permissions: Mapping[str, Path] = field(default_factory=dict)
    """Key -> the permission record."""
    mirrors: Mapping[str, str] = field(default_factory=dict)
    params: room.Params | None = None
    """How to fetch; None where nothing may go online."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What came of it."""

    searches: list[Search]
    missing: list[Missing]
    faults: list[Exception]
    """What ended a fetch before its time."""


class Absence(Exception):  # noqa: N818 - what it means that a film of this source is not there
    """Why films of a source are missing where nothing else is known of them."""

    def __init__(self, why: Why, detail: str) -> None:
        super().__init__(detail)
        self.why, self.detail = why, detail


def rebuild(published: Published, asked: Asked, withdrawn: Mapping[str, str]) -> Rebuilt:
    """Look for the films of every source in turn. Raises `Misspelt` for a key that has no film.

    `withdrawn`, record id -> sentence, are neither looked for nor fetched.
    """
    keys = sorted(set(published.rows["source"].astype(str)))
    _check(keys, asked)
    made = Rebuilt(searches=[], missing=[], faults=[])
    is_out = published.rows["record_id"].isin(list(withdrawn))
    made.missing.extend(Missing(name, Why.WITHDRAWN, withdrawn[name])
                        for name in published.rows["record_id"][is_out])  # fmt: skip
    for key in keys:
        own = published.rows[(published.rows["source"] == key) & ~is_out]
        search = Search(key=key, rows=own, shelf=Shelf(asked.out, key))
        absence = _search(search, published.notes.get(key), asked, made.faults)
        made.missing.extend(search.missing(absence.why, absence.detail))
        made.searches.append(search)
    got = sum(len(search.got) for search in made.searches)
    check_counts("rebuild", len(published.rows), got, len(made.missing))
    return made


def _check(keys: list[str], asked: Asked) -> None:
    for key in (*asked.folders, *asked.permissions):
        if key not in keys:
            raise Misspelt(f"{key}: no film of that source here; there are: {', '.join(keys)}")
    for key, folder in asked.folders.items():
        if not folder.is_dir():
            raise Misspelt(f"--from {key}={folder}: is no folder")
    for key in asked.permissions:
        if "permission" not in source_class(key).model_fields:
            raise Misspelt(f"--permission {key}: that source needs none; leave it out")


def _search(search: Search, note: Note | None, asked: Asked, faults: list[Exception]) -> Absence:
    """Find what can be found, and say what it means that the rest is absent."""
    key = search.key
    if search.is_over:
        return Absence(Why.GONE, "")
    if note is None:
        return Absence(Why.UNKNOWN, "sources.json does not tell of it")
    folder = asked.folders.get(key, asked.out / RAW / key)
    try:
        source = _source(key, note, folder, asked)
    except Misspelt as fault:
        return Absence(Why.UNKNOWN, str(fault))
    absence = _brought(key, source, note, asked, faults)
    if not folder.is_dir():
        return absence
    try:
        search.through(lambda: drafts_of(key, source))
    except Rejected as verdict:
        is_whole = absence.why in {Why.GONE, Why.NOT_IN_FOLDER}
        return Absence(Why.UNREADABLE, verdict.detail) if is_whole else absence
    return absence


def _source(key: str, note: Note, folder: Path, asked: Asked) -> Source:
    """The source as it was when the release was made, over the user's own folder."""
    own: dict[str, object] = {"files": folder, "mirrors": dict(asked.mirrors)}
    if key in asked.permissions:
        own["permission"] = asked.permissions[key]
    return load(key, {key: {**note.entry, **own}})


def _brought(
    key: str, source: Source, note: Note, asked: Asked, faults: list[Exception]
) -> Absence:
    """Fetch where that is asked for; what it means now that a film is absent."""
    if key in asked.folders:
        return Absence(Why.NOT_IN_FOLDER, f"{asked.folders[key]}: {ABSENT}")
    if asked.params is None:
        is_closed = note.needs_permission and key not in asked.permissions
        why = Why.PERMISSION if is_closed else Why.NOT_FETCHED
        return Absence(why, f"{note.title}: neither --from nor --fetch brought it")
    try:
        room.fetch(key, source, asked.params, source.files, asked.out / RAW / LOCK)
    except NoContact:
        raise
    except (Stopped, Misspelt) as fault:
        faults.append(fault)
        return Absence(of_fault(fault), str(fault))
    except Rejected as verdict:
        faults.append(verdict)
        return Absence(Why.STOPPED, verdict.detail)
    return Absence(Why.GONE, f"{note.homepage}: {ABSENT}")
