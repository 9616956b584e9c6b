import json
from pathlib import Path

import pytest

from curation.network.recorded import Recorded
from curation.network.store import BrokenStore, Store
from curation.sources.base import Page
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason


def page(number: int, **given: object) -> Page:
    usual: dict[str, object] = {
        "url": f"https://example.org/{number}", "final_url": f"https://example.org/{number}",
        "status": 200, "content_type": "text/html", "data": b"body %d" % number,
        "retrieved": "2026-01-02",
    }  # fmt: skip
    return Page(**{**usual, **given})  # type: ignore[arg-type]  # a test may give any field


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = Store(tmp_path)
    for number in range(3):
        store.put(page(number))
    return tmp_path


def test_what_is_put_comes_back(folder: Path) -> None:
    assert [Store(folder).page(entry.url) for entry in Store(folder)] == [page(n) for n in range(3)]


@pytest.mark.parametrize("cut", range(1, 200, 23))
def test_a_line_torn_by_a_kill_costs_that_line_only(cut: int, folder: Path) -> None:
    index = folder / "responses.jsonl"
    index.write_bytes(index.read_bytes()[:-cut])
    assert not Store(folder).holds(page(2).url)
    (folder / "objects" / "abc.part").write_bytes(b"litter")
    Store(folder).put(page(3))
    lines = [json.loads(line) for line in index.read_text().splitlines()]
    assert [line["url"] for line in lines] == [page(n).url for n in (0, 1, 3)]
    assert not list(folder.rglob("*.part"))


def test_a_later_answer_counts(folder: Path) -> None:
    Store(folder).put(page(1, data=b"newer"))
    assert Store(folder).page(page(1).url).data == b"newer"


WHOLE = {"url": "u", "final_url": "u", "status": 200, "content_type": "", "sha256": "a" * 64,
         "bytes": 1, "retrieved": ""}  # fmt: skip


@pytest.mark.parametrize(
    "line",
    ["{}", "nonsense", '{"url": 1}', "[]", json.dumps({**WHOLE, "status": "200"}),
     json.dumps({**WHOLE, "final_url": None}), json.dumps({**WHOLE, "sha256": ""})],
)  # fmt: skip
def test_a_broken_index_is_named(line: str, folder: Path) -> None:
    with (folder / "responses.jsonl").open("a") as index:
        index.write(line + "\n")
    with pytest.raises(BrokenStore, match="line 4") as found:
        Store(folder)
    assert found.value.exit_code == 4


@pytest.mark.parametrize("position", range(6))
def test_every_flipped_byte_is_found(position: int, folder: Path) -> None:
    (body,) = (f for f in (folder / "objects").iterdir() if f.read_bytes() == b"body 1")
    data = bytearray(body.read_bytes())
    data[position] ^= 1
    body.write_bytes(data)
    with pytest.raises(Rejected, match="damaged") as found:
        Recorded(folder).page(page(1).url)
    assert found.value.reason == Reason.UNREADABLE_IMAGE


def test_a_lost_body_is_a_row_and_no_crash(folder: Path) -> None:
    for body in (folder / "objects").iterdir():
        body.unlink()
    with pytest.raises(Rejected, match="damaged"):
        Recorded(folder).page(page(1).url)
    assert not Store(folder).holds(page(1).url)


@pytest.mark.parametrize(
    ("status", "reason"),
    [(404, Reason.MISSING_IMAGE), (410, Reason.MISSING_IMAGE), (500, Reason.MISSING_IMAGE),
     (403, Reason.BLOCKED), (429, Reason.BLOCKED)],
)  # fmt: skip
def test_a_recorded_refusal_is_a_row(status: int, reason: Reason, tmp_path: Path) -> None:
    Store(tmp_path).put(page(1, status=status))
    with pytest.raises(Rejected) as found:
        Recorded(tmp_path).page(page(1).url)
    assert found.value.reason == reason


def test_an_address_that_was_not_recorded_is_a_row(folder: Path) -> None:
    with pytest.raises(Rejected, match="no recorded response"):
        Recorded(folder).page("https://example.org/other")
