import dataclasses
from pathlib import Path

import cv2
import pandas as pd
import pytest
from records import record, records
from textures import texture
from typer.testing import CliRunner

from curation.__main__ import app
from curation.duplicates.pair import Link, table_of
from curation.pixels.fingerprint import fingerprint
from curation.stages import merge
from curation.verdict import Verdict
from curation.withdrawal.notices import HEADER
from curation.withdrawal.planning import FULL, Request, kind_of, planned, write
from manifests.contract import table
from manifests.contract.images import Pixels, decode
from manifests.contract.params import Misspelt
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection

ROOT = Path(__file__).parents[2]
OLD = ",".join(HEADER) + "\nrecord_id,cohen/old,hospital asked,2020-05-28\n"
PARAMS = merge.Params(withdrawn_within=24)


def film(name: str, pixels: Pixels, **given: object) -> Record:
    return record(name, **{"phash": fingerprint(pixels).phash, **given})


def merged(rows: list[Record], withdrawals: Path) -> Verdict:
    corrections = ROOT / "manifests/corrections.csv"
    licenses = ROOT / "manifests/licenses.yaml"
    return merge.main([records(rows)], corrections, withdrawals, licenses, PARAMS)


def request(value: str, kind: str = "record_id") -> Request:
    return Request(value=value, kind=kind, reason="patient, asked", who="ethics", when="2026-05-01")


@pytest.fixture
def notices(tmp_path: Path) -> Path:
    place = tmp_path / "withdrawals.csv"
    place.write_text(OLD)
    return place


def withdrawn_a(notices: Path) -> None:
    rows = records([film("a", texture(1)), film("b", texture(2))])
    plan = planned(request("cohen/a"), rows, notices.parent / "none", notices.parent)
    write(notices, plan.lines)


def reencoded(pixels: Pixels, suffix: str, scale: float, *options: int) -> Pixels:
    sized = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return decode(bytes(cv2.imencode(suffix, sized, list(options))[1]), f"a{suffix}").pixels


@pytest.mark.parametrize(
    ("suffix", "scale", "options"),
    [
        (".jpg", 1.0, (cv2.IMWRITE_JPEG_QUALITY, 30)), (".jpg", 0.5, ()), (".png", 2.0, ()),
        (".webp", 1.0, (cv2.IMWRITE_WEBP_QUALITY, 50)), (".png", 0.25, ()),
    ],
)  # fmt: skip
def test_a_withdrawn_film_that_comes_back_re_encoded_by_another_name_is_refused(
    notices: Path, suffix: str, scale: float, options: tuple[int, ...]
) -> None:
    withdrawn_a(notices)
    again = film("again", reencoded(texture(1), suffix, scale, *options), source="sirm")
    verdict = merged([film("b", texture(2)), again], notices)
    assert verdict.kept["record_id"].tolist() == ["cohen/b"]
    (gone,) = verdict.rejected.to_dict("records")
    assert (gone["record_id"], gone["reason"]) == ("sirm/again", "withdrawn")
    assert "cohen/a, withdrawn on 2026-05-01: patient, asked" in gone["detail"]


@pytest.mark.parametrize("name", ["sha256", "pixel_sha256"])
def test_the_bytes_and_the_pixels_of_a_withdrawn_film_are_known_again(
    notices: Path, name: str
) -> None:
    withdrawn_a(notices)
    again = film("again", texture(7), **{name: getattr(record("a"), name)})
    assert merged([again], notices).rejected["record_id"].tolist() == ["cohen/again"]


def test_another_film_is_not_taken_for_a_withdrawn_one(notices: Path) -> None:
    withdrawn_a(notices)
    others = [film(str(n), texture(n)) for n in range(2, 12)]
    assert len(merged(others, notices).rejected) == 0


def test_an_emptied_hash_gives_a_film_back(notices: Path) -> None:
    withdrawn_a(notices)
    phash = fingerprint(texture(1)).phash
    notices.write_text(notices.read_text().replace(phash, ""))
    assert len(merged([film("again", texture(1))], notices).rejected) == 0


def test_old_lines_stay_as_they_are_and_no_pixel_is_written(notices: Path) -> None:
    withdrawn_a(notices)
    lines = notices.read_text().splitlines()
    assert lines[:2] == [",".join(FULL), OLD.splitlines()[1]]
    a = film("a", texture(1))
    hashes = f"{a.sha256},{a.pixel_sha256},{a.phash}"
    assert lines[2:] == [f'record_id,cohen/a,"patient, asked",2026-05-01,ethics,{hashes}']


def test_a_patient_leaves_with_all_films_and_their_verified_copies(tmp_path: Path) -> None:
    rows = records([
        *(film(n, texture(ord(n)), patient_id="cohen/7") for n in "ab"), film("c", texture(3)),
        film("d", texture(4), source="sirm"), film("e", texture(5)),
    ])  # fmt: skip
    links = {
        ("cohen/a", "sirm/d"): Link(relation="recompressed_or_resized", score=0.95),
        ("cohen/b", "cohen/e"): Link(relation="same_patient_or_series", score=0.7),
    }
    table.write_arrow(tmp_path / "pairs.parquet", _arrow(links, rows))
    (tmp_path / "old.txt").write_text("# a set\ncohen/b\ncohen/c\n")
    plan = planned(request("cohen/7", "patient_id"), rows, tmp_path / "pairs.parquet", tmp_path)
    assert plan.films["record_id"].tolist() == ["cohen/a", "cohen/b", "sirm/d"]
    assert [line[:3] for line in plan.lines] == [
        ["patient_id", "cohen/7", "patient, asked"], ["record_id", "cohen/a", "patient, asked"],
        ["record_id", "cohen/b", "patient, asked"],
        ["record_id", "sirm/d", "patient, asked (a copy of cohen/7)"],
    ]  # fmt: skip
    assert plan.frozen == [f"{tmp_path}/old.txt:2 cohen/b"]


def _arrow(links: dict[tuple[str, str], Link], rows: pd.DataFrame) -> object:
    from curation.duplicates.pair import Pair  # noqa: PLC0415 - beside its one use

    return table.to_arrow(table_of(links, rows, {}), Pair)


def test_what_a_value_is_shows_from_the_films_that_have_it() -> None:
    rows = records([record("a", patient_id="cohen/7"), record("b")])
    assert kind_of("cohen/a", rows) == "record_id"
    assert kind_of("cohen/7", rows) == "patient_id"
    assert kind_of("https://example.org/a", rows) == "source_url"
    assert kind_of(record("a").pixel_sha256.upper(), rows) == "pixel_sha256"
    with pytest.raises(Misspelt, match="cohen/b: is a record_id and a patient_id; say which"):
        kind_of("cohen/b", rows)
    with pytest.raises(Misspelt, match="cohen/z: no film here has this"):
        kind_of("cohen/z", rows)


@pytest.mark.parametrize(
    ("given", "words"),
    [({"value": ""}, "value of a withdrawal is empty"), ({"who": ""}, "the who of"),
     ({"reason": ""}, "the reason of"), ({"when": "soon"}, "--when: 'soon' is no day"),
     ({"kind": "name"}, "--kind: 'name' is none of"),
     ({"kind": "sha256"}, "cohen/a: is no sha256, 64 hexadecimal digits")],
)  # fmt: skip
def test_a_request_that_would_withdraw_nothing_is_refused(
    tmp_path: Path, given: dict[str, str], words: str
) -> None:
    asked = dataclasses.replace(request("cohen/a"), **given)
    with pytest.raises(Misspelt, match=words):
        planned(asked, records([record("a")]), tmp_path / "none", tmp_path)


def test_a_hash_that_is_none_is_named(notices: Path) -> None:
    notices.write_text(f"{','.join(FULL)}\nrecord_id,cohen/a,asked,2026,who,,,12\n")
    with pytest.raises(Misspelt, match=r"withdrawals.csv:2: phash '12' is not 64 hexadecimal"):
        merged([record("a")], notices)


def test_the_command_writes_only_when_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text((ROOT / "params.yaml").read_text())
    (tmp_path / "manifests/frozen").mkdir(parents=True)
    for name in ("corrections.csv", "licenses.yaml"):
        (tmp_path / "manifests" / name).write_text((ROOT / "manifests" / name).read_text())
    place = tmp_path / "manifests/withdrawals.csv"
    place.write_text(OLD)
    for source in sorted((ROOT / "curation/sources").iterdir()):
        if source.is_dir() and source.name != "__pycache__":
            folder = tmp_path / "data/ingest" / source.name
            rows = [film("a", texture(1))] if source.name == "cohen" else []
            table.write(folder / table.RECORDS, records(rows), Record)
            table.write(folder / table.REJECTED, table.frame([], Rejection), Rejection)
    words = ["withdraw", "cohen/a", "--kind", "record_id", "--reason", "asked", "--who", "r1",
             "--when", "2026-05-01"]  # fmt: skip
    told = CliRunner().invoke(app, words)
    assert (told.exit_code, place.read_text()) == (0, OLD)
    assert "1 films would leave, by record_id cohen/a:\n  cohen: 1: cohen/a\n" in told.output
    assert "pixels stay in data/ingest: until the next `dvc repro`" in told.output
    assert CliRunner().invoke(app, [*words, "--yes"]).exit_code == 0
    once = place.read_text()
    assert f"record_id,cohen/a,asked,2026-05-01,r1,{record('a').sha256}" in once
    again = CliRunner().invoke(app, [*words, "--yes"])
    assert "wrote 0 lines" in again.output
    assert "1 stood there already" in again.output
    assert place.read_text() == once
