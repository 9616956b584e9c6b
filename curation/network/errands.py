"""The two ways to fill a folder: walk a site as `ingest` will, or bring the named files."""

from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from curation.network import lock as locks
from curation.network.archive import Download, sha256_of
from curation.network.errors import LayoutDrift, NotPermitted, Unavailable
from curation.network.journal import Journal
from curation.network.report import FetchReport
from curation.network.store import Store
from curation.network.web import PoliteWeb
from curation.sources.base import Draft, Importer, Lost, Remote, Scraper
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

MAX_DRIFT = 0.2
"""Share of rows lost to a changed layout from which the scraper itself is to blame."""
TEXTS = ("text/html", "application/json", "text/plain")


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One source, the folder it goes to, and the lock that tells what came."""

    key: str
    folder: Path
    web: PoliteWeb
    lock: Path
    terms: locks.Line
    today: str

    def known(self) -> dict[str, locks.Line]:
        """Address -> line of the lock, as it stands before this fetch."""
        return {line["url"]: line for line in locks.read(self.lock) if line["source"] == self.key}

    def walk(self, source: Scraper, store: Store) -> FetchReport:
        """Read the whole site through the store, and look at every picture.

        Raises `LayoutDrift` when the scraper no longer understands it, `Unavailable` when answers
        were not whole. The lock is written in any case.
        """
        report, known = FetchReport(key=self.key), self.known()
        try:
            for item in tqdm(source.read(self.web), desc=self.key, unit=" films", disable=None):
                _look(item, report)
        finally:
            report.requests, report.turned_away = self.web.asker.requests, self.web.turned_away
            self._write(list(locks.responses(store)))
        report.changed = sorted(
            entry.url for entry in store
            if not entry.content_type.startswith(TEXTS)
            and known.get(entry.url, {}).get("sha256", entry.sha256) != entry.sha256
        )  # fmt: skip
        _check_layout(report, source)
        if self.web.failed:
            raise Unavailable(
                f"{self.key}: {len(self.web.failed)} answers were not whole, first "
                f"{self.web.failed[0]}; what came is kept, try again later"
            )
        return report

    def bring(self, source: Importer, max_bytes: int) -> FetchReport:
        """Download the source's files that are not there yet, one after another."""
        report = FetchReport(key=self.key)
        lines = {line.get("name"): line for line in self.known().values() if line["kind"] == "file"}
        journal = Journal(self.folder)
        told = {(line.get("name"), line.get("url")): line for line in journal.lines()}
        try:
            for remote in source.remotes(self.folder):
                before = lines.get(remote.name, {})
                now = self._held(remote, before, told.get((remote.name, remote.url), {}))
                if now is None:
                    now = self._brought(remote, max_bytes)
                    journal.tell(now)
                # The answer's headers are kept in the journal; the lock is read by people.
                now.pop("answer", None)
                lines[remote.name] = now
                report.files += now["status"] == "here"
                if now["status"] == "gone":
                    report.lose(Reason.MISSING_IMAGE, f"{remote.url}: is gone; nothing to take")
                elif before.get("url") == remote.url and before.get("status") == "here":
                    report.changed += [remote.url] * (before.get("sha256") != now["sha256"])
        finally:
            report.requests = self.web.asker.requests
            self._write(list(lines.values()))
        return report

    def _write(self, lines: list[locks.Line]) -> None:
        """Tell the lock; a fetch that brought nothing leaves no trace in it."""
        if lines:
            locks.replace(self.lock, self.key, [self.terms, *lines])

    def _held(self, remote: Remote, *known: locks.Line) -> locks.Line | None:
        """The line by which this very address need not be asked, None where there is none."""
        place = self.folder / remote.name
        found = sha256_of(place) if place.is_file() else ""
        for line in known:
            if line.get("url") != remote.url:
                continue
            # What is gone today may be back tomorrow.
            if line.get("status") == "gone" and line.get("date") == self.today and not remote.cure:
                return line
            if found and line.get("sha256") == found == (remote.sha256 or found):
                return line
        if found and found == remote.sha256:
            return self._line(remote, sha256=found, bytes=place.stat().st_size)
        return None

    def _brought(self, remote: Remote, max_bytes: int) -> locks.Line:
        download = Download(self.web.asker, remote, self.folder, max_bytes)
        try:
            found = download.fetch()
        except Rejected:
            if remote.cure:
                raise Unavailable(f"{remote.url}: is not there; {remote.cure}") from None
            # A file of that name came from another address, and is not what this one names.
            download.place.unlink(missing_ok=True)
            return self._line(remote, sha256="", bytes=0, status="gone")
        size = download.place.stat().st_size
        return self._line(
            remote, sha256=found, bytes=size, final_url=download.final_url, answer=download.came
        )

    def _line(self, remote: Remote, **facts: object) -> locks.Line:
        return {"kind": "file", "url": remote.url, "name": remote.name, "date": self.today,
                "status": "here", "final_url": remote.url, **facts}  # fmt: skip


def _look(item: Draft | Lost, report: FetchReport) -> None:
    """Count the picture of `item`, or why there is none."""
    if isinstance(item, Lost):
        report.lose(item.reason, item.detail)
        return
    try:
        item.image()
    except Rejected as verdict:
        report.lose(verdict.reason, verdict.detail)
    else:
        report.files += 1


def _check_layout(report: FetchReport, source: Scraper) -> None:
    changed = report.lost[Reason.LAYOUT_CHANGED]
    if not report.files and not changed and report.lost[Reason.BLOCKED]:
        raise NotPermitted(
            f"{report.key}: every page is closed to us; {report.examples[Reason.BLOCKED]}"
        )
    if not report.files or changed > MAX_DRIFT * (report.files + report.lost.total()):
        raise LayoutDrift(
            f"{report.key}: {report.files} pictures found, {changed} pages not understood; look at "
            f"{source.about.homepage}, then mend curation/sources/{report.key} "
            f"({'; '.join(report.examples.values())[:300]})"
        )
