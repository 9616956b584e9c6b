import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from drawn_shots import radiopaedia_shots, sirm_shots
from filelock import FileLock
from grants import GRANT
from replica_server import Site, body, drip, serve, status
from told import read

from curation.network.errors import LayoutDrift, NoContact, NotPermitted, Unavailable
from curation.network.fetch import Params, fetch
from curation.network.store import Store
from curation.phantom.replicas import radiopaedia, sirm, sirm_english
from curation.sources.base import Scraper
from curation.sources.radiopaedia import Radiopaedia
from curation.sources.sirm import Sirm
from manifests.contract.folder import Busy

ROOT = Path(__file__).parents[2]
PARAMS = Params(
    contact="data@example.org", seconds_between_requests=0.0, deadline_seconds=1.0,
    max_page_mb=2, max_file_gb=1, retries=2, max_wait_seconds=1.0,
)  # fmt: skip
KEYS = ("radiopaedia", "sirm")


@pytest.fixture
def permission(tmp_path: Path) -> Path:
    place = tmp_path / "permission.yaml"
    place.write_text(GRANT.format(key="sirm"))
    return place


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn")
    for key, replica, shots in zip(
        KEYS, (radiopaedia, sirm), (radiopaedia_shots(), sirm_shots()), strict=True
    ):
        (folder / key).mkdir()
        replica.file_shots(folder / key, shots, 1)
    return folder


@pytest.fixture
def site(drawn: Path) -> Iterator[Site]:
    with serve(drawn / "radiopaedia", drawn / "sirm") as running:
        yield running


def source(key: str, site: Site, files: Path, permission: Path | None) -> Scraper:
    hosts = (Radiopaedia if key == "radiopaedia" else Sirm).about.hosts
    usual = {"files": files, "max_cases": 500, "mirrors": site.mirrors(*hosts),
             "permission": permission}  # fmt: skip
    if key == "sirm":
        return Sirm.model_validate(usual)
    return Radiopaedia.model_validate({**usual, "queries": tuple(radiopaedia.QUERIES)})


@pytest.mark.parametrize("key", KEYS)
def test_a_fetched_folder_gives_the_drafts_of_the_site(
    key: str, site: Site, drawn: Path, tmp_path: Path, permission: Path
) -> None:
    permission.write_text(GRANT.format(key=key))
    folder, lock = tmp_path / "raw" / key, tmp_path / "sources.lock"
    asked = source(key, site, folder, permission)
    report = fetch(key, asked, PARAMS, folder, lock)
    original = source(key, site, drawn / key, None)
    assert read(original, drawn / key) == read(asked, folder)
    assert report.requests == len(site.asked)
    assert Counter(site.asked).most_common(1)[0][1] == 1
    # A second fetch asks for nothing and changes nothing.
    before = lock.read_bytes()
    again = fetch(key, asked, PARAMS, folder, lock)
    assert (again.requests, again.files) == (0, report.files)
    assert lock.read_bytes() == before


def test_the_lock_says_what_came_and_under_which_licence(
    site: Site, tmp_path: Path, permission: Path
) -> None:
    permission.write_text(GRANT.format(key="radiopaedia"))
    folder, lock = tmp_path / "raw" / "radiopaedia", tmp_path / "sources.lock"
    lock.write_text('{"source": "zz", "kind": "source", "url": "kept"}\n')
    fetch("radiopaedia", source("radiopaedia", site, folder, permission), PARAMS, folder, lock)
    lines = [json.loads(line) for line in lock.read_text().splitlines()]
    assert lines[-1] == {"source": "zz", "kind": "source", "url": "kept"}
    keys = [(line["source"], line["kind"], line["url"]) for line in lines]
    assert keys == sorted(keys)
    (terms,) = (line for line in lines if (line["source"], line["kind"]) == (KEYS[0], "source"))
    assert terms["license"] == "CC-BY-NC-SA-3.0"
    assert terms["permission"].startswith("letter of 2 January 2026")
    assert {line["license"] for line in lines if line["kind"] == "response"} == {
        "", "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    }  # fmt: skip
    entries = {e.url: e for e in Store(folder)}
    assert {line["url"] for line in lines if line["kind"] == "response"} == set(entries)
    assert str(tmp_path) not in lock.read_text()
    assert "127.0.0.1" not in lock.read_text()


DRIVER = """
import sys
from pathlib import Path
from curation.network.fetch import Params, fetch
from curation.sources.sirm import Sirm
folder, lock, permission, base = sys.argv[1:]
mirrors = {f"https://{host}": f"{base}/{host}" for host in Sirm.about.hosts}
source = Sirm(files=folder, max_cases=500, permission=permission, mirrors=mirrors)
params = Params(contact="data@example.org", seconds_between_requests=0.03, deadline_seconds=5,
                max_page_mb=2, max_file_gb=1, retries=2, max_wait_seconds=1.0)
print(fetch("sirm", source, params, Path(folder), Path(lock)))
"""


def test_a_killed_fetch_goes_on_and_asks_for_nothing_twice(
    site: Site, drawn: Path, tmp_path: Path, permission: Path
) -> None:
    folder, lock = tmp_path / "raw" / "sirm", tmp_path / "sources.lock"
    command = [sys.executable, "-c", DRIVER, str(folder), str(lock), str(permission), site.base]
    in_flight = []
    for enough in (6, 19):
        running = subprocess.Popen(command, cwd=ROOT)
        start = time.monotonic()
        while len(site.asked) < enough and time.monotonic() - start < 30:
            time.sleep(0.005)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        in_flight.append(site.asked[-1])
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.startswith("sirm: ")
    twice = {url for url, count in Counter(site.asked).items() if count > 1}
    assert twice <= set(in_flight)
    assert len(site.asked) <= len(set(site.asked)) + len(in_flight)
    asked = source("sirm", site, folder, permission)
    assert read(asked, folder) == read(source("sirm", site, drawn / "sirm", None), drawn / "sirm")
    assert not list(folder.rglob("*.part"))
    # The lock is the one of a fetch that nobody killed.
    other = tmp_path / "other" / "sirm"
    fetch("sirm", source("sirm", site, other, permission), PARAMS, other, tmp_path / "other.lock")
    assert lock.read_bytes() == (tmp_path / "other.lock").read_bytes()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (None, "names none in sources.sirm.permission"),
        ("", "is not complete: all of it: "),
        ("source: sirm", "granted_by: Field required; granted_to: Field required"),
        (GRANT.format(key="radiopaedia"), "is for 'radiopaedia'"),
        (
            GRANT.format(key="sirm").replace("A research group", "''"),
            "granted_to: String should have at least 2",
        ),
        (GRANT.format(key="sirm") + "more: 1\n", "more: Extra inputs are not permitted"),
        ("source: [", "cannot be read"),
    ],
)
def test_no_permission_no_request(
    text: str | None, found: str, site: Site, tmp_path: Path, permission: Path
) -> None:
    permission.write_text(text or "")
    asked = source("sirm", site, tmp_path / "raw", None if text is None else permission)
    with pytest.raises(NotPermitted, match="all rights are reserved") as refused:
        fetch("sirm", asked, PARAMS, tmp_path / "raw", tmp_path / "lock")
    assert found in str(refused.value)
    assert refused.value.exit_code == 5
    assert site.asked == []
    assert not (tmp_path / "raw").exists()


def test_radiopaedia_quotes_its_terms(site: Site, tmp_path: Path) -> None:
    asked = source("radiopaedia", site, tmp_path / "raw", tmp_path / "nowhere.yaml")
    with pytest.raises(NotPermitted, match="rule out automated copying"):
        fetch("radiopaedia", asked, PARAMS, tmp_path / "raw", tmp_path / "lock")


def test_nobody_goes_online_without_a_contact(site: Site, tmp_path: Path, permission: Path) -> None:
    nameless = PARAMS.model_copy(update={"contact": None})
    asked = source("sirm", site, tmp_path / "raw", permission)
    with pytest.raises(NoContact, match=r"fetch\.contact is empty"):
        fetch("sirm", asked, nameless, tmp_path / "raw", tmp_path / "lock")
    assert site.asked == []


def test_on_a_fresh_clone_the_permission_is_asked_for_first(site: Site, tmp_path: Path) -> None:
    nameless = PARAMS.model_copy(update={"contact": None})
    asked = source("sirm", site, tmp_path / "raw", None)
    with pytest.raises(NotPermitted):
        fetch("sirm", asked, nameless, tmp_path / "raw", tmp_path / "lock")


def test_two_fetches_do_not_fill_one_folder(site: Site, tmp_path: Path, permission: Path) -> None:
    asked = source("sirm", site, tmp_path / "raw", permission)
    with FileLock(tmp_path / "raw.lock.part"), pytest.raises(Busy, match="another fetch"):
        fetch("sirm", asked, PARAMS, tmp_path / "raw", tmp_path / "lock")


def test_a_changed_layout_ends_the_fetch_and_says_so(
    site: Site, tmp_path: Path, permission: Path
) -> None:
    for listing in (sirm.LISTING, sirm_english.LISTING):
        site.faults[listing] = [body(b"<html><p>Benvenuti</p></html>")]
    asked = source("sirm", site, tmp_path / "raw", permission)
    with pytest.raises(LayoutDrift, match=r"mend curation/sources/sirm") as found:
        fetch("sirm", asked, PARAMS, tmp_path / "raw", tmp_path / "lock")
    assert found.value.exit_code == 6


def test_a_site_that_forbids_us_is_not_called_changed(
    site: Site, tmp_path: Path, permission: Path
) -> None:
    site.faults["https://www.sirm.org/robots.txt"] = [body(b"User-agent: *\nDisallow: /\n")]
    asked = source("sirm", site, tmp_path / "raw", permission)
    with pytest.raises(NotPermitted, match=r"robots\.txt disallows it") as found:
        fetch("sirm", asked, PARAMS, tmp_path / "raw", tmp_path / "lock")
    assert found.value.exit_code == 5
    assert len(site.asked) == 1


def test_a_picture_that_is_reserved_is_not_taken(
    site: Site, drawn: Path, tmp_path: Path, permission: Path
) -> None:
    entry = next(e for e in Store(drawn / "sirm") if e.content_type == "image/png")
    data = Store(drawn / "sirm").page(entry.url).data
    site.faults[entry.url] = [body(data, Content_Type="image/png", X_Robots_Tag="noai")]
    asked = source("sirm", site, tmp_path / "raw", permission)
    report = fetch("sirm", asked, PARAMS, tmp_path / "raw", tmp_path / "lock")
    assert dict(report.lost) == {"blocked": 1}
    assert "is reserved by its host" in str(report)
    # That it is reserved is kept, and none of its bytes; today it is not asked for again.
    kept = Store(tmp_path / "raw").entry(entry.url)
    assert kept is not None
    assert (kept.bytes, kept.reserved[:11]) == (0, "is reserved")
    assert entry.sha256 not in {p.name for p in (tmp_path / "raw" / "objects").iterdir()}
    again = fetch("sirm", asked, PARAMS, tmp_path / "raw", tmp_path / "lock")
    assert (again.requests, dict(again.lost)) == (0, {"blocked": 1})


def test_one_slow_picture_does_not_hold_up_the_others(
    site: Site, drawn: Path, tmp_path: Path, permission: Path
) -> None:
    slow = next(e.url for e in Store(drawn / "sirm") if e.content_type == "image/png")
    site.faults[slow] = [drip("body", 0.02)] * 2
    folder, asked = tmp_path / "raw", source("sirm", site, tmp_path / "raw", permission)
    quick = PARAMS.model_copy(update={"deadline_seconds": 0.5})
    with pytest.raises(Unavailable, match="1 answers were not whole") as found:
        fetch("sirm", asked, quick, folder, tmp_path / "lock")
    assert found.value.exit_code == 3
    before = len(site.asked)
    report = fetch("sirm", asked, quick, folder, tmp_path / "lock")
    assert site.asked[before:] == [slow]
    assert report.files == len(sirm_shots())


def test_a_site_that_goes_down_midway_is_taken_up_again(
    site: Site, drawn: Path, tmp_path: Path, permission: Path
) -> None:
    pictures = [e.url for e in Store(drawn / "sirm") if e.content_type == "image/png"]
    site.faults[pictures[5]] = [status(503)] * 3
    folder, asked = tmp_path / "raw", source("sirm", site, tmp_path / "raw", permission)
    with pytest.raises(Unavailable, match="answers with status 503"):
        fetch("sirm", asked, PARAMS, folder, tmp_path / "lock")
    assert (tmp_path / "lock").exists()
    fetch("sirm", asked, PARAMS, folder, tmp_path / "lock")
    original = source("sirm", site, drawn / "sirm", None)
    assert read(asked, folder) == read(original, drawn / "sirm")


def test_a_picture_that_changed_upstream_is_named(
    site: Site, drawn: Path, tmp_path: Path, permission: Path
) -> None:
    lock, asked = tmp_path / "lock", source("sirm", site, tmp_path / "a", permission)
    fetch("sirm", asked, PARAMS, tmp_path / "a", lock)
    changed = next(e.url for e in Store(drawn / "sirm") if e.content_type == "image/png")
    site.faults[changed] = [body(b"\x89PNG other IEND", Content_Type="image/png")]
    report = fetch("sirm", asked, PARAMS, tmp_path / "b", lock)
    assert report.changed == [changed]
    assert changed in str(report)
