import gzip
import socket
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from replica_server import Fault, Site, body, cut_after, drip, send, serve, status

from curation.network.errors import Unavailable
from curation.network.manners import Params
from curation.network.store import Store
from curation.network.web import PoliteWeb
from curation.sources.sirm import Sirm
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

HOST = "www.sirm.org"
PAGE = f"https://{HOST}/post/"
IMAGE = f"https://{HOST}/wp-content/uploads/2020/03/1.jpg"
HTML = b"<!DOCTYPE html><html><h1>caso 1</h1></html>"
DEADLINE = 0.6
NICE = Params(
    contact="data@example.org", seconds_between_requests=0.01, deadline_seconds=DEADLINE,
    max_page_mb=2, max_file_gb=1, retries=2, max_wait_seconds=1.5,
)  # fmt: skip


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as running:
        running.faults[f"https://{HOST}/robots.txt"] = [status(404)]
        yield running


def web(site: Site, folder: Path, params: Params = NICE) -> PoliteWeb:
    source = Sirm(files=folder, max_cases=9, mirrors=site.mirrors(HOST))
    return PoliteWeb(source, params, Store(folder), "2026-01-02")


def times(site: Site, url: str = PAGE) -> int:
    return site.asked.count(url)


def refusal(web: PoliteWeb, url: str = PAGE) -> Rejected:
    with pytest.raises(Rejected) as found:
        web.page(url)
    return found.value


def test_a_page_is_recorded_under_its_canonical_address(site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [body(HTML, Content_Type="text/html")]
    page = web(site, tmp_path).page(PAGE)
    assert (page.url, page.final_url, page.data) == (PAGE, PAGE, HTML)
    assert page.retrieved == "2026-01-02"
    assert Store(tmp_path).page(PAGE) == page


def test_what_is_recorded_is_not_asked_again(site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [body(HTML)]
    assert web(site, tmp_path).page(PAGE) == web(site, tmp_path).page(PAGE)
    assert times(site) == 1


def test_a_damaged_body_is_asked_again(site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [body(HTML), body(HTML)]
    web(site, tmp_path).page(PAGE)
    (stored,) = (f for f in (tmp_path / "objects").iterdir() if f.read_bytes() == HTML)
    stored.write_bytes(HTML.replace(b"caso", b"CASO"))
    assert web(site, tmp_path).page(PAGE).data == HTML
    assert stored.read_bytes() == HTML


def test_the_agent_names_whom_to_write_to(site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [body(HTML)]
    web(site, tmp_path).page(PAGE)
    assert {h["User-Agent"] for h in site.headers} == {
        "cxr-curation/0.1 (research data set; contact: data@example.org)"
    }


@pytest.mark.parametrize("code", [403, 429, 502, 503, 504])
def test_a_busy_site_is_asked_again(code: int, site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [status(code), body(HTML)]
    assert web(site, tmp_path).page(PAGE).data == HTML
    assert times(site) == 2


@pytest.mark.parametrize(
    "wait",
    [{"Retry_After": "1"}, {"Retry_After": "Mon, 23 Nov 2026 10:00:01 GMT",
                            "Date": "Mon, 23 Nov 2026 10:00:00 GMT"}],
)  # fmt: skip
def test_retry_after_is_waited_for(wait: dict[str, str], site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [dated(429, wait), body(HTML)]
    start = time.monotonic()
    assert web(site, tmp_path).page(PAGE).data == HTML
    assert 1.0 <= time.monotonic() - start < 3


def dated(code: int, headers: dict[str, str]) -> Fault:
    """Without the server's own Date, which would stand beside ours."""

    def fault(handler: object) -> None:
        named = "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in headers.items())
        text = f"HTTP/1.1 {code} X\r\n{named}Content-Length: 0\r\n\r\n"
        handler.wfile.write(text.encode())  # type: ignore[attr-defined]

    return fault


def test_too_long_a_wait_ends_the_fetch_and_keeps_what_came(site: Site, tmp_path: Path) -> None:
    site.faults[IMAGE] = [body(b"\xff\xd8x\xff\xd9")]
    site.faults[PAGE] = [status(429, Retry_After="86400")]
    asking = web(site, tmp_path)
    asking.page(IMAGE)
    with pytest.raises(Unavailable, match="86400 seconds") as ended:
        asking.page(PAGE)
    assert ended.value.exit_code == 3
    assert times(site) == 1
    assert Store(tmp_path).holds(IMAGE)


def test_a_site_that_stays_down_ends_the_fetch(site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [status(503)] * 9
    with pytest.raises(Unavailable, match="503 after 3 tries"):
        web(site, tmp_path).page(PAGE)
    assert times(site) == 3


def test_a_host_that_is_not_there_ends_the_fetch(tmp_path: Path) -> None:
    source = Sirm(files=tmp_path, max_cases=9, mirrors={f"https://{HOST}": "http://127.0.0.1:9"})
    Store(tmp_path)
    with pytest.raises(Unavailable, match=r"robots\.txt cannot be had"):
        PoliteWeb(source, NICE, Store(tmp_path), "2026-01-02").page(PAGE)


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_drip_ends_at_the_deadline(part: str, site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [drip(part)] * 9
    start = time.monotonic()
    asking = web(site, tmp_path)
    assert "not whole after" in refusal(asking).detail
    assert time.monotonic() - start < DEADLINE + 2
    assert asking.failed == [PAGE]
    assert not Store(tmp_path).holds(PAGE)


def test_a_handshake_that_never_ends_meets_the_deadline(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base = f"https://127.0.0.1:{silent.getsockname()[1]}"
        source = Sirm(files=tmp_path, max_cases=9, mirrors={f"https://{HOST}": base})
        start = time.monotonic()
        with pytest.raises(Unavailable, match="not whole after"):
            PoliteWeb(source, NICE, Store(tmp_path), "2026-01-02").page(PAGE)
    assert time.monotonic() - start < 2 * DEADLINE + 2


def test_a_name_that_never_resolves_meets_the_deadline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The one thing here that no server on loopback can show.
    def hang(*_: object, **__: object) -> list[object]:
        time.sleep(4)
        return []

    monkeypatch.setattr("socket.getaddrinfo", hang)
    asking = PoliteWeb(Sirm(files=tmp_path, max_cases=9), NICE, Store(tmp_path), "2026-01-02")
    start = time.monotonic()
    with pytest.raises(Unavailable, match=r"robots\.txt cannot be had"):
        asking.page(PAGE)
    assert time.monotonic() - start < 3 * DEADLINE + 2


TRUNCATED: dict[str, Fault] = {
    "length": cut_after(20, HTML),
    "nothing": cut_after(0, HTML),
    "gzip": cut_after(30, gzip.compress(HTML), Content_Encoding="gzip"),
    # Cut before it was packed off: the length is right, the content is not.
    "gzip at its origin": body(gzip.compress(HTML)[:-9], Content_Encoding="gzip"),
}


@pytest.mark.parametrize("kind", TRUNCATED)
def test_a_cut_answer_is_asked_again_and_never_recorded(
    kind: str, site: Site, tmp_path: Path
) -> None:
    site.faults[PAGE] = [TRUNCATED[kind]] * 2 + [body(HTML)]
    assert web(site, tmp_path).page(PAGE).data == HTML
    site.faults[IMAGE] = [TRUNCATED[kind]] * 9
    asking = web(site, tmp_path)
    assert refusal(asking, IMAGE).reason == Reason.MISSING_IMAGE
    assert asking.failed == [IMAGE]
    assert not Store(tmp_path).holds(IMAGE)


def raw(text: bytes) -> Fault:
    def fault(handler: object) -> None:
        handler.wfile.write(text)  # type: ignore[attr-defined]
        handler.close_connection = True  # type: ignore[attr-defined]

    return fault


PICTURE = b"\xff\xd8" + bytes(200) + b"\xff\xda" + bytes(100) + b"\xff\xd9"


@pytest.mark.parametrize("count", range(0, len(PICTURE), 37))
def test_a_cut_without_length_is_seen_by_the_missing_end(
    count: int, site: Site, tmp_path: Path
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n"
    site.faults[IMAGE] = [raw(head + PICTURE[:count]), raw(head + PICTURE)]
    assert web(site, tmp_path).page(IMAGE).data == PICTURE
    assert times(site, IMAGE) == 2


def test_a_cut_between_chunks_is_seen(site: Site, tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    site.faults[PAGE] = [raw(head + b"5\r\n<html\r\n"), raw(head + b"6\r\n<html>\r\n0\r\n\r\n")]
    assert web(site, tmp_path).page(PAGE).data == b"<html>"


BOMBS: dict[str, tuple[bytes, str]] = {
    "gzip": (gzip.compress(bytes(30_000_000)), "gzip"),
    "ratio": (gzip.compress(bytes(1_900_000)), "gzip"),
    "unasked": (gzip.compress(HTML), "br"),
    "nested": (gzip.compress(gzip.compress(bytes(30_000_000))), "gzip, gzip"),
    "large": (bytes(3_000_000), "identity"),
    "damaged": (b"not gzip at all", "gzip"),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_not_swallowed(kind: str, site: Site, tmp_path: Path) -> None:
    data, encoding = BOMBS[kind]
    site.faults[PAGE] = [body(data, Content_Encoding=encoding)] * 9
    refusal(web(site, tmp_path))
    assert not Store(tmp_path).holds(PAGE)


def test_a_gzipped_page_is_decoded(site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [body(gzip.compress(HTML * 100), Content_Encoding="gzip")]
    assert web(site, tmp_path).page(PAGE).data == HTML * 100


def to(location: str) -> Fault:
    return lambda handler: redirect(handler, location)


def redirect(handler: object, location: str) -> None:
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
    handler.wfile.write(head.encode())  # type: ignore[attr-defined]


def test_a_redirect_on_the_site_is_followed_and_told(site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [to("/en/post/")]
    site.faults[f"https://{HOST}/en/post/"] = [to(f"https://{HOST}/it/")]
    site.faults[f"https://{HOST}/it/"] = [to(f"{site.base}/{HOST}/last")]
    site.faults[f"https://{HOST}/last"] = [body(HTML)]
    page = web(site, tmp_path).page(PAGE)
    assert (page.url, page.final_url) == (PAGE, f"https://{HOST}/last")


def test_the_body_of_a_redirect_is_not_read(site: Site, tmp_path: Path) -> None:
    bomb, swollen = BOMBS["gzip"][0], {"Location": "/last", "Content-Encoding": "gzip"}
    site.faults[PAGE] = [lambda handler: send(handler, 302, bomb, swollen)]
    site.faults[f"https://{HOST}/last"] = [body(HTML)]
    tracemalloc.start()
    assert web(site, tmp_path).page(PAGE).data == HTML
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


VECTORS = [
    "http://127.0.0.1:9/", "http://localhost/", "http://[::1]/", "http://2130706433/",
    "http://0x7f.1/", "http://0177.0.0.1/", "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/", "http://192.168.0.1/", "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/",
    "file:///etc/passwd", "ftp://www.sirm.org/a", "gopher://www.sirm.org/", "//evil.example/",
    "https://evil.example/", "https://www.sirm.org.evil.example/", "https://www.sirm.org:8443/",
    "https://user@www.sirm.org/", "https://www.sirm.org@127.0.0.1/", "javascript:alert(1)",
    "https://www.sirm.org%2eevil.example/", "https://[::1", "http://\u24db\u24de\u24d2al/",
]  # fmt: skip


@pytest.mark.parametrize("there", VECTORS)
def test_no_redirect_leaves_the_hosts_of_the_source(there: str, site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [to(there.encode("unicode_escape").decode())]
    assert refusal(web(site, tmp_path)).reason == Reason.BLOCKED
    assert len(site.asked) == 2


def test_the_mirror_itself_is_no_way_to_a_private_host(site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [to(f"{site.base}/secrets")]
    assert refusal(web(site, tmp_path)).reason == Reason.BLOCKED
    assert f"https://{HOST}/secrets" not in site.asked


def test_a_name_that_leads_to_a_private_address_is_not_connected_to(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(site.base.rpartition(":")[2])
    # A name server that is not the site's friend: the public name has a private address.
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("127.0.0.1", port))])
    asking = PoliteWeb(Sirm(files=tmp_path, max_cases=9), NICE, Store(tmp_path), "2026-01-02")
    with pytest.raises(Unavailable, match="no public address"):
        asking.page(PAGE)
    assert site.asked == []


def test_a_circle_of_redirects_ends(site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [to("/post/")] * 20
    assert "more than 5 redirects" in refusal(web(site, tmp_path)).detail
    assert times(site) == 6


GATES = [
    b"<html><head><title>Just a moment...</title></head></html>",
    b"<html><title>Attention Required! | Cloudflare</title></html>",
    b"<!doctype html><html><body><form id='challenge-form'></form></body></html>",
    b"<html><title>Access denied</title></html>",
]


@pytest.mark.parametrize("gate", GATES)
def test_a_gate_is_told_from_a_page_and_asked_again_by_the_next_fetch(
    gate: bytes, site: Site, tmp_path: Path
) -> None:
    site.faults[PAGE] = [body(gate), body(HTML)]
    assert refusal(web(site, tmp_path)).reason == Reason.BLOCKED
    assert web(site, tmp_path).page(PAGE).data == HTML


def test_a_page_in_place_of_a_picture_is_a_gate(site: Site, tmp_path: Path) -> None:
    site.faults[IMAGE] = [body(HTML, Content_Type="image/jpeg"), body(PICTURE)]
    assert refusal(web(site, tmp_path), IMAGE).reason == Reason.BLOCKED
    assert web(site, tmp_path).page(IMAGE).data == PICTURE


def test_a_site_that_keeps_turning_us_away_is_left_alone(site: Site, tmp_path: Path) -> None:
    asking = web(site, tmp_path)
    urls = [f"{PAGE}{number}" for number in range(9)]
    site.faults.update({url: [status(403)] * 9 for url in urls})
    for url in urls[:2]:
        refusal(asking, url)
    with pytest.raises(Unavailable, match="turned us away 3 times"):
        asking.page(urls[2])
    assert times(site, urls[3]) == 0


def test_a_picture_cut_off_at_its_origin_is_asked_for_once_more(site: Site, tmp_path: Path) -> None:
    site.faults[IMAGE] = [body(PICTURE[:-40])] * 9
    assert web(site, tmp_path).page(IMAGE).data == PICTURE[:-40]
    assert times(site, IMAGE) == 2


def test_a_page_that_stays_broken_at_its_host_is_one_row(site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [status(500)] * 3 + [body(HTML)]
    assert refusal(web(site, tmp_path)).reason == Reason.MISSING_IMAGE
    assert web(site, tmp_path).page(PAGE).data == HTML


def test_a_rule_that_could_not_be_read_frees_nothing(site: Site, tmp_path: Path) -> None:
    site.faults[f"https://{HOST}/robots.txt"] = [status(503)] * 3 + [
        body(b"User-agent: *\nDisallow: /\n")
    ]
    asking = web(site, tmp_path)
    with pytest.raises(Unavailable):
        asking.page(PAGE)
    assert "disallows" in refusal(asking).detail
    assert times(site) == 0


def test_what_is_gone_is_remembered(site: Site, tmp_path: Path) -> None:
    assert refusal(web(site, tmp_path)).reason == Reason.MISSING_IMAGE
    assert refusal(web(site, tmp_path)).reason == Reason.MISSING_IMAGE
    assert times(site) == 1


ROBOTS: dict[str, tuple[Fault, bool]] = {
    "absent": (status(404), True),
    "free": (body(b"User-agent: *\nDisallow:\n"), True),
    "all closed": (body(b"User-agent: *\nDisallow: /\n"), False),
    "byte order mark": (body(b"\xef\xbb\xbfUser-agent: *\nDisallow: /post\n"), False),
    "wildcard": (body(b"User-agent: *\nDisallow: /*st/$\n"), False),
    "longest match": (body(b"User-agent: *\nDisallow: /\nAllow: /post/\n"), True),
    "our name": (body(b"User-agent: cxr-curation\nDisallow: /post\n"), False),
    "other name": (body(b"User-agent: other\nDisallow: /\n"), True),
    "server error": (status(500), False),
    "unavailable": (status(503), False),
    "forbidden": (status(403), False),
    "gate": (body(GATES[0]), False),
    "cut": (cut_after(5, b"User-agent: *\nDisallow: /\n"), False),
    "elsewhere": (to("https://evil.example/robots.txt"), False),
    "huge": (body(b"User-agent: *\nDisallow: /post\n" + b"#" * 1_900_000), False),
    "beyond the cap": (body(b"#" * 600_000 + b"\nUser-agent: *\nDisallow: /\n"), True),
    "too large": (body(b"#" * 3_000_000), False),
    "latin-1": (body("User-agent: *\n# è\nDisallow: /post\n".encode("latin-1")), False),
}


@pytest.mark.parametrize("kind", ROBOTS)
def test_robots_txt_is_obeyed(kind: str, site: Site, tmp_path: Path) -> None:
    fault, is_allowed = ROBOTS[kind]
    site.faults[f"https://{HOST}/robots.txt"] = [fault] * 9
    site.faults[PAGE] = [body(HTML)]
    if is_allowed:
        assert web(site, tmp_path).page(PAGE).data == HTML
    else:
        with pytest.raises((Rejected, Unavailable), match=r"robots\.txt"):
            web(site, tmp_path).page(PAGE)
        assert times(site) == 0


def test_a_larger_crawl_delay_counts(site: Site, tmp_path: Path) -> None:
    site.faults[f"https://{HOST}/robots.txt"] = [body(b"User-agent: *\nCrawl-delay: 0.4\n")]
    site.faults[PAGE] = [body(HTML)]
    site.faults[IMAGE] = [body(PICTURE)]
    asking, start = web(site, tmp_path), time.monotonic()
    asking.page(PAGE)
    asking.page(IMAGE)
    assert time.monotonic() - start >= 0.4


def test_the_rules_are_asked_for_once_a_day(site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [body(HTML)]
    web(site, tmp_path).page(PAGE)
    refusal(web(site, tmp_path), IMAGE)
    assert times(site, f"https://{HOST}/robots.txt") == 1
