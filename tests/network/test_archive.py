import gzip
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, NamedTuple

import pytest
from replica_server import Fault, Site, body, cut_after, serve, status

from curation.network.errors import Mismatch, NotPermitted, TooMuch, Unavailable
from curation.network.fetch import FetchReport, Params, fetch
from curation.sources.base import About, Importer, Remote
from manifests.contract.params import Misspelt

HOST = "archive.example.org"
URL = f"https://{HOST}/images_001.tar.gz"
DATA = hashlib.shake_256(b"an archive").digest(700_000)
NICE = Params(
    contact="https://example.org/data", seconds_between_requests=0.0, deadline_seconds=0.6,
    max_page_mb=2, max_file_gb=0.01, retries=2, max_wait_seconds=1.0,
)  # fmt: skip


class Archive(Importer):
    """Two files, as NIH publishes twelve."""

    about: ClassVar[About] = About(
        title="Archive", homepage=f"https://{HOST}", license="CC-BY-4.0", paper="",
        license_url="https://creativecommons.org/licenses/by/4.0/", citation="", hosts=(HOST,),
    )  # fmt: skip
    names: tuple[str, ...] = ("images_001.tar.gz",)
    sha256: str = ""

    def remotes(self, files: Path) -> Iterator[Remote]:
        assert files.is_dir()
        for name in self.names:
            yield Remote(url=f"https://{HOST}/{name}", name=name, sha256=self.sha256)


class Place(NamedTuple):
    site: Site
    folder: Path
    lock: Path

    def fetch(self, params: Params = NICE, **given: object) -> FetchReport:
        source = Archive.model_validate(
            {"files": self.folder, "mirrors": self.site.mirrors(HOST), **given}
        )
        return fetch("archive", source, params, self.folder, self.lock)

    def came(self) -> bytes:
        return (self.folder / "images_001.tar.gz").read_bytes()

    def ranges(self) -> list[str]:
        return [h.get("Range", "") for u, h in zip(self.site.asked, self.site.headers, strict=True)
                if u == URL]  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with serve() as site:
        site.files[URL] = DATA
        yield Place(site, tmp_path / "raw" / "archive", tmp_path / "sources.lock")


def version(data: bytes) -> str:
    return f'"{hashlib.sha256(data).hexdigest()[:12]}"'


def test_an_archive_comes_whole_and_is_not_asked_for_again(place: Place) -> None:
    assert place.fetch(sha256=hashlib.sha256(DATA).hexdigest()).files == 1
    assert place.came() == DATA
    assert [p.name for p in place.folder.iterdir()] == ["images_001.tar.gz"]
    before = place.lock.read_bytes()
    assert place.fetch().requests == 0
    assert place.lock.read_bytes() == before


@pytest.mark.parametrize("count", [1, 70_000, 699_999])
def test_a_broken_download_goes_on_where_it_broke(count: int, place: Place) -> None:
    place.site.faults[URL] = [cut_after(count, DATA, ETag=version(DATA))]
    place.fetch()
    assert place.came() == DATA
    assert place.ranges()[0] == ""
    start = int(place.ranges()[1].removeprefix("bytes=").rstrip("-"))
    assert 0 < start <= count
    assert place.site.headers[-1]["If-Range"] == version(DATA)


def test_a_host_that_gives_less_than_the_rest_is_asked_on(place: Place) -> None:
    def some(handler: object) -> None:
        start = int(handler.headers["Range"][6:-1])  # type: ignore[attr-defined]
        piece = DATA[start : start + 100_000]
        told = f"bytes {start}-{start + len(piece) - 1}/{len(DATA)}"
        head = f"HTTP/1.1 206 X\r\nContent-Range: {told}\r\nContent-Length: {len(piece)}\r\n"
        head += f"ETag: {version(DATA)}\r\n\r\n"
        handler.wfile.write(head.encode() + piece)  # type: ignore[attr-defined]

    place.site.faults[URL] = [cut_after(400_000, DATA, ETag=version(DATA)), some, some]
    place.fetch()
    assert place.came() == DATA
    assert len(place.ranges()) == 4


def test_many_breaks_are_outlasted_as_long_as_something_comes(place: Place) -> None:
    def part(handler: object) -> None:
        headers = handler.headers  # type: ignore[attr-defined]
        start = int(headers.get("Range", "bytes=0-")[6:-1])
        whole = cut_after(
            90_000, DATA[start:], ETag=version(DATA),
            Content_Range=f"bytes {start}-{len(DATA) - 1}/{len(DATA)}",
        )  # fmt: skip
        handler.send_response_only = lambda *_: None  # type: ignore[attr-defined]
        handler.wfile.write(b"HTTP/1.1 206 Partial\r\n")  # type: ignore[attr-defined]
        whole(handler)  # type: ignore[arg-type]

    place.site.faults[URL] = [cut_after(90_000, DATA, ETag=version(DATA)), *[part] * 5]
    place.fetch()
    assert place.came() == DATA
    assert len(place.ranges()) == 7


@pytest.mark.parametrize("validator", [{}, {"ETag": 'W/"weak"'}, {"ETag": '"another version"'}])
def test_without_the_same_version_the_download_starts_anew(
    validator: dict[str, str], place: Place
) -> None:
    place.site.faults[URL] = [cut_after(300_000, b"x" * len(DATA), **validator)]
    place.fetch()
    assert place.came() == DATA


def test_a_killed_download_goes_on(place: Place) -> None:
    # The first answer stalls in the middle, so that the kill meets it there.
    def stall(handler: object) -> None:
        cut_after(400_000, DATA, ETag=version(DATA))(handler)  # type: ignore[arg-type]
        time.sleep(5)

    place.site.faults[URL] = [stall]
    command = [sys.executable, "-c", DRIVER, str(place.folder), str(place.lock), place.site.base,
               str(Path(__file__).parent)]  # fmt: skip
    running = subprocess.Popen(command, cwd=Path(__file__).parents[2])
    part = place.folder / "images_001.tar.gz.part"
    start = time.monotonic()
    while time.monotonic() - start < 20 and not (part.exists() and part.stat().st_size > 200_000):
        time.sleep(0.01)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    assert not (place.folder / "images_001.tar.gz").exists()
    came = part.stat().st_size
    place.fetch()
    assert place.came() == DATA
    assert place.ranges() == ["", f"bytes={came}-"]


DRIVER = """
import sys
from pathlib import Path
folder, lock, base, tests = sys.argv[1:]
sys.path[:0] = [tests, str(Path(tests).parent / "support")]
from test_archive import HOST, NICE, Archive
from curation.network.fetch import fetch
source = Archive(files=folder, mirrors={f"https://{HOST}": f"{base}/{HOST}"})
fetch("archive", source, NICE.model_copy(update={"deadline_seconds": 30.0}),
      Path(folder), Path(lock))
"""


def test_a_kill_between_file_and_lock_asks_for_nothing(place: Place) -> None:
    place.fetch()
    before = place.lock.read_bytes()
    place.lock.unlink()
    assert place.fetch().requests == 0
    assert place.lock.read_bytes() == before


def test_another_content_than_published_is_removed(place: Place) -> None:
    with pytest.raises(Mismatch, match="published is 0000") as found:
        place.fetch(sha256="0" * 64)
    assert found.value.exit_code == 4
    assert list(place.folder.iterdir()) == []


def test_a_file_that_changed_upstream_is_named(place: Place) -> None:
    place.fetch()
    place.site.files[URL] = DATA[::-1]
    shutil.rmtree(place.folder)
    assert place.fetch().changed == [URL]


def test_too_large_a_file_is_not_begun(place: Place) -> None:
    small = NICE.model_copy(update={"max_file_gb": 0.0001})
    with pytest.raises(TooMuch, match="max_file_gb") as found:
        place.fetch(small)
    assert found.value.exit_code == 8
    assert sum(p.stat().st_size for p in place.folder.rglob("*")) == 0


def test_an_endless_file_is_ended(place: Place) -> None:
    def endless(handler: object) -> None:
        write = handler.wfile.write  # type: ignore[attr-defined]
        write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            for _ in range(1000):
                write(b"10000\r\n" + bytes(65536) + b"\r\n")
        except OSError:
            return

    place.site.faults[URL] = [endless]
    with pytest.raises(TooMuch):
        place.fetch(NICE.model_copy(update={"max_file_gb": 0.001}))


def test_a_full_disk_is_seen_before_the_first_byte(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil.disk_usage(place.lock.parent)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(TooMuch, match="make room") as found:
        place.fetch()
    assert found.value.exit_code == 8


BAD: dict[str, tuple[Fault, str]] = {
    "page": (body(b"<html>Sign in</html>", Content_Type="text/html"), "a web page came"),
    "forbidden": (status(403), "status 403"),
    "down": (status(503), "status 503 after 3 tries"),
    "nothing": (cut_after(0, DATA), "ended early .*, in every try"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_archive_is_not_taken_for_one(kind: str, place: Place) -> None:
    fault, sentence = BAD[kind]
    place.site.faults[URL] = [fault] * 9
    with pytest.raises(Unavailable, match=sentence):
        place.fetch()
    assert not (place.folder / "images_001.tar.gz").exists()


@pytest.mark.parametrize("tag", ["noai", "noindex, NoImageAI", "cxr-curation: noai"])
def test_a_file_that_is_reserved_is_not_taken(tag: str, place: Place) -> None:
    place.site.faults[URL] = [body(DATA, X_Robots_Tag=tag)]
    with pytest.raises(NotPermitted, match="is reserved by its host") as found:
        place.fetch()
    assert found.value.exit_code == 5
    assert not list(place.folder.iterdir())


def test_a_file_that_search_engines_leave_out_is_taken(place: Place) -> None:
    place.site.faults[URL] = [body(DATA, X_Robots_Tag="noindex, nofollow")]
    place.fetch()
    assert place.came() == DATA


def test_one_missing_file_does_not_hold_up_the_others(place: Place) -> None:
    place.site.faults[f"https://{HOST}/a.png"] = [status(404)]
    report = place.fetch(names=("a.png", "images_001.tar.gz"))
    assert (report.files, dict(report.lost)) == (1, {"missing_image": 1})


@pytest.mark.parametrize("name", ["../out.png", "/etc/out.png", "a/../../out.png", ""])
def test_a_file_name_does_not_leave_the_folder(name: str, place: Place) -> None:
    with pytest.raises(Misspelt, match="is no name for a file"):
        place.fetch(names=(name,))


def test_an_encoded_archive_is_kept_as_it_is(place: Place) -> None:
    packed = gzip.compress(DATA)
    place.site.files[URL] = packed
    place.fetch()
    assert place.came() == packed
    assert {h["Accept-Encoding"] for h in place.site.headers} == {"gzip", "identity"}


def test_slow_but_steady_is_no_fault(place: Place) -> None:
    def steady(handler: object) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(DATA)}\r\n\r\n"
        handler.wfile.write(head.encode())  # type: ignore[attr-defined]
        for start in range(0, len(DATA), 70_000):
            handler.wfile.write(DATA[start : start + 70_000])  # type: ignore[attr-defined]
            time.sleep(0.1)

    place.site.faults[URL] = [steady]
    place.fetch()
    assert place.came() == DATA
    assert place.ranges() == [""]
