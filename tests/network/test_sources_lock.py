from pathlib import Path
from typing import ClassVar

import pytest

from curation.network import lock
from curation.network.addresses import Addresses
from curation.network.errors import BrokenLock
from curation.sources.base import About, Source
from manifests.contract.params import Misspelt

LINE = '{"source": "x", "kind": "file", "url": "https://example.org"}\n'


class Nowhere(Source):
    about: ClassVar[About] = About(
        title="", homepage="", license="", license_url="", citation="", paper="",
        hosts=("example.org",),
    )  # fmt: skip


@pytest.mark.parametrize(
    "line", [b"\xff\xfe\n", b"{\n", b"[1]\n", b"7\n", b"{}\n", b'{"source": 1}\n', b"<<<<<<< a\n"]
)
def test_a_line_that_is_none_is_named(line: bytes, tmp_path: Path) -> None:
    place = tmp_path / "sources.lock"
    place.write_bytes(LINE.encode() + line)
    with pytest.raises(BrokenLock, match=r"sources\.lock, line 2: no line of a lock") as found:
        lock.read(place)
    assert found.value.exit_code == 4


def test_the_lines_come_back_as_they_were_written(tmp_path: Path) -> None:
    place = tmp_path / "sources.lock"
    lock.replace(place, "x", [{"kind": "file", "url": "https://example.org"}])
    assert place.read_text() == LINE
    assert lock.read(place)[0]["source"] == "x"


@pytest.mark.parametrize("base", ["127.0.0.1:8080", "http://", "http://x:port", "ftp://x", ""])
def test_a_mirror_that_is_no_address_is_named(base: str) -> None:
    source = Nowhere(files=Path(), mirrors={"https://example.org": base})
    with pytest.raises(Misspelt, match="under mirrors is no address"):
        Addresses(source)
