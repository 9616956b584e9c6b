"""A folder that was filled from one commit is asked for another, over real HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from replica_server import Site, serve, status

from curation.network.errors import Unavailable
from curation.network.fetch import FetchReport, Params, fetch
from curation.sources.cohen import Cohen

RAW = "https://raw.githubusercontent.com/ieee8023/covid-chestxray-dataset"
A, B = "a" * 40, "b" * 40
NICE = Params(
    contact="data@example.org", seconds_between_requests=0.0, deadline_seconds=1.0,
    max_page_mb=2, max_file_gb=0.01, retries=1, max_wait_seconds=1.0,
)  # fmt: skip
TABLE = "patientid,finding,view,modality,filename,url,license\n"
ROW = "{patient},COVID-19,PA,X-ray,{name},,\n"


class Clone(NamedTuple):
    site: Site
    folder: Path
    lock: Path

    def fetch(self, commit: str) -> FetchReport:
        source = Cohen(
            files=self.folder, commit=commit, mirrors=self.site.mirrors(*Cohen.about.hosts)
        )
        return fetch("cohen", source, NICE, self.folder, self.lock)

    def publish(self, commit: str, **images: bytes) -> None:
        rows = [ROW.format(patient=commit[0], name=f"{name}.png") for name in images]
        self.site.files[f"{RAW}/{commit}/metadata.csv"] = (TABLE + "".join(rows)).encode()
        for name, data in images.items():
            self.site.files[f"{RAW}/{commit}/images/{name}.png"] = data

    def lines(self) -> dict[str, dict[str, str]]:
        lines = [json.loads(line) for line in self.lock.read_text().splitlines()]
        return {line["name"]: line for line in lines if line["kind"] == "file"}

    def here(self) -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in (self.folder / "images").iterdir()}


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    with serve() as site:
        yield Clone(site, tmp_path / "raw" / "cohen", tmp_path / "sources.lock")


def test_another_commit_brings_its_own_files(clone: Clone) -> None:
    clone.publish(A, x=b"first x", y=b"first y")
    clone.publish(B, x=b"other x", y=b"first y")
    clone.fetch(A)
    report = clone.fetch(B)
    assert clone.here() == {"x.png": b"other x", "y.png": b"first y"}
    assert b"b,COVID-19" in (clone.folder / "metadata.csv").read_bytes()
    assert {f"/{B}/" in line["url"] for line in clone.lines().values()} == {True}
    assert report.changed == []
    assert clone.fetch(B).requests == 0


def test_another_commit_is_asked_for_without_the_lock_too(clone: Clone) -> None:
    clone.publish(A, x=b"first x")
    clone.publish(B, x=b"other x")
    clone.fetch(A)
    clone.lock.unlink()
    clone.fetch(B)
    assert clone.here() == {"x.png": b"other x"}


def test_a_file_that_nobody_brought_is_brought(clone: Clone) -> None:
    clone.publish(A, x=b"first x")
    (clone.folder / "images").mkdir(parents=True)
    (clone.folder / "images" / "x.png").write_bytes(b"first?")
    clone.fetch(A)
    assert clone.here() == {"x.png": b"first x"}


def test_a_file_of_the_right_size_and_another_content_is_brought_again(clone: Clone) -> None:
    clone.publish(A, x=b"first x")
    clone.fetch(A)
    (clone.folder / "images" / "x.png").write_bytes(b"fiRst x")
    clone.fetch(A)
    assert clone.here() == {"x.png": b"first x"}


def test_a_torn_journal_costs_one_request_and_nothing_else(clone: Clone) -> None:
    clone.publish(A, x=b"first x", y=b"first y")
    clone.fetch(A)
    before = clone.lock.read_bytes()
    clone.lock.unlink()
    journal = clone.folder.with_name(".cohen.came.jsonl")
    journal.write_bytes(journal.read_bytes()[:-20])
    assert clone.fetch(A).requests == 1
    clone.lock.unlink()
    assert clone.fetch(A).requests == 0
    assert clone.lock.read_bytes() == before


def test_a_film_that_the_other_commit_lacks_does_not_stay(clone: Clone) -> None:
    clone.publish(A, x=b"first x")
    clone.publish(B, x=b"other x")
    clone.site.files.pop(f"{RAW}/{B}/images/x.png")
    clone.fetch(A)
    report = clone.fetch(B)
    assert dict(report.lost) == {"missing_image": 1}
    assert clone.here() == {}
    assert clone.lines()["images/x.png"]["status"] == "gone"


def test_what_is_gone_is_asked_for_on_another_day(clone: Clone) -> None:
    clone.publish(A, x=b"first x")
    clone.site.faults[f"{RAW}/{A}/images/x.png"] = [status(404)]
    clone.fetch(A)
    assert clone.fetch(A).requests == 0
    journal = clone.folder.with_name(".cohen.came.jsonl")
    today = clone.lines()["metadata.csv"]["date"]
    for place in (clone.lock, journal):
        place.write_text(place.read_text().replace(today, "2020-01-02"))
    report = clone.fetch(A)
    assert (report.files, report.changed) == (2, [])
    assert clone.here() == {"x.png": b"first x"}


def test_a_commit_that_is_not_there_is_named_and_asked_for_again(clone: Clone) -> None:
    clone.publish(A, x=b"first x")
    clone.fetch(A)
    for _ in range(2):
        with pytest.raises(Unavailable, match=rf"commit {B} is not there.*sources\.cohen\.commit"):
            clone.fetch(B)
    assert Unavailable.exit_code == 3
    assert clone.site.asked.count(f"{RAW}/{B}/metadata.csv") == 2
    assert {f"/{A}/" in line["url"] for line in clone.lines().values()} == {True}
