"""A fetch is killed with SIGKILL at twenty moments, by the very site that it asks.

What is promised: an answer whose line stands in the index is never asked for again, and nothing is
lost. What cannot be promised: between the last byte of an answer and its line (the body is written
and named first; no wait for the disk lies in between) a kill costs that one answer. The site counts
what it handed over whole, so these answers are counted too: at most one per kill, asked once more.
"""

import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from drawn_shots import radiopaedia_shots, sirm_shots
from grants import GRANT
from replica_server import Site, serve

from curation.network.store import Store
from curation.phantom.replicas import radiopaedia, sirm

ROOT = Path(__file__).parents[2]
KILLS = 20
DRIVER = """
import sys
from pathlib import Path
from curation.network.fetch import Params, fetch
from curation.phantom.replicas.radiopaedia import QUERIES
from curation.sources.loading import load
key, folder, lock, permission, base = sys.argv[1:]
from curation.sources.loading import source_class
hosts = source_class(key).about.hosts
entry = {"files": folder, "max_cases": 500, "permission": permission,
         "mirrors": {f"https://{host}": f"{base}/{host}" for host in hosts}}
if key == "radiopaedia":
    entry["queries"] = list(QUERIES)
params = Params(contact="data@example.org", seconds_between_requests=0.0, deadline_seconds=20,
                max_page_mb=2, max_file_gb=1, retries=2, max_wait_seconds=1.0)
print(fetch(key, load(key, {key: entry}), params, Path(folder), Path(lock)))
"""
SITES = {"radiopaedia": (radiopaedia, radiopaedia_shots, 4), "sirm": (sirm, sirm_shots, 2)}
"""The last number: within so many requests of a run it is killed, so that 20 kills fit in."""


class Moment(NamedTuple):
    """When to kill: at the n-th request of a run, and where in its answer."""

    request: int
    place: str
    seconds: float


def moment(key: str, number: int) -> Moment:
    """By hash, not by chance: the same moments in every run of the test, up to 7 ms late."""
    chance = hashlib.sha256(f"{key} {number}".encode()).digest()
    place = ("asked", "half", "half", "sent", "sent")[chance[0] % 5]
    return Moment(1 + chance[1] % SITES[key][2], place, (chance[2] % 15) ** 2 / 28_000)


class Killer:
    """Runs the fetch, and ends it at a moment of one of its answers."""

    def __init__(self, site: Site, command: list[str], parts: Path | None = None) -> None:
        """In the middle of an answer it waits until more of it lies in the files of `parts`."""
        self._site, self._command, self._parts = site, command, parts
        self._lock = threading.Lock()
        site.at = self._at
        self._moment: Moment | None = None
        self._requests = self._before = 0
        self._running: subprocess.Popen[bytes] | None = None

    def run(self, moment: Moment) -> None:
        with self._lock:
            self._moment, self._requests = moment, 0
            self._before = _came(self._parts) if self._parts else 0
            self._running = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.DEVNULL)
        assert self._running.wait(timeout=30) == -signal.SIGKILL

    def _at(self, place: str, _: str) -> None:
        with self._lock:
            running, moment = self._running, self._moment
            self._requests += place == "asked"
            # Not every answer has a middle: then the next one's is meant.
            if moment is None or moment.place != place or moment.request > self._requests:
                return
            self._moment = None
        if running:
            if place == "half" and self._parts:
                self._await_bytes(self._parts, self._before)
            threading.Event().wait(moment.seconds)
            os.kill(running.pid, signal.SIGKILL)
            # What is killed reads no more, so nothing more counts as handed over.
            raise ConnectionAbortedError

    def _await_bytes(self, parts: Path, before: int) -> None:
        """On a busy machine what was sent is written late; ten seconds are no machine's."""
        for _ in range(1000):
            if _came(parts) > before:
                return
            threading.Event().wait(0.01)


def _came(parts: Path) -> int:
    return sum(part.stat().st_size for part in parts.glob("*.gz.part"))


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    key = request.getfixturevalue("key")
    replica, shots, _ = SITES[key]
    replica.file_shots(tmp_path / "drawn", shots(), 1)
    (tmp_path / "permission.yaml").write_text(GRANT.format(key=key))
    with serve(tmp_path / "drawn") as running:
        yield running


def command(key: str, site: Site, home: Path, name: str) -> list[str]:
    places = [home / name / key, home / f"{name}.lock", home / "permission.yaml"]
    return [sys.executable, "-c", DRIVER, key, *map(str, places), site.base]


def payloads(folder: Path) -> dict[str, tuple[int, str, bytes]]:
    store = Store(folder)
    return {e.url: (e.status, e.final_url, store.page(e.url).data) for e in store}


@pytest.mark.parametrize("key", SITES)
def test_twenty_kills_lose_nothing_and_repeat_nothing(key: str, site: Site, tmp_path: Path) -> None:
    folder, killer = tmp_path / "killed" / key, Killer(site, command(key, site, tmp_path, "killed"))
    unstored = list[str]()
    for number in range(KILLS):
        before = len(site.asked), len(site.sent)
        known = set(payloads(folder)) if folder.exists() else set()
        killer.run(moment(key, number))
        # Nothing that was stored before this run was asked for in it.
        assert known.isdisjoint(site.asked[before[0] :])
        unstored += set(site.sent[before[1] :]) - set(payloads(folder))
    site.at = lambda _moment, _url: None
    known, before = set(payloads(folder)), (len(site.asked), 0)
    done = subprocess.run(command(key, site, tmp_path, "killed"), cwd=ROOT, check=True,
                          capture_output=True, text=True)  # fmt: skip
    assert done.stdout.startswith(f"{key}: ")
    assert known.isdisjoint(site.asked[before[0] :])
    # Handed over whole twice: only what a kill met between its last byte and its line.
    twice = {url for url, count in Counter(site.sent).items() if count > 1}
    assert twice <= set(unstored)
    assert len(unstored) <= KILLS
    subprocess.run(command(key, site, tmp_path, "clean"), cwd=ROOT, check=True)
    assert payloads(folder) == payloads(tmp_path / "clean" / key)
    assert not list(folder.rglob("*.part"))
    locks = [(tmp_path / f"{name}.lock").read_bytes() for name in ("killed", "clean")]
    assert locks[0] == locks[1]


ARCHIVES = """
import sys
from pathlib import Path
folder, lock, base, tests = sys.argv[1:]
sys.path[:0] = [tests, str(Path(tests).parent / "support")]
from test_archive import HOST, NICE, Archive
from curation.network.fetch import fetch
source = Archive(files=folder, names=("a.tar.gz", "b.tar.gz", "c.tar.gz"),
                 mirrors={f"https://{HOST}": f"{base}/{HOST}"})
print(fetch("archive", source, NICE.model_copy(update={"deadline_seconds": 30.0}),
            Path(folder), Path(lock)))
"""


def test_killed_archives_go_on_where_they_were(tmp_path: Path) -> None:
    folder = tmp_path / "raw" / "archive"
    host = "https://archive.example.org"
    with serve() as site:
        files = {name: hashlib.shake_256(name.encode()).digest(900_000) for name in "abc"}
        site.files = {f"{host}/{name}.tar.gz": data for name, data in files.items()}
        asking = [sys.executable, "-c", ARCHIVES, str(folder), str(tmp_path / "lock"), site.base,
                  str(Path(__file__).parent)]  # fmt: skip
        killer = Killer(site, asking, folder)
        for number, place in enumerate(["half", "sent", "half", "half", "asked", "sent"]):
            here, before = {p.name for p in folder.glob("*.gz")}, len(site.asked)
            # The first run asks for robots.txt as well.
            killer.run(Moment(2 if number == 0 else 1, place, 0.03 if place == "half" else 0.003))
            assert here.isdisjoint(url.rpartition("/")[2] for url in site.asked[before:])
        site.at = lambda _moment, _url: None
        subprocess.run(asking, cwd=ROOT, check=True, capture_output=True)
    assert {p.name[0]: p.read_bytes() for p in folder.iterdir()} == files
    starts: dict[str, list[int]] = {url: [] for url in site.files}
    for url, headers in zip(site.asked, site.headers, strict=True):
        if url in starts:
            starts[url].append(int(headers.get("Range", "bytes=0-")[6:-1]))
    # Each request goes on from where the last one was killed, or from further on.
    assert all(found == sorted(found) for found in starts.values())
    assert any(found[-1] > 0 for found in starts.values())
