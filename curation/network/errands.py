"""The two ways to fill a folder: walk a site as `ingest` will, or bring the named files."""

from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from curation.network import lock as locks
from curation.network.archive import Download
from curation.network.errors import LayoutDrift, NotPermitted, Unavailable
from curation.network.report import FetchReport
from curation.network.store import Store
from curation.network.web import PoliteWeb
from curation.sources.base import Draft, Importer, Lost, Remote, Scraper
from manifests.contract.record import Rejected
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
            report.requests = self.web.requests
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
        report, known = FetchReport(key=self.key), self.known()
        done = {url: line for url, line in known.items() if line["kind"] == "file"}
        try:
            for remote in source.remotes(self.folder):
                before = done.get(remote.url, {})
                if not self._is_done(remote, before):
                    done[remote.url] = self._brought(remote, max_bytes)
                now = done[remote.url]
                report.files += now["status"] == "here"
                if now["status"] == "gone":
                    report.lose(Reason.MISSING_IMAGE, f"{remote.url}: is gone; nothing to take")
                if before.get("sha256", now["sha256"]) != now["sha256"]:
                    report.changed.append(remote.url)
        finally:
            report.requests = self.web.requests
            self._write(list(done.values()))
        return report

    def _write(self, lines: list[locks.Line]) -> None:
        """Tell the lock; a fetch that brought nothing leaves no trace in it."""
        if lines:
            locks.replace(self.lock, self.key, [self.terms, *lines])

    def _is_done(self, remote: Remote, line: locks.Line) -> bool:
        place = self.folder / remote.name
        if line.get("status") == "gone":
            return True
        return place.exists() and line.get("bytes") == place.stat().st_size

    def _brought(self, remote: Remote, max_bytes: int) -> locks.Line:
        download = Download(self.web, remote, self.folder, max_bytes)
        line: locks.Line = {"kind": "file", "url": remote.url, "name": remote.name,
                            "date": self.today, "status": "here"}  # fmt: skip
        try:
            line |= {"sha256": download.fetch(), "bytes": download.place.stat().st_size}
        except Rejected:
            line |= {"sha256": "", "bytes": 0, "status": "gone"}
        return line | {"final_url": download.final_url}


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
            f"{source.about.homepage}, then mend curation/sources/{report.key}.py "
            f"({'; '.join(report.examples.values())[:300]})"
        )
