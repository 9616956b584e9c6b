"""The command as a person types it: several at once, and without a permission."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
import yaml
from drawn_shots import sirm_shots
from grants import GRANT
from replica_server import Site, serve
from warcio.archiveiterator import ArchiveIterator

from curation.network.errors import NotPermitted
from curation.network.fetch import Params, fetch
from curation.network.store import Store
from curation.phantom.replicas import sirm
from curation.sources.base import About, Importer, Remote
from curation.sources.sirm import Sirm

ROOT = Path(__file__).parents[2]
NICE = {"contact": "data@example.org", "seconds_between_requests": 0.0, "deadline_seconds": 60,
        "max_page_mb": 2, "max_file_gb": 1, "retries": 2, "max_wait_seconds": 1.0}  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site, and beside it a project folder with params.yaml that fetches from it."""
    sirm.file_shots(tmp_path / "drawn", sirm_shots(), 1)
    (tmp_path / "permission.yaml").write_text(GRANT.format(key="sirm"))
    with serve(tmp_path / "drawn") as running:
        entry = {"files": "data/raw/sirm", "permission": "permission.yaml", "max_cases": 500,
                 "mirrors": running.mirrors(*Sirm.about.hosts)}  # fmt: skip
        params = yaml.safe_load((ROOT / "params.yaml").read_text())
        params |= {"sources": {"sirm": entry}, "fetch": NICE}
        (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
        yield running


def cxr(home: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "curation", *words], cwd=home, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def payloads(folder: Path) -> dict[str, tuple[int, str]]:
    return {e.url: (e.status, e.sha256) for e in Store(folder)}


def test_of_several_runs_at_once_one_fetches_and_the_others_say_who(
    site: Site, tmp_path: Path
) -> None:
    losers_are_out = threading.Event()

    def at(_place: str, _url: str) -> None:
        losers_are_out.wait(timeout=60)

    site.at = at
    runs = [cxr(tmp_path, "fetch", "sirm") for _ in range(5)]
    out: dict[int, tuple[int, str]] = {}

    def wait(run: subprocess.Popen[str]) -> None:
        said = "".join(run.communicate(timeout=120))
        out[run.pid] = run.returncode, said
        if len(out) == len(runs) - 1:
            losers_are_out.set()

    threads = [threading.Thread(target=wait, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = (pid for pid, (code, _) in out.items() if code == 0)
    losers = [said for pid, (_, said) in out.items() if pid != winner]
    assert sorted(code for code, _ in out.values()) == [0, 7, 7, 7, 7]
    for said in losers:
        assert "another fetch is filling it" in said
        assert f"process {winner} on" in said
        assert "Traceback" not in said
    # One index, each answer once, the one of a run that was alone.
    assert len(site.asked) == len(set(site.asked))
    lines = list(Store(tmp_path / "data" / "raw" / "sirm").lines())
    assert len(lines) == len({line.url for line in lines})
    drawn, came = payloads(tmp_path / "drawn"), payloads(tmp_path / "data" / "raw" / "sirm")
    assert {url: came.get(url) for url in drawn} == drawn
    assert not list((tmp_path / "data" / "raw").glob("*.holder.part"))
    # What came goes out as one file.
    run = cxr(tmp_path, "warc", "sirm")
    assert run.communicate(timeout=60)[0].startswith(f"sirm: {len(lines) + 1} records in data/raw")
    with (tmp_path / "data" / "raw" / "sirm.warc.gz").open("rb") as data:
        assert sum(1 for _ in ArchiveIterator(data, check_digests="raise")) == len(lines) + 1


def test_nothing_fetched_is_told_and_an_unknown_source_too(site: Site, tmp_path: Path) -> None:
    for words, found in (("warc", "sirm"), "`cxr fetch sirm` fills it"), (("warc", "srm"), "known"):
        run = cxr(tmp_path, *words)
        said = "".join(run.communicate(timeout=60))
        assert run.returncode == 2
        assert found in said
    assert site.asked == []


class Listed(Importer):
    """Pictures that people showed on a network whose terms rule out copying."""

    about: ClassVar[About] = About(
        title="A social network", homepage="https://social.example", license="NOASSERTION",
        license_url="", paper="", citation="", hosts=("social.example",), needs_permission=True,
    )  # fmt: skip
    permission: Path | None = None

    def remotes(self, files: Path) -> Iterator[Remote]:
        yield Remote(url="https://social.example/1.jpg", name=f"{files.name}.jpg")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (None, r"params\.yaml names none in sources\.listed\.permission"),
        (GRANT.format(key="sirm"), "is for 'sirm'"),
        ("source: listed", "granted_by: Field required"),
    ],
)
def test_an_importer_needs_its_permission_too(
    text: str | None, found: str, site: Site, tmp_path: Path
) -> None:
    place = tmp_path / "listed.yaml"
    if text is not None:
        place.write_text(text)
    source = Listed(
        files=tmp_path / "raw", mirrors=site.mirrors("social.example"),
        permission=place if text is not None else None,
    )  # fmt: skip
    with pytest.raises(NotPermitted, match=f"needs a permission record.*{found}") as refused:
        fetch("listed", source, Params.model_validate(NICE), tmp_path / "raw", tmp_path / "lock")
    assert refused.value.exit_code == 5
    assert site.asked == []
    assert not (tmp_path / "raw").exists()


def test_with_its_permission_an_importer_fetches(site: Site, tmp_path: Path) -> None:
    place = tmp_path / "listed.yaml"
    place.write_text(GRANT.format(key="listed"))
    site.files["https://social.example/1.jpg"] = b"\xff\xd8\xff\xd9"
    source = Listed(
        files=tmp_path / "raw", mirrors=site.mirrors("social.example"), permission=place
    )
    params = Params.model_validate(NICE)
    assert fetch("listed", source, params, tmp_path / "raw", tmp_path / "lock").files == 1
    assert "letter of 2 January 2026" in (tmp_path / "lock").read_text()
