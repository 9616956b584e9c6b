"""What a host keeps from machines that learn is not taken, and not asked for again that day."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from replica_server import Fault, Site, body, serve, status

from curation.network.manners import Params
from curation.network.store import Store
from curation.network.web import PoliteWeb
from curation.sources.sirm import Sirm
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

PAGE = "https://www.sirm.org/post/"
HTML = b"<!DOCTYPE html><html><head>%s</head><h1>caso 1</h1></html>"
NICE = Params(
    contact="data@example.org", seconds_between_requests=0.0, deadline_seconds=1.0,
    max_page_mb=2, max_file_gb=1, retries=2, max_wait_seconds=1.0,
)  # fmt: skip


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as running:
        running.faults["https://www.sirm.org/robots.txt"] = [status(404)]
        yield running


def web(site: Site, folder: Path, today: str = "2026-01-02") -> PoliteWeb:
    source = Sirm(files=folder, max_cases=9, mirrors=site.mirrors("www.sirm.org"))
    return PoliteWeb(source, NICE, Store(folder), today)


def tagged(*lines: str) -> Fault:
    """A page with so many header lines of their own."""

    def fault(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        for line in (*lines, f"Content-Length: {len(HTML)}"):
            handler.send_header(*line.split(": ", 1))
        handler.end_headers()
        handler.wfile.write(HTML)

    return fault


RESERVED = {
    "plain": ("X-Robots-Tag: noai",),
    "of images": ("X-Robots-Tag: NoImageAI",),
    "among others": ("X-Robots-Tag: noindex, nofollow, noai",),
    "with semicolons": ("X-Robots-Tag: noindex;noai;noimageai",),
    "ours": ("X-Robots-Tag: cxr-curation: noai",),
    "ours with a version": ("X-Robots-Tag: CXR-Curation/0.1: noindex, noimageai",),
    "everybody's": ("X-Robots-Tag: *: noai",),
    "second line": ("X-Robots-Tag: otherbot: noindex", "X-Robots-Tag: noai"),
    "ours after another": ("X-Robots-Tag: otherbot: nofollow, cxr-curation: noai",),
    "after a rule with a value": ("X-Robots-Tag: max-snippet: 20, noai",),
    "after a date": ("X-Robots-Tag: unavailable_after: 25 Jun 2030 15:00:00 PST, noai",),
    "mining": ("TDM-Reservation: 1",),
    "mining with a policy": ("tdm-reservation: 1", "tdm-policy: https://example.org/policy"),
}
FREE = {
    "nothing": (),
    "search engines": ("X-Robots-Tag: noindex, nofollow",),
    "another's": ("X-Robots-Tag: otherbot: noai",),
    "another's second": ("X-Robots-Tag: otherbot: noindex, noai, noimageai",),
    "another's after ours": ("X-Robots-Tag: cxr-curation: noindex, otherbot: noai",),
    "part of a word": ("X-Robots-Tag: noaim",),
    "another's with semicolons": ("X-Robots-Tag: otherbot: noindex;noai",),
    "mining allowed": ("TDM-Reservation: 0",),
}


@pytest.mark.parametrize("kind", RESERVED)
def test_a_reserved_answer_is_not_taken(kind: str, site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [tagged(*RESERVED[kind]), body(HTML)]
    for _ in range(2):
        with pytest.raises(Rejected, match=r"is reserved by its host \(.*\); not taken") as found:
            web(site, tmp_path).page(PAGE)
        assert found.value.reason == Reason.BLOCKED
    assert site.asked.count(PAGE) == 1
    # None of its bytes is kept. On another day the host may have thought better of it.
    assert HTML not in {p.read_bytes() for p in (tmp_path / "objects").iterdir()}
    site.faults["https://www.sirm.org/robots.txt"] = [status(404)]
    assert web(site, tmp_path, "2026-01-03").page(PAGE).data == HTML


@pytest.mark.parametrize("kind", FREE)
def test_what_is_reserved_for_others_or_from_search_is_taken(
    kind: str, site: Site, tmp_path: Path
) -> None:
    site.faults[PAGE] = [tagged(*FREE[kind])]
    assert web(site, tmp_path).page(PAGE).data == HTML


METAS = {
    b'<meta name="robots" content="noai, noimageai">': True,
    b'<meta name="robots" content="noai;noimageai">': True,
    b"<META CONTENT='noimageai' NAME='ROBOTS'/>": True,
    b"<meta name=robots content=noai>": True,
    b'<meta name="cxr-curation" content="noai">': True,
    b'<meta name="tdm-reservation" content="1">': True,
    b'<meta name="robots" content="noindex">': False,
    b'<meta name="otherbot" content="noai">': False,
    b'<meta name="description" content="noai">': False,
    b'<meta name="tdm-reservation" content="0">': False,
    b'<!-- <meta name="robots" content="noai"> -->': False,
}


@pytest.mark.parametrize("tag", METAS)
def test_a_page_speaks_for_itself(tag: bytes, site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [body(HTML % tag, Content_Type="text/html")]
    if METAS[tag]:
        with pytest.raises(Rejected, match=r"its meta tag .* says .*; not taken") as found:
            web(site, tmp_path).page(PAGE)
        assert found.value.reason == Reason.BLOCKED
    else:
        assert web(site, tmp_path).page(PAGE).data == HTML % tag


@pytest.mark.parametrize("part", [b"<!--", b"<meta ", b"<meta name=", b'<meta a="', b"<meta a='>"])
def test_a_page_full_of_tags_is_read_in_time(part: bytes, site: Site, tmp_path: Path) -> None:
    page = HTML % (part * (600_000 // len(part)))
    site.faults[PAGE] = [body(page)]
    start = time.process_time()
    assert web(site, tmp_path).page(PAGE).data == page
    assert time.process_time() - start < 1


def test_an_ingest_of_the_folder_says_the_same(site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [tagged("X-Robots-Tag: noai")]
    with pytest.raises(Rejected):
        web(site, tmp_path).page(PAGE)
    with pytest.raises(Rejected, match="is reserved by its host") as found:
        Store(tmp_path).page(PAGE)
    assert found.value.reason == Reason.BLOCKED
