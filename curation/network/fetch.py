"""`cxr fetch KEY`: fill a source's folder from the real site, a human act, resumable."""

import contextlib
import datetime as dt
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from curation.network import lock as locks
from curation.network.errands import Errand
from curation.network.errors import NoContact
from curation.network.journal import robots_of
from curation.network.manners import Params
from curation.network.permission import checked
from curation.network.report import FetchReport
from curation.network.store import Store
from curation.network.web import PoliteWeb
from curation.sources.base import Importer, Scraper, Source
from manifests.contract.folder import PART, Busy, whole_file

__all__ = ["FetchReport", "Params", "fetch"]


def fetch(key: str, source: Source, params: Params, folder: Path, lock: Path) -> FetchReport:
    """Bring what `folder` lacks of `source`, and write what came into `lock`.

    Raises `Stopped` with an exit code when it cannot be brought to its end; what came is kept
    and the next fetch asks for the rest only. Raises `Busy` when another fetch fills the folder.
    """
    # First what only the site can give; a contact is named in a minute.
    permission = checked(key, source.about, getattr(source, "permission", None))
    if params.contact is None:
        if isinstance(source, Importer):
            # What cannot be fetched at all says so itself.
            next(iter(source.remotes(folder)), None)
        raise NoContact(
            "params.yaml: fetch.contact is empty; name an e-mail address or a page, so that the "
            f"keepers of {source.about.homepage} can write to you"
        )
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        today = dt.datetime.now(dt.UTC).date().isoformat()
        store = Store(folder if isinstance(source, Scraper) else robots_of(folder))
        errand = Errand(
            key=key, folder=folder, web=PoliteWeb(source, params, store, today, _now), lock=lock,
            terms=locks.terms(source.about, permission), today=today,
        )  # fmt: skip
        if isinstance(source, Importer):
            return errand.bring(source, int(params.max_file_gb * 1e9))
        if isinstance(source, Scraper):
            return errand.walk(source, store)
    raise TypeError(f"{key}: a source is a Scraper or an Importer")


def _now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let no other fetch fill `folder` meanwhile; the lock of a killed one is free by itself."""
    guard = FileLock(folder.with_name(folder.name + ".lock" + PART))
    holder = folder.with_name(folder.name + ".holder" + PART)
    try:
        guard.acquire(timeout=0)
    except Timeout:
        raise Busy(
            f"{folder}: another fetch is filling it ({_told_by(holder)}); wait for it or end it"
        ) from None
    try:
        with whole_file(holder) as part:
            part.write_text(f"process {os.getpid()} on {socket.gethostname()}, since {_now()}")
        yield
    finally:
        holder.unlink(missing_ok=True)
        guard.release()


def _told_by(holder: Path) -> str:
    """Who fills the folder; one that has only just begun may need a moment to say so."""
    for _ in range(20):
        if holder.exists():
            return holder.read_text()
        time.sleep(0.05)
    return "it does not say which"
