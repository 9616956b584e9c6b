"""Articles are fetched from both back-ends over real HTTP, then read back."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from articles import ARCHIVES, BUCKET, Printed, fig, publish, write_list
from drawn_shots import picture
from replica_server import Site, serve

from curation.network.fetch import FetchReport, Params, fetch
from curation.sources.base import Draft, Lost
from curation.sources.journals import Journals, Layout
from manifests.contract.params import Misspelt

NICE = Params(
    contact="data@example.org", seconds_between_requests=0.0, deadline_seconds=1.0,
    max_page_mb=2, max_file_gb=0.01, retries=1, max_wait_seconds=1.0,
)  # fmt: skip
FILM, SLICE = picture("film", "jpg"), picture("slice", "jpg")
ARTICLES = (
    Printed(
        pmcid="PMC9000001", doi="10.9999/one", version="3",
        figures=fig("PA chest radiograph.", "g1") + fig("CT.", "g2", "F2"),
        files={"g1.jpg": FILM, "g1.gif": b"small", "g2.jpg": SLICE},
    ),
    Printed(
        pmcid="PMC9000002", doi="10.9999/two",
        figures=fig("(A) Chest radiograph. (B) CT.", "g 1") + fig("CT.", "g2", "F2"),
        files={"g 1.jpg": SLICE, "g2.jpg": SLICE},
    ),
    Printed(pmcid="PMC9000003", is_retracted=True, figures=fig("Radiograph.", "g1"),
            files={"g1.jpg": FILM}),
    Printed(pmcid="PMC9000004", is_open=False, figures=fig("Radiograph.", "g1")),
)  # fmt: skip
ROWS = (
    "https://doi-org.library.example.edu/10.9999%2FONE?x=1#ref-CR1", "10.9999/one",
    {"id": "10.9999/two", "figure": "F2"}, "PMC9000003", "PMC9000004", "PMC9000005",
)  # fmt: skip
LAYOUTS: tuple[Layout, ...] = ("s3", "legacy")


class Place(NamedTuple):
    site: Site
    folder: Path
    lock: Path

    def source(self, layout: Layout) -> Journals:
        mirrors = self.site.mirrors(*Journals.about.hosts)
        return Journals(files=self.folder, layout=layout, mirrors=mirrors)

    def fetch(self, layout: Layout) -> FetchReport:
        return fetch("journals", self.source(layout), NICE, self.folder, self.lock)

    def read(self, layout: Layout) -> dict[str, str]:
        """Name -> reason of a loss, else the start of the film's bytes."""
        given = self.source(layout).read(self.folder)
        names = {FILM: "film", SLICE: "slice"}
        return {
            one.source_ref: one.reason if isinstance(one, Lost) else names[one.image()]
            for one in given
            if isinstance(one, Draft | Lost)
        }


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with serve() as site:
        publish(site, *ARTICLES)
        found = Place(site, tmp_path / "raw" / "journals", tmp_path / "sources.lock")
        write_list(found.folder, *ROWS)
        yield found


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_was_fetched_is_read(place: Place, layout: Layout) -> None:
    place.fetch(layout)
    assert place.read(layout) == {
        "articles.csv, line 3": "invalid_field",
        "PMC9000001/F1": "film",
        "PMC9000002/F2": "slice",
        "PMC9000002/F1": "not_radiograph",
        "PMC9000003": "withdrawn",
        "PMC9000004": "blocked",
        "PMC9000005": "missing_image",
    }


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_second_fetch_asks_for_nothing(place: Place, layout: Layout) -> None:
    first = place.fetch(layout)
    assert first.requests == len(place.site.asked)
    assert len(set(place.site.asked)) == len(place.site.asked)
    before = place.lock.read_bytes()
    assert place.fetch(layout).requests == 0
    assert place.lock.read_bytes() == before
    assert "127.0.0.1" not in place.lock.read_text()


def test_only_the_films_of_an_article_are_asked_for(place: Place) -> None:
    place.fetch("s3")
    pictures = {url.removeprefix(BUCKET) for url in place.site.asked if "/g" in url}
    assert pictures == {
        "/PMC9000001.3/g1.jpg", "/PMC9000002.1/g%201.jpg", "/PMC9000002.1/g2.jpg",
    }  # fmt: skip


def test_an_archive_that_has_moved_is_found(place: Place) -> None:
    old = f"https://{ARCHIVES}/oa_package/aa/bb/PMC9000001.tar.gz"
    place.site.files[old.replace("/oa_package", "/deprecated/oa_package")] = place.site.files.pop(
        old
    )
    place.fetch("legacy")
    assert place.read("legacy")["PMC9000001/F1"] == "film"


def test_an_article_that_the_bucket_does_not_hold_is_blocked(place: Place) -> None:
    listing = b"<?xml version='1.0'?><ListBucketResult><KeyCount>0</KeyCount></ListBucketResult>"
    place.site.files[f"{BUCKET}/?list-type=2&prefix=metadata/PMC9000005."] = listing
    place.fetch("s3")
    assert place.read("s3")["PMC9000005"] == "blocked"


def test_an_article_for_text_mining_only_is_fetched_where_it_has_files(place: Place) -> None:
    article = Printed(pmcid="PMC9000004", is_open=False, code="TDM",
                      figures=fig("Radiograph.", "g1"), files={"g1.jpg": FILM})  # fmt: skip
    publish(place.site, article)
    place.fetch("s3")
    assert place.read("s3")["PMC9000004/F1"] == "film"


def test_the_list_must_be_there_before(place: Place) -> None:
    (place.folder / "articles.csv").unlink()
    with pytest.raises(Misspelt, match=r"articles\.csv: is missing; write your list"):
        place.fetch("s3")
