"""A project with a history, a release, a network and a store, from which films are withdrawn."""

import hashlib
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from records import record, records
from typer.testing import CliRunner, Result

from curation.__main__ import app
from curation.network.store import Store
from curation.publish.inventory import Inventory, write_inventory
from curation.publish.ledger import Published, enter
from curation.sources.base import Page
from curation.work.cache import Cache
from manifests.contract import table
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection

ROOT = Path(__file__).parents[2]
NAMES = ("a", "b", "c")
DATA = {name: f"the bytes of {name}".encode() * 50 for name in NAMES}
FIRST, SECOND = "1" * 16, "2" * 16
LEDGER = Path("manifests/releases.csv")
WORDS = ["--reason", "asked", "--who", "r1", "--when", "2026-05-01"]
LOCK = """stages:
  release:
    outs:
    - path: manifests/dataset.parquet
      hash: md5
      md5: {md5}
      size: 1
"""


def film(name: str, **given: object) -> Record:
    sha256 = hashlib.sha256(DATA[name]).hexdigest()
    return record(name, sha256=sha256, group=name, group_sources=("cohen",), **given)


def git(*words: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *who, *words], check=True, capture_output=True)


def commit(rows: list[Record], manifest_id: str, *, is_cached: bool = True) -> None:
    """A commit whose dvc.lock names a manifest of these rows, as DVC leaves it."""
    made, stamp = Path("manifests/dataset.parquet"), {"manifest_id": manifest_id, "version": "0.1"}
    table.write(made, records(rows), Record, stamp)
    md5 = hashlib.md5(made.read_bytes(), usedforsecurity=False).hexdigest()
    if is_cached:
        held = Path(".dvc/cache/files/md5") / md5[:2] / md5[2:]
        held.parent.mkdir(parents=True)
        shutil.copy(made, held)
    Path("dvc.lock").write_text(LOCK.format(md5=md5))
    git("add", "dvc.lock")
    git("commit", "-qm", "manifest")
    made.unlink()


def staged(rows: list[Record], manifest_id: str) -> None:
    folder = Path("releases/0.1.0/dataset")
    shard = folder / "data/open/train-00000-of-00001.parquet"
    table.write(shard, records(rows), Record)
    told = {"kind": "dataset", "name": "films", "version": "0.1.0", "disclaimer": "no",
            "manifest_id": manifest_id}  # fmt: skip
    write_inventory(folder, Inventory.model_validate(told))


def network(name: str, protocol: str, manifest_id: str) -> None:
    place = Path("data/train") / name / "checkpoint.json"
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps({"manifest_id": manifest_id, "protocol": protocol}))


def stored() -> None:
    """A fetched site with the body of `a`, a loose copy of it, an archive, and others' files."""
    store = Store(Path("data/raw/cohen"))
    for name in NAMES:
        store.put(Page(url=f"https://example.org/{name}", final_url="", status=200,
                       content_type="image/png", data=DATA[name]))  # fmt: skip
    loose = Path("data/raw/kermany/deep/any name.png")
    loose.parent.mkdir(parents=True)
    loose.write_bytes(DATA["a"])
    with zipfile.ZipFile("data/raw/cohen/films.zip", "w") as packed:
        packed.writestr("a.png", DATA["a"])
    Path("data/raw/cohen/mine").symlink_to(Path("hers").absolute())
    Path("hers").mkdir()
    Path("hers/a.png").write_bytes(DATA["a"])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    git("init", "-q")
    for name in ("params.yaml", "manifests/corrections.csv", "manifests/licenses.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    Path("manifests/frozen").mkdir()
    Path("manifests/withdrawals.csv").write_text("kind,value,reason,when\n")
    for source in sorted((ROOT / "curation/sources").iterdir()):
        if (source / "__init__.py").is_file():
            folder = tmp_path / "data/ingest" / source.name
            rows = list(map(film, NAMES)) if source.name == "cohen" else []
            table.write(folder / table.RECORDS, records(rows), Record)
            table.write(folder / table.REJECTED, table.frame([], Rejection), Rejection)
    commit([film("b", split="train", paper_split="test")], "0" * 16, is_cached=False)
    commit([film("a", split="train", paper_split="test"), film("b", split="test")], FIRST)
    git("tag", "v0.1")
    commit([film("b", split="val"), film("c", split="train")], SECOND)
    staged([film("a"), film("c")], FIRST)
    # `net` was pushed, `netted` only staged.
    for name in ("net", "netted"):
        there = Path("releases/0.1.0/models") / name
        there.mkdir(parents=True)
        told = {"kind": "model", "name": name, "version": "0.1.0", "disclaimer": "no",
                "manifest_id": FIRST}  # fmt: skip
        write_inventory(there, Inventory.model_validate(told))
    network("honest_one", "honest", FIRST)
    network("paper_one", "paper", FIRST)
    network("later", "honest", SECOND)
    network("unknown", "honest", "9" * 16)
    stored()
    cache = Cache(Path(".cache/cxr"))
    cache.put_many("film", {b"key": DATA["a"]})
    cache.close()
    for kind, name, where in (("dataset", "films", "org/films"), ("model", "net", "org/its-net")):
        enter(LEDGER, Published("0.1.0", FIRST, kind, name, where, "f" * 40, "2026-05-02"))
    enter(LEDGER, Published(
        "0.0.1", "8" * 16, "dataset", "films", "org/films", "e" * 40, "2026-04-02"))  # fmt: skip
    return tmp_path


def withdraw(*words: str) -> Result:
    return CliRunner().invoke(app, ["withdraw", *words, *WORDS])


def holding(data: bytes, *places: Path) -> list[Path]:
    """The files in whose bytes `data` stands, whatever their name."""
    files = [file for place in places for file in place.rglob("*") if file.is_file()]
    return [file for file in files if data in file.read_bytes()]


def everything(folder: Path) -> dict[str, bytes]:
    return {str(f): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def sightings(*words: str) -> set[tuple[str, ...]]:
    told: dict[str, Any] = json.loads(withdraw(*words, "--json").output)
    names = ("kind", "where", "film", "split", "config", "shard")
    return {tuple(one[name] for name in names) for one in told["sightings"]}


def test_a_dry_run_says_all_of_it_and_changes_nothing(project: Path) -> None:
    before = everything(project)
    told = withdraw("cohen/a", "--kind", "record_id")
    assert told.exit_code == 0, told.output
    assert everything(project) == before
    for words in (
        "version 0.1, v0.1", "releases/0.1.0/dataset", "org/films at 0.1.0, revision ffff",
        "data/train/paper_one, protocol paper", "would be purged: 2 files of films",
        "data/raw/cohen/films.zip: an archive, and is not opened", "nothing is written",
        "`cxr release push org/films --yes --squash-history`",
        "`cxr release push org/its-net --yes --squash-history --model net`",
        "cannot be called back",
        "data/raw/cohen/mine: a link", "until `dvc gc --workspace`",
    ):  # fmt: skip
        assert words in told.output


@pytest.mark.usefixtures("project")
def test_every_place_that_held_the_film_is_named_with_its_side() -> None:
    found = sightings("cohen/a", "--kind", "record_id")
    shard = ("open", "train-00000-of-00001.parquet")
    hub = "revision " + "f" * 40 + ", 2026-05-02"
    manifest = next(one[1] for one in found if one[0] == "manifest")
    assert manifest.startswith(f"manifest {FIRST}, version 0.1, v0.1 ")
    assert found == {
        ("manifest", manifest, "cohen/a", "train", "", ""),
        ("folder", "releases/0.1.0/dataset", "cohen/a", "train", *shard),
        ("network", "data/train/honest_one, protocol honest", "cohen/a",
         "it learnt from them", "", ""),
        ("network", "data/train/paper_one, protocol paper", "cohen/a", "only in its manifest",
         "", ""),
        ("published", f"org/films at 0.1.0, {hub}", "cohen/a", "train", *shard),
        ("network", "releases/0.1.0/models/net, protocol honest", "cohen/a",
         "it learnt from them", "", ""),
        ("network", "releases/0.1.0/models/netted, protocol honest", "cohen/a",
         "it learnt from them", "", ""),
        ("published network", f"org/its-net at 0.1.0, {hub}", "cohen/a", "it learnt from them",
         "", ""),
    }  # fmt: skip


def test_a_pushed_network_that_is_not_here_is_told_by_its_manifest(project: Path) -> None:
    shutil.rmtree(project / "releases")
    found = {one for one in sightings("cohen/a", "--kind", "record_id")
             if one[0].startswith("published")}  # fmt: skip
    assert {(one[0], *one[3:]) for one in found} == {
        ("published", "train", "", ""), ("published network", "it learnt from them", "", "")
    }  # fmt: skip


@pytest.mark.usefixtures("project")
def test_a_network_that_was_only_staged_is_not_told_as_published() -> None:
    shutil.rmtree("releases/0.1.0/models/net")
    shutil.rmtree(".dvc/cache")
    found = sightings("cohen/a", "--kind", "record_id")
    assert "published network" not in {one[0] for one in found}


@pytest.mark.usefixtures("project")
def test_revisions_that_a_squash_took_away_are_told_as_gone() -> None:
    def squashed(kind: str, name: str, where: str) -> None:
        enter(LEDGER, Published("0.2.0", SECOND, kind, name, where, "d" * 40, "2026-06-01", "yes"))

    gone = "gone since 0.2.0 was pushed and the history squashed"
    squashed("dataset", "films", "org/films")
    told = withdraw("cohen/a", "--kind", "record_id").output
    assert f"org/films at 0.1.0, revision {'f' * 40}, 2026-05-02, {gone}" in told
    assert f"org/films at 0.0.1, revision {'e' * 40}, 2026-04-02, {gone}: neither" in told
    assert "cxr release push org/films" not in told
    assert "`cxr release push org/its-net --yes --squash-history --model net`" in told

    squashed("model", "net", "org/its-net")
    told = withdraw("cohen/a", "--kind", "record_id").output
    assert "cxr release push" not in told
    assert "By the ledger no revision on the Hub serves them any more" in told
    # What the squash left holds another film, and is served.
    told = withdraw("cohen/c", "--kind", "record_id").output
    assert "`cxr release push org/films --yes --squash-history`" in told


@pytest.mark.usefixtures("project")
def test_a_film_that_changed_sides_is_seen_on_both() -> None:
    found = {one for one in sightings("cohen/b", "--kind", "record_id") if one[0] == "manifest"}
    assert sorted(one[3] for one in found) == ["test", "val"]
    learnt = {one[1:4:2] for one in sightings("cohen/b", "--kind", "record_id")
              if one[0] == "network"}  # fmt: skip
    assert ("data/train/later, protocol honest", "its epoch was chosen by them") in learnt


def test_what_cannot_be_looked_at_is_named(project: Path) -> None:
    unseen = json.loads(withdraw("cohen/a", "--kind", "record_id", "--json").output)[
        "not_looked_at"
    ]
    assert len(unseen) == 3
    assert "DVC's cache here does not hold it" in unseen[0]
    assert unseen[1] == f"data/train/unknown: learnt from manifest {'9' * 16}, which is not here"
    assert unseen[2].startswith(f"org/films at 0.0.1, revision {'e' * 40}")
    (project / "releases/0.1.0/dataset/data/open/train-00000-of-00001.parquet").write_bytes(b"x")
    told = withdraw("cohen/a", "--kind", "record_id").output
    assert "train-00000-of-00001.parquet: cannot be read" in told


def test_a_film_that_is_not_here_any_more_is_found_in_the_history(project: Path) -> None:
    for source in ("cohen",):
        folder = project / "data/ingest" / source
        table.write(folder / table.RECORDS, records([film("c")]), Record)
    found = sightings("cohen/a", "--kind", "record_id")
    assert {one[0] for one in found} == {
        "manifest",
        "folder",
        "published",
        "network",
        "published network",
    }


def test_after_a_purge_no_file_of_the_store_holds_the_film(project: Path) -> None:
    places = (project / "data/raw", project / ".cache")
    archive = project / "data/raw/cohen/films.zip"
    assert len(holding(DATA["a"], *places)) >= 3
    told = withdraw("cohen/a", "--kind", "record_id", "--yes")
    assert told.exit_code == 0, told.output
    assert "purged: 2 files of films, " in told.output
    digest = hashlib.sha256(DATA["a"]).hexdigest()
    assert holding(DATA["a"], *places) == [archive]
    assert not [f for f in (project / "data/raw").rglob("*") if f.is_file()
                and hashlib.sha256(f.read_bytes()).hexdigest() == digest]  # fmt: skip
    # What is another film's, a person's, or in an archive, stays.
    assert len(holding(DATA["b"], places[0])) == 1
    assert (project / "hers/a.png").read_bytes() == DATA["a"]
    # The cache that comes after it works.
    cache = Cache(project / ".cache/cxr")
    cache.put_many("film", {b"key": b"anew"})
    assert cache.get_many([b"key"]) == {b"key": b"anew"}
    cache.close()
    assert "0 files of films" in withdraw("cohen/a", "--kind", "record_id", "--yes").output


def test_a_film_brought_again_is_removed_again_though_its_record_is_gone(project: Path) -> None:
    withdraw("cohen/a", "--kind", "record_id", "--yes")
    folder = project / "data/ingest/cohen"
    table.write(folder / table.RECORDS, records([film("c")]), Record)
    (project / "data/raw/again.png").write_bytes(DATA["a"])
    withdraw("cohen/a", "--kind", "record_id", "--yes")
    assert not (project / "data/raw/again.png").exists()


def test_a_folder_of_the_persons_own_is_left_and_named(project: Path) -> None:
    params = project / "params.yaml"
    params.write_text(params.read_text().replace("data/phantom/cohen", "hers"))
    told = withdraw("cohen/a", "--kind", "record_id", "--yes").output
    assert "pixels stay in hers: your files of cohen; take the film out of them by hand" in told
    assert (project / "hers/a.png").exists()


@pytest.mark.parametrize(
    ("said", "asked", "is_it"),
    [
        ({"source_url": "https://doi.org/10.1000/1"}, "10.1000/1", True),
        ({"source_url": "https://dx.doi.org/10.1000/AbC"}, "https://doi.org/10.1000/aBc", True),
        ({"source_url": "https://x.org/doi/10.1000%2F1/full?a=b"}, "doi:10.1000/1", True),
        ({"attribution": "Rossi (10.1000/1), 2020"}, "10.1000/1", True),
        ({"attribution": "10.1000/9;10.1000/1."}, "10.1000/1", True),
        ({"facts": '{"doi": "10.1000/1"}'}, "10.1000/1", True),
        ({"attribution": "10.1000/12"}, "10.1000/1", False),
        ({"attribution": "10.1000/1.2"}, "10.1000/1", False),
        ({"attribution": "10.1000/1-a"}, "10.1000/1", False),
        ({"attribution": "110.1000/1"}, "10.1000/1", False),
        ({"source_url": "https://x.org/10.1000/1/figure/2"}, "10.1000/1", False),
    ],
)
def test_a_doi_takes_the_films_of_its_article_and_of_no_other(
    project: Path, said: dict[str, str], asked: str, *, is_it: bool
) -> None:
    folder = project / "data/ingest/cohen"
    table.write(folder / table.RECORDS, records([film("a", **said), film("c")]), Record)
    told = json.loads(withdraw(asked, "--kind", "doi", "--json").output)
    assert told["films"] == (["cohen/a"] if is_it else [])
    if is_it:
        assert json.loads(withdraw(asked, "--json").output)["kind"] == "doi"


@pytest.mark.usefixtures("project")
def test_a_doi_that_is_none_is_refused() -> None:
    told = CliRunner().invoke(app, ["withdraw", "10/x", "--kind", "doi", *WORDS])
    assert "10/x: is no DOI" in str(told.exception)
