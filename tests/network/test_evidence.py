"""Every response is kept with headers, moment and hash, and goes out as a WARC."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from replica_server import Fault, Site, body, cut_after, send, serve
from warcio.archiveiterator import ArchiveIterator

from curation.network.errors import Mismatch
from curation.network.export import export
from curation.network.fetch import Params, fetch
from curation.network.signed import unsigned
from curation.network.store import BrokenStore, Store
from curation.network.web import PoliteWeb
from curation.sources.base import About, Importer, Page, Remote
from curation.sources.sirm import Sirm
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected

NICE = Params(
    contact="data@example.org", seconds_between_requests=0.0, deadline_seconds=1.0,
    max_page_mb=2, max_file_gb=0.01, retries=2, max_wait_seconds=1.0,
)  # fmt: skip
HOST, SITE = "archive.example.org", "https://www.sirm.org"
PAGE, PLACE = f"{SITE}/post/", f"{SITE}/it/post/"
HTML = b"<!DOCTYPE html><html><h1>caso 1</h1></html>"
NOW = "2026-01-02T10:20:30Z"
SECRETS = {
    "Set-Cookie": "id=hush", "Authorization": "hush", "X-CSRF-Token": "hush", "X-Api-Key": "hush",
    "WWW-Authenticate": "hush", "X-Amz-Security-Token": "hush", "Proxy-Authorization": "hush",
    "X-Session-Id": "hush", "X-Signature": "hush", "X-Auth": "hush",
}  # fmt: skip
OTHERS = {"ETag": '"1"', "X-Author": "Rossi", "Last-Modified": "Fri, 02 Jan 2026 10:00:00 GMT"}


class Archive(Importer):
    about: ClassVar[About] = About(
        title="Archive", homepage=f"https://{HOST}", license="CC-BY-4.0", paper="",
        license_url="", citation="", hosts=(HOST,),
    )  # fmt: skip
    names: tuple[str, ...]

    def remotes(self, files: Path) -> Iterator[Remote]:
        assert files.is_dir()
        yield from (Remote(url=f"https://{HOST}/{name}", name=name) for name in self.names)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as running:
        yield running


def web(site: Site, folder: Path, now: str = NOW) -> PoliteWeb:
    source = Sirm(files=folder, max_cases=9, mirrors=site.mirrors("www.sirm.org"))
    return PoliteWeb(source, NICE, Store(folder), now[:10], lambda: now)


def redirect(there: str) -> Fault:
    return lambda handler: send(handler, 301, b"moved", {"Location": there, **SECRETS})


def records(place: Path) -> list[dict[str, Any]]:
    found = []
    with place.open("rb") as data:
        for record in ArchiveIterator(data, check_digests="raise"):
            http = record.http_headers
            found.append(
                {**dict(record.rec_headers.headers),
                 "head": http.headers if http else [], "payload": record.content_stream().read(),
                 "status": http.statusline if http else ""}
            )  # fmt: skip
    return found


def test_an_answer_is_kept_with_headers_moment_and_way(site: Site, tmp_path: Path) -> None:
    packed = gzip.compress(HTML)
    headers = {"Content-Encoding": "gzip", "Content-Type": "text/html", **SECRETS, **OTHERS}
    site.faults[PAGE] = [redirect("/it/post/")]
    site.faults[PLACE] = [lambda handler: send(handler, 200, packed, headers)]
    web(site, tmp_path).page(PAGE)
    entry = Store(tmp_path).entry(PAGE)
    assert entry is not None
    assert (entry.received, entry.retrieved, entry.final_url) == (NOW, NOW[:10], PLACE)
    assert entry.sha256 == hashlib.sha256(HTML).hexdigest()
    kept = {line[0]: line[1] for line in entry.headers}
    assert {name: kept[name] for name in OTHERS} == OTHERS
    assert {kept[name] for name in SECRETS} == {"(not kept)"}
    (hop,) = entry.redirects
    assert (hop["url"], hop["status"]) == (PAGE, 301)
    assert ["Location", PLACE] in hop["headers"]
    assert "hush" not in (tmp_path / "responses.jsonl").read_text()


SIGNED = {
    "/p?X-Amz-Signature=hush&X-Amz-Credential=hush%2Fs3&X-Amz-Date=hush&part=1":
        "/p?X-Amz-Signature=(not kept)&X-Amz-Credential=(not kept)&X-Amz-Date=(not kept)&part=1",
    "/p?part=1&Expires=hush&Signature=hush,hush~&Key-Pair-Id=hush":
        "/p?part=1&Expires=(not kept)&Signature=(not kept)&Key-Pair-Id=(not kept)",
    "/p?sv=2020&sig=hush%3D": "/p?sv=2020&sig=(not kept)",
    "/p?a=1;TOKEN=hush": "/p?a=1;TOKEN=(not kept)",
    "/p?access_token=hush": "/p?access_token=(not kept)",
    "/p?next=https%3A%2F%2Fx%2F%3Fsig%3Dhush": "/p?next=(not kept)",
    "/p?next=/d/1/hush/download": "/p?next=/d/1/(not kept)/download",
    "/d/1/b1!hush-hush_hush./download": "/d/1/(not kept)/download",
    "/en/d/post/?lang=us&design=2&p=": "/en/d/post/?lang=us&design=2&p=",
}  # fmt: skip


@pytest.mark.parametrize("there", SIGNED)
def test_a_signed_address_is_asked_whole_and_kept_without(
    there: str, site: Site, tmp_path: Path
) -> None:
    place, links = f"{SITE}{there}", {"Link": f"<{SITE}{there}>; rel=next"}
    site.faults[PAGE] = [redirect(there)]
    site.faults[place] = [redirect("/it/post/?sig=hush"), body(HTML)]
    site.faults[f"{PLACE}?sig=hush"] = [
        lambda handler: send(handler, 301, b"", {"Location": there, **links})
    ]
    web(site, tmp_path / "raw").page(PAGE)
    assert site.asked[-3:] == [place, f"{PLACE}?sig=hush", place]
    entry = Store(tmp_path / "raw").entry(PAGE)
    assert entry is not None
    assert entry.final_url == SITE + SIGNED[there]
    first, second, third = entry.redirects
    assert (first["url"], second["url"]) == (PAGE, SITE + SIGNED[there])
    assert third["url"] == f"{PLACE}?sig=(not kept)"
    assert ["Location", SITE + SIGNED[there]] in first["headers"]
    assert ["Link", f"<{SITE}{SIGNED[there]}>; rel=next"] in third["headers"]
    export("sirm", tmp_path / "raw", tmp_path / "lock", tmp_path / "a.warc.gz")
    assert "hush" not in (tmp_path / "raw" / "responses.jsonl").read_text()
    assert b"hush" not in gzip.decompress((tmp_path / "a.warc.gz").read_bytes())


def test_a_name_in_other_letters_is_known_too() -> None:
    assert unsigned("/p?X%2Damz%2Dsignature=hush") == "/p?X%2Damz%2Dsignature=(not kept)"


def test_an_importers_file_from_a_signed_address_goes_without(site: Site, tmp_path: Path) -> None:
    folder, lock, data = tmp_path / "raw" / "archive", tmp_path / "lock", b"0" * 200_000
    there = f"https://{HOST}/d/1/hush/download?sig=hush"
    site.faults[f"https://{HOST}/a.tar.gz"] = [redirect(there)] * 2
    site.files[there] = data
    site.faults[there] = [
        cut_after(70_000, data, ETag=f'"{hashlib.sha256(data).hexdigest()[:12]}"')
    ]
    source = Archive(files=folder, mirrors=site.mirrors(HOST), names=("a.tar.gz",))
    fetch("archive", source, NICE, folder, lock)
    assert (folder / "a.tar.gz").read_bytes() == data
    export("archive", folder, lock, tmp_path / "a.warc.gz")
    kept = f"https://{HOST}/d/1/(not kept)/download?sig=(not kept)"
    journal = folder.with_name(".archive.came.jsonl").read_text()
    for told in (lock.read_text(), journal):
        assert f'"final_url": "{kept}"' in told
    assert f'["Location", "{kept}"]' in journal
    for place in (p for p in tmp_path.rglob("*") if p.is_file()):
        packed = place.read_bytes()
        assert b"hush" not in (gzip.decompress(packed) if place.suffix == ".gz"
                               and place.parent == tmp_path else packed)  # fmt: skip


def test_what_was_asked_for_is_kept_whole(site: Site, tmp_path: Path) -> None:
    asked = f"{PAGE}?token=ours"
    site.faults[asked] = [body(HTML)]
    web(site, tmp_path).page(asked)
    entry = Store(tmp_path).entry(asked)
    assert entry is not None
    assert entry.final_url == asked


@pytest.mark.parametrize(
    "there", ["https://evil.example/?sig=hush", "https://[?sig=hush", "/closed/?sig=hush"]
)
def test_a_refusal_does_not_tell_the_signature(there: str, site: Site, tmp_path: Path) -> None:
    site.faults[f"{SITE}/robots.txt"] = [body(b"User-agent: *\nDisallow: /closed/\n")]
    site.faults[PAGE] = [redirect(there)]
    with pytest.raises(Rejected, match=r"sig=\(not kept\)") as found:
        web(site, tmp_path).page(PAGE)
    assert "hush" not in str(found.value)


def test_several_lines_of_one_header_stay_several(site: Site, tmp_path: Path) -> None:
    def twice(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Link", "<a>")
        handler.send_header("Link", "<b>; rel=next,\r\n folded")
        handler.send_header("Content-Length", str(len(HTML)))
        handler.end_headers()
        handler.wfile.write(HTML)

    site.faults[PAGE] = [twice]
    web(site, tmp_path).page(PAGE)
    entry = Store(tmp_path).entry(PAGE)
    assert entry is not None
    assert [v for n, v in entry.headers if n == "Link"] == ["<a>", "<b>; rel=next, folded"]


def test_a_mirror_is_not_told(site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [redirect(f"{site.base}/www.sirm.org/it/post/")]
    site.faults[PLACE] = [body(HTML)]
    web(site, tmp_path).page(PAGE)
    assert "127.0.0.1" not in (tmp_path / "responses.jsonl").read_text()


def test_lines_without_evidence_are_read_as_before(site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [body(HTML)]
    page = web(site, tmp_path).page(PAGE)
    index = tmp_path / "responses.jsonl"
    lines = [json.loads(line) for line in index.read_text().splitlines()]
    for line in lines:
        del line["headers"], line["received"]
    index.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert Store(tmp_path).page(PAGE) == page
    assert web(site, tmp_path).page(PAGE) == page


@pytest.mark.parametrize(
    "told", [{"headers": "x"}, {"headers": [["a"]]}, {"headers": [["a", 1]]}, {"received": 1},
             {"redirects": [{}]}, {"redirects": [{"headers": [1]}]}],
)  # fmt: skip
def test_broken_evidence_is_named(told: dict[str, object], site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [body(HTML)]
    web(site, tmp_path).page(PAGE)
    index = tmp_path / "responses.jsonl"
    last = json.loads(index.read_text().splitlines()[-1])
    index.write_text(json.dumps({**last, **told}) + "\n")
    with pytest.raises(BrokenStore, match="line 1"):
        Store(tmp_path)


def test_a_snapshot_goes_out_as_a_warc_and_comes_back(site: Site, tmp_path: Path) -> None:
    folder, out, other = tmp_path / "raw", tmp_path / "a.warc.gz", tmp_path / "b.warc.gz"
    site.faults[PAGE] = [redirect("/it/post/")]
    packed = gzip.compress(HTML)
    headers = {"Content-Encoding": "gzip", "Content-Type": "text/html", "X-Name": "è", **SECRETS}
    site.faults[PLACE] = [lambda handler: send(handler, 200, packed, headers)]
    picture = f"{SITE}/wp-content/uploads/1.png"
    site.faults[picture] = [body(b"\x89PNG IEND", X_Robots_Tag="noai")]
    gate = f"{SITE}/gate/"
    site.faults[gate] = [body(b"<html><title>Just a moment</title>"), body(HTML)]
    web(site, folder).page(PAGE)
    for url in (picture, gate):
        with pytest.raises(Rejected):
            web(site, folder).page(url)
    web(site, folder, "2026-01-03T00:00:00Z").page(gate)
    count = export("sirm", folder, tmp_path / "lock", out)
    export("sirm", folder, tmp_path / "lock", other)
    assert out.read_bytes() == other.read_bytes()
    found = records(out)
    assert len(found) == count
    assert [r["WARC-Type"] for r in found] == ["warcinfo"] + ["response"] * (count - 1)
    assert len({r["WARC-Record-ID"] for r in found}) == count
    said = [(r["WARC-Target-URI"], r["status"][:3], r["payload"]) for r in found[1:]]
    hop, page, reserved, shut, *_, opened = said[1:]
    assert hop == (PAGE, "301", b"")
    assert page == (PLACE, "200", HTML)
    assert reserved == (picture, "200", b"")
    assert shut[0] == opened[0] == gate
    assert opened[2] == HTML
    assert {r["WARC-Date"] for r in found} == {NOW, "2026-01-03T00:00:00Z"}
    (told,) = (r for r in found if r.get("WARC-Target-URI") == PLACE)
    assert told["WARC-Payload-Digest"] == f"sha256:{hashlib.sha256(HTML).hexdigest()}"
    assert ("X-Archive-Orig-Content-Encoding", "gzip") in told["head"]
    assert ("Content-Length", str(len(HTML))) in told["head"]
    assert "WARC-Truncated" in {r["WARC-Target-URI"]: r for r in found[1:]}[picture]
    text = gzip.decompress(out.read_bytes())
    assert text.startswith(b"WARC/1.1\r\n")
    for private in (b"hush", b"data@example.org", b"example.org/data", b"127.0.0.1"):
        assert private not in text


def test_each_record_is_compressed_by_itself(site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [body(HTML)]
    web(site, tmp_path / "raw").page(PAGE)
    count = export("sirm", tmp_path / "raw", tmp_path / "lock", tmp_path / "a.warc.gz")
    data = (tmp_path / "a.warc.gz").read_bytes()
    assert len(re.findall(rb"\x1f\x8b\x08\x00\x00\x00\x00\x00", data)) == count


def test_a_line_of_old_says_by_which_address_it_was_asked(tmp_path: Path) -> None:
    digest = hashlib.sha256(HTML).hexdigest()
    (tmp_path / "raw" / "objects").mkdir(parents=True)
    (tmp_path / "raw" / "objects" / digest).write_bytes(HTML)
    line = {"url": PAGE, "final_url": PLACE, "status": 200, "content_type": "text/html",
            "sha256": digest, "bytes": len(HTML), "retrieved": "2025-12-31"}  # fmt: skip
    (tmp_path / "raw" / "responses.jsonl").write_text(json.dumps(line) + "\n")
    export("sirm", tmp_path / "raw", tmp_path / "lock", tmp_path / "a.warc.gz")
    _, page, via = records(tmp_path / "a.warc.gz")
    assert (page["WARC-Target-URI"], page["WARC-Date"], page["payload"]) == (
        PLACE, "2025-12-31", HTML,
    )  # fmt: skip
    assert (via["WARC-Type"], via["WARC-Concurrent-To"]) == ("metadata", page["WARC-Record-ID"])
    assert via["payload"] == f"via: {PAGE}\r\n".encode()


def test_a_damaged_body_does_not_go_out(site: Site, tmp_path: Path) -> None:
    site.faults[PAGE] = [body(HTML)]
    web(site, tmp_path / "raw").page(PAGE)
    (stored,) = (p for p in (tmp_path / "raw" / "objects").iterdir() if p.read_bytes() == HTML)
    stored.write_bytes(HTML.upper())
    with pytest.raises(Mismatch, match="is damaged") as found:
        export("sirm", tmp_path / "raw", tmp_path / "lock", tmp_path / "a.warc.gz")
    assert found.value.exit_code == 4
    assert not list(tmp_path.glob("a.warc*"))


def test_what_was_drawn_is_no_evidence(tmp_path: Path) -> None:
    with pytest.raises(Misspelt, match="holds no answers; `cxr fetch sirm` fills it"):
        export("sirm", tmp_path / "raw", tmp_path / "lock", tmp_path / "a.warc.gz")
    Store(tmp_path / "raw").put(
        Page(url=PAGE, final_url=PAGE, status=200, content_type="text/html", data=HTML)
    )
    with pytest.raises(Misspelt, match="drawn answers"):
        export("sirm", tmp_path / "raw", tmp_path / "lock", tmp_path / "a.warc.gz")


def test_an_importers_files_keep_their_answers_and_go_out(site: Site, tmp_path: Path) -> None:
    folder, lock = tmp_path / "raw" / "archive", tmp_path / "lock"
    names = ("a.tar.gz", "b.tar.gz", "gone.tar.gz")
    files = {f"https://{HOST}/{n}": n.encode() * 20_000 for n in names[:2]}
    site.files = files
    data = files[f"https://{HOST}/b.tar.gz"]
    site.faults[f"https://{HOST}/b.tar.gz"] = [
        cut_after(70_000, data, ETag=f'"{hashlib.sha256(data).hexdigest()[:12]}"')
    ]
    source = Archive(files=folder, mirrors=site.mirrors(HOST), names=names)
    fetch("archive", source, NICE, folder, lock)
    journal = [json.loads(line) for line in
               folder.with_name(".archive.came.jsonl").read_text().split("\n") if line]  # fmt: skip
    whole, resumed = (line["answer"] for line in journal[:2])
    assert (whole["status"], resumed["status"]) == (200, 206)
    assert ["Content-Type", "application/gzip"] in whole["headers"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", whole["received"])
    assert "answer" not in lock.read_text()
    # A second fetch takes its lines from the journal, and tells the lock the same.
    before = lock.read_bytes()
    lock.unlink()
    fetch("archive", source, NICE, folder, lock)
    assert lock.read_bytes() == before
    export("archive", folder, lock, tmp_path / "a.warc.gz")
    found = {r.get("WARC-Target-URI"): r for r in records(tmp_path / "a.warc.gz")}
    assert {url: found[url]["payload"] for url in files} == files
    assert [found[url]["WARC-Type"] for url in files] == ["response", "resource"]
    assert f"https://{HOST}/robots.txt" in found
    (folder / "a.tar.gz").write_bytes(b"other")
    with pytest.raises(Mismatch, match="is not the file that was fetched"):
        export("archive", folder, lock, tmp_path / "a.warc.gz")
