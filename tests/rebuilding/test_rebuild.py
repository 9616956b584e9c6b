import csv
import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import pytest
import yaml
from drawn_shots import radiopaedia_shots
from filelock import FileLock
from grants import GRANT
from pointers import Row, publish, rows_of
from replica_server import Site, serve, status
from textures import texture

from curation.__main__ import app
from curation.network.manners import USUAL
from curation.phantom.replicas import radiopaedia
from curation.publish.inventory import read_inventory, write_inventory
from curation.publish.papers import LOCAL
from curation.sources.cohen import Cohen
from curation.sources.loading import keys, load, source_class
from curation.sources.radiopaedia import Radiopaedia
from curation.stages import phantom
from manifests.contract.faults import told_in_sentences
from manifests.contract.images import decode
from manifests.contract.params import read

ROOT = Path(__file__).parents[2]
RAW = "https://raw.githubusercontent.com/ieee8023/covid-chestxray-dataset"
COMMIT = "a" * 40
NAMES = ("w.jpg", "x.png", "y.png", "z.png")


def encoded(seed: int, suffix: str, *options: int) -> bytes:
    return cv2.imencode(suffix, texture(seed), list(options))[1].tobytes()


def run(*words: object) -> int:
    """The exit code of `cxr rebuild`, as a person meets it."""
    with pytest.raises(SystemExit) as ended, told_in_sentences():
        app(["rebuild", *map(str, words)])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def table(place: Path) -> dict[str, dict[str, str]]:
    with place.open(newline="", encoding="utf-8") as file:
        return {row["record_id"]: row for row in csv.DictReader(file)}


class Upstream(NamedTuple):
    """Cohen's collection on loopback, and a release that points at its films."""

    site: Site
    release: Path
    out: Path
    rows: list[Row]

    def rebuild(self, *words: object) -> int:
        (origin,) = (f"https://{host}" for host in Cohen.about.hosts if host.startswith("raw"))
        return run(
            self.release, "--out", self.out, "--fetch", "--contact", "data@example.org",
            "--mirror", f"{origin}={self.site.mirrors(origin[8:])[origin]}", *words,
        )  # fmt: skip

    def serve(self, name: str, data: bytes) -> None:
        self.site.files[f"{RAW}/{COMMIT}/images/{name}"] = data

    def films(self) -> dict[str, dict[str, str]]:
        return table(self.out / "films.csv")

    def gap(self) -> dict[str, dict[str, str]]:
        return table(self.out / "gap.csv")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with params.yaml, impatient enough for a test."""
    sections = read(ROOT / "params.yaml")
    sections["fetch"] |= {"seconds_between_requests": 0.0, "retries": 1, "max_wait_seconds": 0.1}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(sections))
    monkeypatch.chdir(tmp_path)


def clone(folder: Path, names: tuple[str, ...] = NAMES) -> Cohen:
    """A folder as upstream lays it out."""
    (folder / "images").mkdir(parents=True)
    lines = ["patientid,finding,view,modality,filename,url,license"]
    for seed, name in enumerate(NAMES):
        lines += [f"{seed},COVID-19,PA,X-ray,{name},,"] if name in names else []
        if name in names:
            (folder / "images" / name).write_bytes(encoded(seed, name[-4:]))
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n")
    return Cohen(files=folder, commit=COMMIT)


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[Upstream]:
    source = clone(tmp_path / "theirs")
    rows = publish(tmp_path / "release", {"cohen": source})
    with serve() as site:
        for place in sorted((tmp_path / "theirs").rglob("*.*")):
            path = place.relative_to(tmp_path / "theirs").as_posix()
            site.files[f"{RAW}/{COMMIT}/{path}"] = place.read_bytes()
        yield Upstream(site, tmp_path / "release", tmp_path / "out", rows)


def test_every_film_is_fetched_and_is_the_published_one(
    upstream: Upstream, capsys: pytest.CaptureFixture[str]
) -> None:
    assert upstream.rebuild() == 0
    films = upstream.films()
    assert set(films) == {row["record_id"] for row in upstream.rows}
    for row in upstream.rows:
        film = films[row["record_id"]]
        place = upstream.out / film["path"]
        assert hashlib.sha256(place.read_bytes()).hexdigest() == row["sha256"] == place.stem
        assert place.suffix == Path(row["source_ref"]).suffix
        assert film["came"] == "same bytes"
        assert (film["findings"], film["split"]) == ("covid19|pneumonia", "train")
        assert film["license"] == "CC-BY-4.0"
    assert upstream.gap() == {}
    assert "cohen                     4            4            0            0" in (
        capsys.readouterr().out
    )


def test_a_second_run_asks_for_nothing(upstream: Upstream) -> None:
    upstream.rebuild()
    asked, films = len(upstream.site.asked), (upstream.out / "films.csv").read_bytes()
    assert upstream.rebuild() == 0
    assert len(upstream.site.asked) == asked
    assert (upstream.out / "films.csv").read_bytes() == films
    assert run(upstream.release, "--out", upstream.out) == 0


def test_a_film_that_was_spoilt_here_is_found_out_and_taken_again(upstream: Upstream) -> None:
    upstream.rebuild()
    place = upstream.out / upstream.films()["cohen/x.png"]["path"]
    place.write_bytes(place.read_bytes()[:-1] + b"?")
    assert upstream.rebuild() == 0
    assert hashlib.sha256(place.read_bytes()).hexdigest() == place.stem


def test_what_changed_was_re_encoded_or_went_is_told_apart(
    upstream: Upstream, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = bytearray(encoded(0, ".jpg"))
    changed[-len(changed) // 3] ^= 1
    again = encoded(1, ".png", cv2.IMWRITE_PNG_COMPRESSION, 0)
    assert (decode(bytes(changed), "w").pixels != decode(encoded(0, ".jpg"), "w").pixels).any()
    upstream.serve("w.jpg", bytes(changed))
    upstream.serve("x.png", again)
    del upstream.site.files[f"{RAW}/{COMMIT}/images/y.png"]
    assert upstream.rebuild() == 1
    films, gap = upstream.films(), upstream.gap()
    assert {name: film["came"] for name, film in films.items()} == {
        "cohen/x.png": "same pixels, other bytes", "cohen/z.png": "same bytes",
    }  # fmt: skip
    assert (upstream.out / films["cohen/x.png"]["path"]).read_bytes() == again
    assert films["cohen/x.png"]["file_sha256"] == hashlib.sha256(again).hexdigest()
    assert {name: row["why"] for name, row in gap.items()} == {
        "cohen/w.jpg": "changed upstream", "cohen/y.png": "withdrawn upstream",
    }  # fmt: skip
    assert hashlib.sha256(changed).hexdigest() in gap["cohen/w.jpg"]["detail"]
    assert all(row["what_to_do"] for row in gap.values())
    assert "cohen                     4            1            1            2" in (
        capsys.readouterr().out
    )


def test_a_site_that_is_down_is_asked_again_later_and_what_came_stays(upstream: Upstream) -> None:
    upstream.site.faults[f"{RAW}/{COMMIT}/images/y.png"] += [status(503)] * 2
    assert upstream.rebuild() == 3
    assert set(upstream.films()) == {"cohen/w.jpg", "cohen/x.png"}
    assert {row["why"] for row in upstream.gap().values()} == {"unreachable"}
    assert "again later" in upstream.gap()["cohen/y.png"]["what_to_do"]
    assert upstream.rebuild() == 0


def test_a_renamed_film_is_found_by_its_bytes(upstream: Upstream, tmp_path: Path) -> None:
    folder = tmp_path / "renamed"
    clone(folder)
    (folder / "images/x.png").rename(folder / "images/new.png")
    listed = (folder / "metadata.csv").read_text()
    (folder / "metadata.csv").write_text(listed.replace("x.png", "new.png"))
    assert run(upstream.release, "--out", upstream.out, "--from", f"cohen={folder}") == 0
    assert upstream.films()["cohen/x.png"]["came"] == "same bytes"


def test_a_folder_that_lacks_films_is_named(upstream: Upstream, tmp_path: Path) -> None:
    clone(tmp_path / "half", ("w.jpg", "x.png"))
    words = ("--from", f"cohen={tmp_path / 'half'}")
    assert run(upstream.release, "--out", upstream.out, *words) == 1
    assert {row["why"] for row in upstream.gap().values()} == {"not in the folder"}
    assert len(upstream.films()) + len(upstream.gap()) == len(upstream.rows)


def test_without_a_folder_and_without_a_fetch_every_film_is_a_gap(upstream: Upstream) -> None:
    assert run(upstream.release, "--out", upstream.out) == 1
    assert upstream.films() == {}
    assert {row["why"] for row in upstream.gap().values()} == {"not fetched"}
    assert upstream.site.asked == []


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn")
    given = {"patients": 40, "masked": 2, "world": 1, "deal": "upstream", "planted": ""}
    phantom.main(folder, phantom.Params.model_validate(given))
    return folder


@pytest.mark.usefixtures("closed_socket")
def test_every_source_is_rebuilt_from_a_folder_in_its_own_layout(
    drawn: Path, tmp_path: Path
) -> None:
    entries = read(ROOT / "params.yaml")["sources"]
    sources = {key: load(key, {key: {**entry, "files": drawn / key}})
               for key, entry in entries.items()}  # fmt: skip
    rows = publish(tmp_path / "release", sources)
    found = {row["source"] for row in rows}
    assert len(found) >= 12
    given = [word for key in sorted(found) for word in ("--from", f"{key}={drawn / key}")]
    assert run(tmp_path / "release", "--out", tmp_path / "out", *given) == 0
    films = table(tmp_path / "out/films.csv")
    assert {name: film["sha256"] for name, film in films.items()} == {
        row["record_id"]: row["sha256"] for row in rows
    }
    assert all((tmp_path / "out" / film["path"]).is_file() for film in films.values())


class TestPermission:
    """Radiopaedia, whose terms rule out copying by machine."""

    @pytest.fixture
    def site(self, tmp_path: Path) -> Iterator[Site]:
        (tmp_path / "theirs").mkdir()
        radiopaedia.file_shots(tmp_path / "theirs", radiopaedia_shots()[:6], 1)
        source = Radiopaedia.model_validate(
            {"files": tmp_path / "theirs", "max_cases": 50, "queries": tuple(radiopaedia.QUERIES)}
        )
        publish(tmp_path / "release", {"radiopaedia": source})
        (tmp_path / "grant.yaml").write_text(GRANT.format(key="radiopaedia"))
        with serve(tmp_path / "theirs") as running:
            yield running

    def rebuild(self, site: Site, folder: Path, *words: object) -> int:
        mirrors = site.mirrors(*Radiopaedia.about.hosts).items()
        named = [word for pair in mirrors for word in ("--mirror", "=".join(pair))]
        return run(folder / "release", "--out", folder / "out", "--contact", "a@example.org",
                   *named, *words)  # fmt: skip

    def test_a_fetch_without_the_record_is_refused_and_says_how(
        self, site: Site, tmp_path: Path
    ) -> None:
        assert self.rebuild(site, tmp_path, "--fetch") == 5
        gap = table(tmp_path / "out/gap.csv")
        assert {row["why"] for row in gap.values()} == {"needs permission"}
        assert all("--permission radiopaedia=FILE" in row["what_to_do"] for row in gap.values())
        assert site.asked == []

    def test_with_the_record_all_films_come(self, site: Site, tmp_path: Path) -> None:
        grant = ("--fetch", "--permission", f"radiopaedia={tmp_path / 'grant.yaml'}")
        assert self.rebuild(site, tmp_path, *grant) == 0
        assert len(table(tmp_path / "out/films.csv")) >= 5

    def test_without_a_fetch_it_is_only_told(self, site: Site, tmp_path: Path) -> None:
        assert self.rebuild(site, tmp_path) == 1
        assert {row["why"] for row in table(tmp_path / "out/gap.csv").values()} == {
            "needs permission"
        }


def test_a_film_withdrawn_since_is_not_fetched(upstream: Upstream) -> None:
    gone = upstream.rows[1]
    (upstream.release / "withdrawals.csv").write_text(
        "kind,value,when,sha256,pixel_sha256,phash\n"
        f"record_id,other/name,2026-05-01,{gone['sha256']},,\n"
        "patient_id,cohen/9,2026-05-01,,,\n"
    )
    assert upstream.rebuild() == 1
    assert upstream.gap()[gone["record_id"]]["why"] == "withdrawn since"
    assert not list((upstream.out / "films").rglob(f"{gone['sha256']}*"))


def test_a_damaged_release_is_not_believed(
    upstream: Upstream, capsys: pytest.CaptureFixture[str]
) -> None:
    shard = next((upstream.release / "data/pointers").iterdir())
    whole = shard.read_bytes()
    shard.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    assert zlib.crc32(whole) != zlib.crc32(shard.read_bytes())
    assert run(upstream.release, "--out", upstream.out) == 4
    assert "is not the file of release.json" in capsys.readouterr().err
    assert not (upstream.out / "films.csv").exists()


@pytest.mark.parametrize("own", ["files", "permission", "mirrors", "links"])
def test_a_release_names_no_place_on_the_users_machine(
    upstream: Upstream, own: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = upstream.release / "sources.json"
    told = json.loads(place.read_text())
    told["cohen"]["entry"][own] = "/etc"
    place.write_text(json.dumps(told))
    write_inventory(upstream.release, read_inventory(upstream.release))
    assert run(upstream.release, "--out", upstream.out) == 4
    assert f"cohen names {own}, which only your machine can say" in capsys.readouterr().err


def test_no_source_has_a_place_that_a_release_could_name() -> None:
    for key in keys():
        for name, field in source_class(key).model_fields.items():
            # The sets of nlm_tb are names that it knows.
            if "Path" in str(field.annotation) and (key, name) != ("nlm_tb", "sets"):
                assert name in LOCAL, f"{key}.{name}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("commit", "/etc/passwd"), ("commit", "../../secret"), ("commit", r"C:\secret.csv"),
        ("commit", "~/secret.csv"), ("commit", "file:///etc/passwd"), ("other", ["a", {"b": "/c"}]),
        ("severity", r"\\server\share\secret.csv"), ("commit", r"a\..\..\secret"),
    ],
)  # fmt: skip
def test_a_path_of_this_machine_in_any_field_is_refused(
    upstream: Upstream, name: str, value: object, capsys: pytest.CaptureFixture[str]
) -> None:
    place = upstream.release / "sources.json"
    told = json.loads(place.read_text())
    told["cohen"]["entry"][name] = value
    place.write_text(json.dumps(told))
    write_inventory(upstream.release, read_inventory(upstream.release))
    assert upstream.rebuild() == 4
    assert f"cohen names a place on your machine in {name};" in capsys.readouterr().err
    assert upstream.site.asked == []


def test_a_fetch_needs_no_project_around_it(
    upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert run(upstream.release, "--out", upstream.out, "--fetch") == 2
    assert "--fetch: needs --contact" in capsys.readouterr().err
    assert upstream.rebuild() == 0
    assert set(upstream.films()) == {row["record_id"] for row in upstream.rows}


def test_the_usual_manners_are_those_of_the_project() -> None:
    assert read(ROOT / "params.yaml")["fetch"] == USUAL


@pytest.mark.parametrize(
    "hostile", [{"sha256": "../../x"}, {"source": "../x"}, {"pixel_sha256": "A" * 64}]
)
def test_a_row_that_would_name_another_place_is_refused(
    upstream: Upstream, hostile: dict[str, str]
) -> None:
    rows = [*upstream.rows[1:], upstream.rows[0] | hostile]
    publish(upstream.release, {"cohen": Cohen(files=Path(), commit=COMMIT)}, rows)
    assert run(upstream.release, "--out", upstream.out) == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "sirm=."), "sirm: no film of that source here; there are: cohen"),
        (("--from", "cohen"), "--from cohen: write NAME=VALUE"),
        (("--from", "cohen=nowhere"), "is no folder"),
        (("--permission", "cohen=x.yaml"), "that source needs none"),
        (("--config", "open"), "has no open; there are: pointers"),
        (("--fetch",), "--fetch: needs --contact"),
    ],
)
def test_a_slip_of_the_pen_is_answered_in_one_sentence(
    upstream: Upstream, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(upstream.release, "--out", upstream.out, *words) == 2
    assert said in capsys.readouterr().err


def test_two_runs_do_not_fill_one_folder(upstream: Upstream) -> None:
    upstream.out.mkdir()
    with FileLock(upstream.out / ".rebuild.lock.part"):
        assert run(upstream.release, "--out", upstream.out) == 7


def test_words_of_strangers_are_no_formula_in_the_tables(upstream: Upstream) -> None:
    rows = [upstream.rows[0] | {"attribution": "=cmd()"}]
    publish(upstream.release, {"cohen": Cohen(files=Path(), commit=COMMIT)}, rows)
    upstream.rebuild()
    assert upstream.films()["cohen/w.jpg"]["attribution"] == "'=cmd()"


def test_the_pointers_are_those_of_the_folder(upstream: Upstream, tmp_path: Path) -> None:
    assert rows_of("cohen", clone(tmp_path / "twin")) == upstream.rows
