import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, LocalCluster
from textures import texture

from curation.duplicates.search import scored
from curation.sources.cohen import Cohen
from curation.stages import ingest
from curation.work import kind
from curation.work.bench import Bench, closed
from curation.work.cache import Cache
from curation.work.cluster import NoCluster, Sent
from curation.work.each import each
from manifests.contract.faults import told_in_sentences
from manifests.contract.packing import png
from manifests.contract.record import Record
from manifests.contract.table import RECORDS, write
from manifests.contract.working import WorkingCopies, write_working

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests/sources/fixtures/cohen"
TERMS = ROOT / "manifests/terms.yaml"
PARAMS = ingest.Params(max_side=96, max_megapixels=4)


def length(data: bytes) -> bytes:
    if data == b"bad":
        raise ValueError("a bad one")
    return b"%d" % len(data)


def files(folder: Path) -> dict[str, bytes]:
    return {
        place.relative_to(folder).as_posix(): place.read_bytes()
        for place in sorted(folder.rglob("*")) if place.is_file()
    }  # fmt: skip


def ingested(folder: Path, bench: Bench) -> dict[str, bytes]:
    folder.mkdir()
    source = Cohen(files=FIXTURE, commit="drawn")
    verdict = ingest.main("cohen", source, folder, TERMS, PARAMS, bench)
    write(folder / RECORDS, verdict.kept, Record)
    return files(folder)


def test_results_come_in_order_and_few_are_on_the_way() -> None:
    begun: list[int] = []

    def items() -> Iterator[int]:
        for number in range(500):
            begun.append(number)
            yield number

    made = each(str, items())
    assert next(made) == "0"
    assert len(begun) <= 2 * (os.cpu_count() or 1)
    assert list(made) == [str(number) for number in range(1, 500)]


def test_an_exception_is_raised_where_its_item_stands() -> None:
    made = each(length, [b"one", b"bad", b"three"])
    assert next(made) == b"3"
    with pytest.raises(ValueError, match="a bad one"):
        next(made)


def test_a_cluster_gives_the_bytes_of_this_machine_for_a_source(
    cluster: str, tmp_path: Path
) -> None:
    alone = ingested(tmp_path / "alone", Bench())
    assert len(alone) > 1
    assert ingested(tmp_path / "cluster", Bench(cluster=cluster)) == alone
    with closed(Cache(tmp_path / "cache")) as cache:
        assert ingested(tmp_path / "first", Bench(cluster=cluster, cache=cache)) == alone
        assert ingested(tmp_path / "second", Bench(cache=cache)) == alone


def test_a_cluster_finds_the_copies_that_this_machine_finds(cluster: str, tmp_path: Path) -> None:
    films = {f"x/{number:02d}": texture(number) for number in range(12)}
    films |= {f"x/copy{number}": films[f"x/{number:02d}"][20:-30, 12:-9] for number in range(4)}
    write_working(tmp_path, films.items())
    copies = WorkingCopies([tmp_path])
    alone = scored(list(films), copies, 4)
    assert max(alone.values())[0] > 0.9
    assert scored(list(films), copies, 4, Bench(cluster=cluster)) == alone


def test_a_search_from_memory_finds_the_same_and_looks_at_new_films_only(tmp_path: Path) -> None:
    films = {f"x/{number:02d}": texture(number) for number in range(14)}
    write_working(tmp_path / "films", films.items())
    copies = WorkingCopies([tmp_path / "films"])
    some = sorted(films)[::2]
    with closed(Cache(tmp_path / "cache")) as cache:
        bench = Bench(cache=cache)
        scored(some, copies, 4, bench)
        held = {size.kind: size.entries for size in cache.sizes()}
        assert held["descriptors"] == held["features"] == len(some)
        assert scored(list(films), copies, 4, bench) == scored(list(films), copies, 4)
        assert {size.kind: size.entries for size in cache.sizes()}["features"] == len(films)
        found = cache.sizes()
        assert scored(list(films), copies, 4, bench) == scored(list(films), copies, 4)
        assert cache.sizes() == found


def test_a_worker_with_other_code_is_told_and_gives_nothing(
    cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # This machine takes its code to be another; the workers read theirs.
    monkeypatch.setattr("curation.work.cluster.code_of", lambda _: "0ld")
    with pytest.raises(NoCluster, match=r"another version of .*0ld"):
        list(each(png, [texture(1)], cluster=cluster))
    assert kind.code_of(png.__module__) != "0ld"


def test_no_scheduler_at_the_address_is_a_sentence_and_exit_code_3(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Dask knocks until the time is over.
    monkeypatch.setattr("curation.work.cluster.SECONDS", 1)
    with pytest.raises(SystemExit) as ended, told_in_sentences():
        list(each(length, [b"one"], cluster="tcp://127.0.0.1:9"))
    assert ended.value.code == 3
    assert "error: tcp://127.0.0.1:9: no Dask scheduler answers" in capsys.readouterr().err


def test_a_scheduler_that_wants_certificates_is_a_sentence() -> None:
    with pytest.raises(NoCluster, match=r"no Dask scheduler answers there .*TLS"):
        list(each(length, [b"one"], cluster="tls://127.0.0.1:9"))


def test_workers_that_die_are_a_sentence() -> None:
    start: Any = LocalCluster
    connect: Any = Client
    with (
        start(n_workers=1, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as made,
        connect(made.scheduler_address, set_as_default=False) as client,
    ):
        sent = Sent(client.submit(os._exit, 1, pure=False), made.scheduler_address)
        with pytest.raises(NoCluster, match=r"died over its work .*died.*empty compute.scheduler"):
            sent.result()


def test_without_dask_the_sentence_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "distributed.py").write_text("raise ImportError('not installed')")
    script = (
        "from curation.work.each import each\n"
        "try:\n    list(each(str, [1], cluster='tcp://127.0.0.1:9'))\n"
        "except Exception as fault:\n    print(fault, fault.exit_code)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}:{ROOT}"},
    ).stdout  # fmt: skip
    assert "pip install cxr[cluster]" in told
    assert told.endswith("3\n")
