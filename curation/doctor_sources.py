"""Whether each source can be read, and what it needs if not: one of four words for each.

Ready is what gave a film when it was asked for one; beside the four stand a slip in params.yaml and
a source that it leaves out.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from curation.network.errors import NotPermitted
from curation.network.permission import checked
from curation.network.recorded import admitted
from curation.network.store import BrokenStore, Store
from curation.sources.base import Draft, Importer, Scraper, Source
from curation.sources.base_github import TREE
from curation.sources.loading import keys, load, source_class
from manifests.contract.folder import PART
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

DRAWN = Path("data/phantom")


class State(StrEnum):
    """What `cxr doctor` says of a source."""

    READY = "ready"
    NEEDS_PERMISSION = "needs a permission record"
    NEEDS_FILES = "needs files"
    BLOCKED = "blocked"
    MISSPELT = "not understood"
    UNUSED = "not in params.yaml"


class Standing(NamedTuple):
    """The state of one source, what was found, and what to do about it."""

    key: str
    state: State
    found: str
    cure: str = ""

    @property
    def is_well(self) -> bool:
        return self.state in {State.READY, State.UNUSED}


def standings(entries: Mapping[str, Mapping[str, Any]]) -> list[Standing]:
    """Every source of the project, those of `entries` (the section `sources`) first."""
    others = [key for key in keys() if key not in entries]
    return [*(_standing(key, entries) for key in entries), *map(_unused, others)]


def _unused(key: str) -> Standing:
    about = source_class(key).about
    found = f"{about.title}; {about.license}; give it an entry to use it"
    return Standing(key, State.UNUSED, found)


def _standing(key: str, entries: Mapping[str, Any]) -> Standing:
    try:
        source = load(key, entries)
    except Misspelt as fault:
        return Standing(key, State.MISSPELT, str(fault), "mend its entry in params.yaml")
    if source.files == DRAWN / key:
        return Standing(key, State.READY, f"{source.files}, drawn by `dvc repro` when needed")
    if source.files.is_dir() and any(source.files.iterdir()):
        return _filled(key, source)
    return _wanting(key, source, f"{source.files}, empty or absent")


def _filled(key: str, source: Source) -> Standing:
    if isinstance(source, Scraper):
        return _site(key, source)
    if isinstance(source, Importer):
        return _folder(key, source)
    raise TypeError(f"{key}: a source is a Scraper or an Importer")


def _site(key: str, source: Scraper) -> Standing:
    try:
        read, closed = _pages(Store(source.files))
    except (BrokenStore, Rejected) as fault:
        return Standing(key, State.NEEDS_FILES, str(fault), f"`cxr fetch {key}` asks for it again")
    if read:
        return Standing(key, State.READY, f"{source.files}, {read} pages recorded")
    if closed:
        return Standing(
            key, State.BLOCKED, f"{source.files}: every page that came is a gate or reserved",
            f"ask the keepers of {source.about.homepage}, then `cxr fetch {key}`",
        )  # fmt: skip
    return _wanting(key, source, f"{source.files}: holds no page that can be read")


def _pages(store: Store) -> tuple[int, int]:
    """How many pages can be read, and how many the site keeps; those that are gone are neither.

    Raises `Rejected` for a page whose body is damaged.
    """
    read = closed = 0
    for entry in store:
        if "html" not in entry.content_type or urlsplit(entry.url).path == "/robots.txt":
            continue
        try:
            admitted(store.page(entry.url))
        except Rejected as verdict:
            if verdict.reason == Reason.UNREADABLE_IMAGE:
                raise
            closed += verdict.reason == Reason.BLOCKED
        else:
            read += 1
    return read, closed


def _folder(key: str, source: Importer) -> Standing:
    """An importer's folder; what a kill left of a file, or a list of files, is no file yet."""
    files = [place for place in source.files.rglob("*") if place.is_file()]
    parts = [place for place in files if place.suffix == PART]
    if parts:
        return _wanting(key, source, f"{min(parts)}, which came in part only")
    if all(place.name == TREE or place.name.startswith(".") for place in files):
        return _wanting(key, source, f"{source.files}, without a file of the source")
    try:
        films = (one for one in source.read(source.files) if isinstance(one, Draft))
        is_read = next(films, None) is not None
    except Rejected as verdict:
        return _wanting(key, source, verdict.detail)
    if not is_read:
        return _wanting(key, source, f"{source.files}, of which no film can be read")
    return Standing(key, State.READY, str(source.files))


def _wanting(key: str, source: Source, found: str) -> Standing:
    own = f"or name your own folder in params.yaml, sources.{key}.files"
    try:
        checked(key, source.about, getattr(source, "permission", None))
    except NotPermitted as refusal:
        return Standing(key, State.NEEDS_PERMISSION, found, f"{refusal}; {own}")
    cure = f"`cxr fetch {key}` fills data/raw/{key}"
    if isinstance(source, Importer):
        try:
            next(iter(source.remotes(source.files)), None)
        except (Misspelt, Rejected) as wanting:
            cure = f"`cxr fetch {key}` would say: {wanting}"
    return Standing(key, State.NEEDS_FILES, found, f"{cure}; {own}")
