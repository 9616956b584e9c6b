import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from project import ROOT

from curation.work.bench import Bench, closed
from curation.work.cache import FILE, Cache
from curation.work.kind import Kind, code_of, kind
from curation.work.packed import Array, pack, unpack

KIND = Kind(name="sum", version=1, code="c0ffee")
WRITER = """
import sys
from pathlib import Path
from curation.work.cache import Cache
cache = Cache(Path(sys.argv[1]))
print("open", flush=True)
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    cache.put_many("sum", {b"%032d" % number: b"value %d" % number * 1000})
cache.close()
"""


def key(number: int) -> bytes:
    return b"%032d" % number


def writer(folder: Path, first: int, end: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(first), str(end)],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_what_is_put_is_there_for_the_next_who_asks(tmp_path: Path) -> None:
    with closed(Cache(tmp_path)) as cache:
        cache.put_many("sum", {key(1): b"one", key(2): b""})
    with closed(Cache(tmp_path)) as cache:
        assert cache.get_many([key(1), key(2), key(3)]) == {key(1): b"one", key(2): b""}
        assert [tuple(size) for size in cache.sizes()] == [("sum", 2, 3)]


def test_more_keys_than_one_question_holds_are_found(tmp_path: Path) -> None:
    values = {key(number): b"%d" % number for number in range(2000)}
    with closed(Cache(tmp_path)) as cache:
        cache.put_many("sum", values)
        assert cache.get_many(values) == values


def test_a_flipped_bit_is_a_miss_and_never_a_wrong_result(tmp_path: Path) -> None:
    values = {key(number): bytes([number]) * 3000 for number in range(40)}
    with closed(Cache(tmp_path / "whole")) as cache:
        cache.put_many("sum", values)
    for seed in range(60):
        folder = tmp_path / f"flipped-{seed}"
        shutil.copytree(tmp_path / "whole", folder)
        data = bytearray((folder / FILE).read_bytes())
        place = np.frombuffer(key(seed), np.uint8).sum() * 7919 * (seed + 1) % len(data)
        data[place] ^= 1 << seed % 8
        (folder / FILE).write_bytes(data)
        with closed(Cache(folder)) as cache:
            found = cache.get_many(values)
            assert found.items() <= values.items()
            cache.put_many("sum", values)


def test_another_programs_file_is_set_aside_and_work_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with sqlite3.connect(tmp_path / FILE) as theirs:
        theirs.execute("CREATE TABLE songs (title)")
    theirs.close()
    with closed(Cache(tmp_path)) as cache:
        cache.put_many("sum", {key(1): b"one"})
        assert cache.get_many([key(1)]) == {key(1): b"one"}
    assert "set aside as results.sqlite.damaged-1" in caplog.text
    with sqlite3.connect(tmp_path / f"{FILE}.damaged-1") as theirs:
        assert theirs.execute("SELECT count(*) FROM songs").fetchone() == (0,)
    theirs.close()


@pytest.mark.parametrize("rest", [b"not a database at all, whatever it is called" * 99, b"S" * 5])
def test_a_file_that_is_no_database_is_set_aside(tmp_path: Path, rest: bytes) -> None:
    (tmp_path / FILE).write_bytes(rest)
    with closed(Cache(tmp_path)) as cache:
        cache.put_many("sum", {key(1): b"one"})
        assert cache.get_many([key(1)]) == {key(1): b"one"}
    assert (tmp_path / f"{FILE}.damaged-1").read_bytes() == rest


def test_a_file_damaged_in_its_middle_is_set_aside_when_it_is_found_out(tmp_path: Path) -> None:
    values = {key(number): bytes(3000) for number in range(300)}
    with closed(Cache(tmp_path)) as cache:
        cache.put_many("sum", values)
    size = (tmp_path / FILE).stat().st_size
    with (tmp_path / FILE).open("r+b") as file:
        file.seek(20_000)
        file.write(os.urandom(size - 20_000))
    with closed(Cache(tmp_path)) as cache:
        cache.get_many(values)
        cache.put_many("sum", values)
        cache.put_many("sum", values)
        assert cache.get_many(values) == values
    assert (tmp_path / f"{FILE}.damaged-1").exists()


def test_a_place_that_takes_no_file_is_told_once_and_nothing_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    with closed(Cache(tmp_path / "taken")) as cache:
        cache.put_many("sum", {key(1): b"one"})
        assert cache.get_many([key(1)]) == {}
        assert cache.sizes() == []
        assert cache.prune(0) == 0
    assert len(caplog.records) == 1
    assert "work goes on" in caplog.text


def test_a_full_disk_is_told_once_and_what_was_there_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closed(Cache(tmp_path)) as cache:
        cache.put_many("sum", {key(1): b"one"})
        assert cache._base is not None
        # SQLite's own limit is what a full disk is to it.
        cache._base.execute("PRAGMA max_page_count = 12")
        for number in range(2, 9):
            cache.put_many("sum", {key(number): bytes(100_000)})
        assert cache.get_many([key(1)]) == {key(1): b"one"}
    assert len(caplog.records) == 1
    assert "full" in caplog.text


def test_processes_write_at_once_and_all_of_it_is_there(tmp_path: Path) -> None:
    writers = [writer(tmp_path, first, first + 50) for first in (0, 50, 25)]
    assert [process.wait(60) for process in writers] == [0, 0, 0]
    for process in writers:
        process.communicate()
    with closed(Cache(tmp_path)) as cache:
        found = cache.get_many([key(number) for number in range(100)])
        assert found == {key(number): b"value %d" % number * 1000 for number in range(100)}


def test_a_killed_writer_leaves_a_whole_cache(tmp_path: Path) -> None:
    for number in range(5):
        process = writer(tmp_path, number * 100_000, (number + 1) * 100_000)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.02 * (number + 1))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    with closed(Cache(tmp_path)) as cache:
        (size,) = cache.sizes()
        keys = [key(n * 100_000 + m) for n in range(5) for m in range(3000)]
        assert len(cache.get_many(keys)) == size.entries > 0
    assert not list(tmp_path.glob("*.damaged-*"))


def test_what_was_not_used_for_longest_is_dropped_first(tmp_path: Path) -> None:
    with closed(Cache(tmp_path)) as cache:
        cache.put_many("sum", {key(number): bytes(1000) for number in range(10)})
    with closed(Cache(tmp_path)) as cache:
        cache.get_many([key(3), key(7)])
    with closed(Cache(tmp_path)) as cache:
        assert cache.prune(2500) == 8
        assert set(cache.get_many(map(key, range(10)))) == {key(3), key(7)}


def test_a_result_is_made_once_and_then_remembered(tmp_path: Path) -> None:
    made: list[int] = []

    def double(number: int) -> bytes:
        made.append(number)
        return b"%d" % (2 * number)

    asked = [(KIND.key(str(number)), number) for number in range(100)]
    with closed(Cache(tmp_path)) as cache:
        first = list(Bench(cache=cache).results(KIND, double, asked))
        assert first == [b"%d" % (2 * number) for number in range(100)]
        again = [(KIND.key(str(number)), number) for number in (5, 200, 7)]
        assert list(Bench(cache=cache).results(KIND, double, again)) == [b"10", b"400", b"14"]
    assert sorted(made) == [*range(100), 200]


def test_a_key_holds_kind_version_code_and_every_part() -> None:
    others = [KIND.key("a", "b"), KIND.key("ab"), KIND.key("a"),
              Kind(name="sun", version=1, code="c0ffee").key("a", "b"),
              Kind(name="sum", version=2, code="c0ffee").key("a", "b"),
              Kind(name="sum", version=1, code="c0ffef").key("a", "b")]  # fmt: skip
    assert len(set(others)) == len(others)
    assert KIND.key("a", "b") == others[0]


def test_a_change_of_any_module_that_takes_part_changes_the_code(tmp_path: Path) -> None:
    room = tmp_path / "curation"
    (room / "deep").mkdir(parents=True)
    (room / "one.py").write_text("from curation.deep import two\nimport numpy\n")
    (room / "deep/two.py").write_text("import curation.three\n")
    (room / "three.py").write_text("BLUR = 4\n")
    (room / "other.py").write_text("BLUR = 4\n")
    (room / "deep/fitted.csv").write_text("4\n")

    def code() -> str:
        code_of.cache_clear()
        return code_of("curation.one", tmp_path)

    before = code()
    (room / "other.py").write_text("BLUR = 5\n")
    assert code() == before
    for file in ("one.py", "deep/two.py", "three.py", "deep/fitted.csv"):
        text = (room / file).read_text()
        (room / file).write_text(text + "# changed\n")
        assert code() != before, file
        (room / file).write_text(text)
    assert code() == before


def test_a_decoder_that_is_installed_later_changes_the_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = code_of("manifests.contract.images")
    monkeypatch.setattr("curation.work.kind._version", lambda name: f"{name == 'python-gdcm'}")
    with_gdcm = code_of.__wrapped__("manifests.contract.images")
    monkeypatch.setattr("curation.work.kind._version", lambda _: "False")
    assert len({before, with_gdcm, code_of.__wrapped__("manifests.contract.images")}) == 3


def test_the_real_kinds_see_the_modules_behind_them() -> None:
    film, pair = kind("film", 1, "curation.pixels.film"), kind("pair", 1, "curation.view_of_none")
    assert film.code != pair.code


@pytest.mark.parametrize("seed", range(20))
def test_what_is_packed_comes_back(seed: int) -> None:
    chance = np.random.default_rng(seed)
    about = {"score": chance.random(), "name": "Ä\0", "none": None}
    parts: list[bytes | Array] = [
        np.arange(seed, dtype=np.int16).reshape(1, -1), chance.bytes(9), b"",
        np.zeros((0, 128), np.uint8), np.full((2, 3), chance.random(), np.float32),
    ]  # fmt: skip
    found, (first, second, third, fourth, fifth) = unpack(pack(about, parts))
    assert found == about
    assert (second, third) == (parts[1], b"")
    for one, other in zip((first, fourth, fifth), (parts[0], parts[3], parts[4]), strict=True):
        assert isinstance(other, np.ndarray)
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        assert np.array_equal(one, other)


def test_an_object_is_never_packed() -> None:
    with pytest.raises(TypeError, match="is not packed"):
        pack({}, [np.array([object()])])


def test_the_command_shows_what_is_remembered_and_forgets_it(tmp_path: Path) -> None:
    shutil.copy(ROOT / "params.yaml", tmp_path)
    with closed(Cache(tmp_path / ".cache/cxr")) as cache:
        cache.put_many("film", {key(number): bytes(500_000) for number in range(4)})

    def cxr(*words: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "curation", *words], capture_output=True, text=True, check=True,
            cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
        ).stdout  # fmt: skip

    assert "film: 4 results, 2.0 MB" in cxr("cache")
    assert "4 results are forgotten" in cxr("cache", "--clear")
    assert cxr("cache", "--json") == ""
    assert (tmp_path / ".cache/cxr" / FILE).stat().st_size < 500_000
