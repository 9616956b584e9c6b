"""Pushes that are killed in the middle, that race, and histories that are taken away."""

import copy
import hashlib
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hub.faults import HANG, HOLD, Rule
from hub.repositories import HEADS, MAIN, Entry
from hub.server import HubServer
from pushing import NAME, ROOT, TOKEN, cxr_release, on_hub, placed, push, started
from staged import FREE, NONCOMMERCIAL, files, films, staged

from curation.network.errors import Unavailable
from curation.network.hub.errors import OtherContent, StillInUse
from curation.network.hub.fetching import downloaded
from curation.network.hub.patience import Patience
from curation.network.hub.repository import repository
from curation.network.hub.squash import squash
from curation.publish.inventory import read_inventory
from curation.publish.ledger import published

WAIT = 60
"""Seconds that a moment may take to come."""


def wait_for(moment: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT
    while not moment():
        assert time.monotonic() < end, "the moment never came"
        time.sleep(0.01)


def test_a_push_killed_in_the_middle_of_a_shard_sends_the_others_once(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    hub.rules(Rule(fault=HANG, method="PUT", path="/objects/", first=6, last=6))
    folder = releases / "0.2.0/dataset"
    shards = sorted(folder.glob("data/*/*.parquet"))
    assert len(shards) == 6
    words = ("push", NAME, "--version", "0.2.0", "--releases", str(releases), "--yes")
    running = started(hub, tmp_path, *words)
    wait_for(lambda: hub.plan.held.is_set() and len(hub.repository(NAME).stored) == 5)
    running.kill()
    running.communicate()
    hub.plan.let_go.set()
    assert on_hub(hub) == {}

    there = set(hub.repository(NAME).stored)
    hub.log.clear()
    push(hub, tmp_path, releases, "0.2.0", "--yes")
    missing = {path: sha256 for path, sha256 in files(folder).items() if sha256 not in there}
    assert [(folder / path).stat().st_size for path in missing if path.endswith(".parquet")] == [
        hub.sent()
    ]
    assert hub.plan.injected == 1
    assert files(folder) == on_hub(hub) == on_hub(hub, "v0.2.0")


@pytest.mark.parametrize(("other", "code"), [("0.1.0", 7), ("0.2.0", 0)])
def test_of_two_pushes_that_race_the_second_looks_again(
    hub: HubServer, releases: Path, tmp_path: Path, other: str, code: int
) -> None:
    hub.world.create("dataset", NAME, is_private=True)
    hub.rules(Rule(fault=HOLD, path="/commit/"))
    words = ("push", NAME, "--version", "0.2.0", "--releases", str(releases), "--yes")
    late = started(hub, tmp_path, *words)
    wait_for(hub.plan.held.is_set)
    push(hub, tmp_path, releases, other, "--yes")
    hub.plan.let_go.set()
    _, said = late.communicate(timeout=WAIT)
    assert code == late.returncode
    assert said == (
        f"error: {NAME}: somebody else changed it meanwhile; repeat this\n" * bool(code)
    )
    assert files(releases / other / "dataset") == on_hub(hub)
    push(hub, tmp_path, releases, "0.2.0", "--yes")
    assert files(releases / "0.2.0/dataset") == on_hub(hub) == on_hub(hub, "v0.2.0")
    assert len({other, "0.2.0"}) == len(hub.commits(NAME)) - 1


def test_a_squash_leaves_nothing_of_a_film_that_was_withdrawn(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    placed(hub, releases, "0.1.0")
    placed(hub, releases, "0.2.0")
    withdrawn = set(on_hub(hub).values())
    shutil.copy(ROOT / "params.yaml", tmp_path)
    staged(tmp_path / "later", "0.3.0", [*films(6, FREE), *films(3, NONCOMMERCIAL, start=1)])
    said = push(hub, tmp_path, tmp_path / "later", "0.3.0", "--yes", "--squash-history")
    kept = set(on_hub(hub).values())
    assert withdrawn - kept
    assert not {sha256 for sha256 in withdrawn - kept if sha256 in hub.repository(NAME).stored}
    assert hub.commits(NAME) == ["Release 0.3.0 of little-set"]
    assert [ref for ref in hub.repository(NAME).refs if "tags" in ref] == ["refs/tags/v0.3.0"]
    assert "2 older tags v0.1.0, v0.2.0" in said
    assert "Forks, clones and caches elsewhere cannot be reached" in said
    assert "merged or closed keep their commits and lose every large file" in said
    done = cxr_release(hub, tmp_path, "verify", f"{NAME}@0.1.0")
    assert done.returncode == 2
    [line] = published(tmp_path / "manifests/releases.csv")
    assert (line.revision, line.squashed) == (hub.repository(NAME).refs[MAIN], "yes")


@pytest.mark.parametrize("going", ["pull request 1 (mine)", "branch later"])
def test_a_squash_waits_for_the_work_of_others(
    hub: HubServer, releases: Path, tmp_path: Path, going: str
) -> None:
    placed(hub, releases, "0.1.0")
    there, data = hub.repository(NAME), b"a shard of somebody else"
    hub.world.keep(data)
    other = Entry.lfs(hashlib.sha256(data).hexdigest(), len(data))
    there.stored.add(other.sha256)
    if going.startswith("pull"):
        there.propose({"data/other.parquet": other}, "mine", None, "stranger")
    else:
        there.refs[HEADS + "later"] = there.refs[MAIN]
        there.change(HEADS + "later", {"data/other.parquet": other}, "mine", None)
    before = copy.deepcopy(there)
    words = ("push", NAME, "--version", "0.2.0", "--releases", str(releases), "--yes",
             "--squash-history")  # fmt: skip
    done = cxr_release(hub, tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"would destroy the large files of {going}; merge, close or delete" in done.stderr
    assert before == there

    if going.startswith("pull"):
        there.pulls[1].status = "closed"
    else:
        del there.refs[HEADS + "later"]
    done = cxr_release(hub, tmp_path, *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert files(releases / "0.2.0/dataset") == on_hub(hub) == on_hub(hub, "v0.2.0")
    assert other.sha256 not in there.stored


def test_what_is_begun_during_a_squash_keeps_its_objects(hub: HubServer, releases: Path) -> None:
    placed(hub, releases, "0.1.0")
    placed(hub, releases, "0.2.0")
    folder = releases / "0.2.0/dataset"
    own = repository(NAME, "dataset", endpoint=hub.url, token=TOKEN)
    hub.rules(Rule(fault=HOLD, method="POST", path="/super-squash/"))
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(squash, own, folder, read_inventory(folder))
        wait_for(hub.plan.held.is_set)
        there = hub.repository(NAME)
        there.propose({"more.txt": hub.world.keep(b"more")}, "mine", None, "stranger")
        stored = set(there.stored)
        hub.plan.let_go.set()
        with pytest.raises(StillInUse, match=r"pull request 1 \(mine\)"):
            late.result(WAIT)
    assert stored == there.stored


def test_a_squash_is_only_done_with_yes(hub: HubServer, releases: Path, tmp_path: Path) -> None:
    done = cxr_release(
        hub, tmp_path, "push", NAME, "--version", "0.1.0", "--releases", str(releases),
        "--squash-history",
    )  # fmt: skip
    assert done.returncode == 2
    assert "only with --yes" in done.stderr
    assert hub.log == []


def test_a_fetch_that_broke_off_asks_only_for_the_rest(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    placed(hub, releases, "0.2.0")
    there = repository(
        NAME, "dataset", endpoint=hub.url, token=TOKEN,
        patience=Patience(tries=1),
    )  # fmt: skip
    hub.log.clear()
    hub.rules(Rule(fault=HANG, method="GET", path="/objects/", first=3, last=3))
    hub.plan.let_go.set()
    with pytest.raises(Unavailable, match="repeat the command: what was sent or fetched is kept"):
        downloaded(NAME, "0.2.0", tmp_path / "back", ["data/*", "*.json"], hub=there)
    downloaded(NAME, "0.2.0", tmp_path / "back", ["data/*", "*.json"], hub=there)
    asked = [asked.path for asked in hub.log
             if asked.method == "GET" and asked.path.startswith("/objects/")]  # fmt: skip
    assert (len(set(asked)), len(asked), hub.plan.injected) == (6, 7, 1)
    back = {place.relative_to(tmp_path / "back").as_posix()
            for place in (tmp_path / "back").rglob("*") if place.is_file()}  # fmt: skip
    assert {path for path in files(releases / "0.2.0/dataset")
            if path.startswith("data/") or path.endswith(".json")} == back  # fmt: skip


def test_a_file_that_would_leave_its_folder_is_not_fetched(
    hub: HubServer, releases: Path, tmp_path: Path
) -> None:
    placed(hub, releases, "0.1.0")
    hub.repository(NAME).change(MAIN, {"../../evil.sh": hub.world.keep(b"rm")}, "!", None)
    there = repository(NAME, "dataset", endpoint=hub.url, token=TOKEN)
    with pytest.raises(OtherContent, match="whose name leaves its folder"):
        downloaded(NAME, "main", tmp_path / "a/b", hub=there)
    assert not list(tmp_path.rglob("evil.sh"))
