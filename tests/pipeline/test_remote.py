"""A team's remote: pushed to a store that speaks S3, pulled into a fresh clone, the same bytes."""

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from road import copy_project, environment, run, succeed
from team_store import BUCKET, LOGIN, Store

from manifests.contract.record import Record
from manifests.contract.table import read

pytestmark = pytest.mark.long
ROAD = ("--with-deps", "release")
"""All that a release is made of, and no network."""
SECRETS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


class Pushed(NamedTuple):
    """The road, its store, and what became of three pushes."""

    folder: Path
    store: Store
    unanswered: subprocess.CompletedProcess[str]
    """When nobody listened."""
    broken: subprocess.CompletedProcess[str]
    """When the store failed after three files."""
    left: int
    """Files that the broken one brought."""
    whole: subprocess.CompletedProcess[str]


def online(folder: Path) -> dict[str, str]:
    """The environment of who may reach the store; the road itself has no network."""
    return {**LOGIN, "PYTHONPATH": str(folder)}


def dvc(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "dvc", *words, **online(folder))


def connect(folder: Path, store: Store) -> None:
    """As the README says it: the address in the file that git never sees, the login nowhere."""
    for words in (
        ("add", "--local", "--default", "team", f"s3://{BUCKET}/store"),
        ("modify", "--local", "team", "endpointurl", store.address),
    ):
        succeed(folder, "dvc", "remote", *words)


@pytest.fixture(scope="module")
def pushed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pushed]:
    folder = copy_project(
        tmp_path_factory.mktemp("road"), only=("cohen", "nlm_tb"),
        phantom={"patients": 30, "masked": 6},
    )  # fmt: skip
    succeed(folder, "dvc", "repro", "release")
    for words in (("add", "dvc.lock"), ("commit", "-q", "-m", "made")):
        succeed(folder, "git", *words)
    store = Store()
    with store.serving():
        store.client().create_bucket(Bucket=BUCKET)
    connect(folder, store)
    unanswered = dvc(folder, "push", *ROAD)
    with store.serving():
        store.let_through = 3
        broken = dvc(folder, "push", "--jobs", "1", *ROAD)
        left, store.let_through = len(store.files()), None
        whole = dvc(folder, "push", *ROAD)
        yield Pushed(folder, store, unanswered, broken, left, whole)


@pytest.fixture(scope="module")
def clone(pushed: Pushed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another machine: what git has, and then what the store has."""
    folder = tmp_path_factory.mktemp("clone")
    command = ["git", "clone", "-q", str(pushed.folder), str(folder)]
    subprocess.run(command, check=True, env=environment(folder))
    (folder / "home").mkdir(exist_ok=True)
    assert not (folder / "data").exists()
    connect(folder, pushed.store)
    done = dvc(folder, "pull", *ROAD)
    assert done.returncode == 0, done.stderr
    return folder


def digests(folder: Path) -> dict[str, str]:
    """Path -> SHA-256 of all that the road made."""
    places = [*(folder / "data").rglob("*"), *(folder / "manifests").glob("*.parquet"),
              folder / "manifests" / "summary.json"]  # fmt: skip
    return {
        place.relative_to(folder).as_posix(): hashlib.sha256(place.read_bytes()).hexdigest()
        for place in places if place.is_file()
    }  # fmt: skip


def test_a_push_without_a_server_fails_and_a_broken_one_goes_on_where_it_stopped(
    pushed: Pushed,
) -> None:
    assert pushed.unanswered.returncode != 0
    assert "Traceback" not in pushed.unanswered.stderr
    assert pushed.broken.returncode != 0
    assert "Traceback" not in pushed.broken.stderr
    assert 0 < pushed.left < len(pushed.store.files())
    assert pushed.whole.returncode == 0, pushed.whole.stderr


def test_a_second_push_sends_nothing(pushed: Pushed) -> None:
    before, first = pushed.store.files(), len(pushed.store.asked)
    done = dvc(pushed.folder, "push", *ROAD)
    assert done.returncode == 0, done.stderr
    assert "Everything is up to date" in done.stdout + done.stderr
    assert {method for method, _ in pushed.store.asked[first:]} <= {"GET", "HEAD"}
    assert pushed.store.files() == before


def test_a_fresh_clone_has_the_same_bytes(pushed: Pushed, clone: Path) -> None:
    made = digests(pushed.folder)
    assert "manifests/dataset.parquet" in made
    assert any(name.startswith("data/release/data/") for name in made)
    assert digests(clone) == made


def test_what_was_pulled_is_up_to_date_and_the_manifests_do_not_differ(
    pushed: Pushed, clone: Path
) -> None:
    assert "up to date" in succeed(clone, "dvc", "status", *ROAD)
    assert "Running stage" not in succeed(clone, "dvc", "repro", "release")
    place = "manifests/dataset.parquet"
    succeed(clone, "python", "-m", "curation", "diff", str(pushed.folder / place), place)
    assert len(read(clone / place, Record)) > 0


def test_nothing_is_made_public_and_no_login_is_written_down(pushed: Pushed) -> None:
    assert {access for _, access in pushed.store.asked} <= {"", "private"}
    client = pushed.store.client()
    everyone = "AllUsers"
    for key in pushed.store.files():
        grants = client.get_object_acl(Bucket=BUCKET, Key=key)["Grants"]
        assert not [one for one in grants if everyone in one["Grantee"].get("URI", "")]
    tracked = succeed(pushed.folder, "git", "ls-files").splitlines()
    assert ".dvc/config.local" not in tracked
    # The login itself stands in a file of the tests.
    written = [name for name in tracked if not name.startswith("tests/")]
    for place in (pushed.folder / name for name in [".dvc/config.local", *written]):
        assert not [name for name in SECRETS if LOGIN[name].encode() in place.read_bytes()], place
