import dataclasses
import hashlib
import io
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import yaml
from PIL import Image

from curation.border import Border, NoFilms
from curation.desk import Desk, Taken
from curation.sources.base import About, Draft, Importer, Lost, Source
from curation.sources.loading import keys, load
from curation.stages import ingest
from curation.terms import Terms
from curation.verdict import Verdict
from curation.work.bench import ALONE, AT_A_TIME
from curation.work.crew import IN_FLIGHT
from manifests.contract import table
from manifests.contract.params import Misspelt
from manifests.contract.record import Record
from manifests.contract.rejection import Rejected, Rejection
from manifests.contract.vocabulary import Reason
from manifests.contract.working import WorkingCopies

TERMS = Path(__file__).parents[2] / "manifests/terms.yaml"
PARAMS = ingest.Params(max_side=64, max_megapixels=0.02)


def picture(seed: int = 0, size: tuple[int, int] = (48, 96), kind: str = "PNG") -> bytes:
    rows, columns = np.mgrid[0 : size[0], 0 : size[1]]
    pixels = (rows * (3 + seed) + columns * 2) % 256
    data = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(data, kind)
    return data.getvalue()


WHOLE = Draft(
    source_ref="a.png", image=picture, url="https://example.org/a", patient="7", study="s1",
    age="58Y", sex="F", view="AP supine", modality="X-ray", finding="COVID-19", offset_days="-3",
    license="CC BY 4.0", attribution="nobody", retrieved="2020-06-22T10:00:00", snapshot="c0ffee",
)  # fmt: skip


def draft(ref: str, **words: object) -> Draft:
    return dataclasses.replace(WHOLE, source_ref=ref, **words)  # type: ignore[arg-type]  # any field


class Invented(Importer):
    """A source that gives what a test hands it."""

    about: ClassVar[About] = About(
        title="Invented", homepage="https://example.org", license="NOASSERTION", license_url="",
        citation="nobody, nowhere", paper="§0", hosts=("example.org",),
    )  # fmt: skip
    gives: tuple[Draft | Lost, ...] = ()

    def read(self, files: Path) -> Iterator[Draft | Lost]:
        assert files == self.files
        yield from self.gives


def run(folder: Path, *drafts: Draft | Lost) -> Verdict:
    files, out = folder / "files", folder / "out"
    files.mkdir(parents=True, exist_ok=True)
    out.mkdir()
    source = Invented.model_construct(files=files, gives=drafts)
    return ingest.main("invented", source, out, TERMS, PARAMS)


def refusal(folder: Path, film: Draft | Lost) -> tuple[str, str]:
    kept, rejected = run(folder, film)
    assert len(kept) == 0
    assert len(rejected) == 1
    return str(rejected.loc[0, "reason"]), str(rejected.loc[0, "detail"])


def test_a_film_becomes_a_record_with_every_column_of_ingest(tmp_path: Path) -> None:
    kept, rejected = run(tmp_path, WHOLE)
    assert len(rejected) == 0
    table.check_records(kept, "ingest")
    found = kept.iloc[0].to_dict()
    assert {name: str(found[name]) for name in (
        "record_id", "patient_id", "study_id", "age_years", "sex", "view", "modality", "finding",
        "finding_text", "license", "retrieved", "snapshot_id", "width", "height", "format", "bits",
        "sha256",
    )} == {
        "record_id": "invented/a.png", "patient_id": "invented/7", "study_id": "invented/s1",
        "age_years": "58.0", "sex": "F", "view": "AP_SUPINE", "modality": "X_RAY",
        "finding": "covid19", "finding_text": "COVID-19", "license": "CC-BY-4.0",
        "retrieved": "2020-06-22", "snapshot_id": "c0ffee", "width": "96", "height": "48",
        "format": "PNG", "bits": "8", "sha256": hashlib.sha256(picture()).hexdigest(),
    }  # fmt: skip
    assert len(found["phash"]) == 64
    assert found["offset_days"] == -3


def test_names_that_are_no_unicode_are_kept_as_escapes(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.png")
    kept, rejected = run(tmp_path, draft(name), draft(f"no{name}", image=lambda: b"no picture"))
    assert kept["source_ref"].tolist() == [r"caf\udce9.png"]
    assert rejected["record_id"].tolist() == [r"invented/nocaf\udce9.png"]
    assert r"nocaf\udce9.png" in rejected["detail"].iloc[0]


def test_a_source_that_says_nothing_gives_a_record_that_says_nothing(tmp_path: Path) -> None:
    silent = Draft(source_ref="a", image=picture, url="https://example.org", patient="a")
    kept, _ = run(tmp_path, silent)
    row = kept.iloc[0]
    assert (row["finding"], row["view"], row["modality"]) == ("unknown", "UNKNOWN", "UNKNOWN")
    assert (row["license"], row["attribution"]) == ("NOASSERTION", "nobody, nowhere")
    assert (
        kept[["age_years", "sex", "offset_days", "abnormal", "pcr_positive"]].isna().all(axis=None)
    )


def test_a_normal_film_shows_no_disease_and_an_ill_patients_may(tmp_path: Path) -> None:
    kept, _ = run(tmp_path, draft("a", finding="No Finding"), draft("b"), draft("c", finding=""))
    found = kept["abnormal"].astype(object).where(kept["abnormal"].notna(), None)
    assert list(found) == [False, None, None]


@pytest.mark.parametrize(
    ("words", "reason", "sentence"),
    [({"view": "Oblique"}, "unknown_term", "invented: view 'Oblique'"),
     ({"finding": "Martian flu"}, "unknown_term", "'Martian flu'"),
     ({"license": "all mine"}, "unknown_term", "license 'all mine'"),
     ({"offset_days": "soon"}, "invalid_field", "offset_days is 'soon'"),
     ({"offset_days": "2.5"}, "invalid_field", "not a whole number"),
     ({"retrieved": "yesterday"}, "invalid_field", "retrieved is 'yesterday'"),
     ({"patient": " "}, "invalid_field", "patient_id is 'invented/ '")],
)  # fmt: skip
def test_words_that_cannot_be_taken_are_told(
    words: dict[str, str], reason: str, sentence: str, tmp_path: Path
) -> None:
    found = refusal(tmp_path, draft("a", **words))
    assert found[0] == reason
    assert sentence in found[1]


@pytest.mark.parametrize(
    "data",
    [b"", b"<html>Not found</html>", picture()[:-20], picture(kind="GIF"),
     picture(size=(200, 200))],
    ids=["empty", "page", "cut", "gif", "large"],
)  # fmt: skip
def test_a_file_that_is_no_film_is_told(data: bytes, tmp_path: Path) -> None:
    reason, detail = refusal(tmp_path, draft("a.png", image=lambda: data))
    assert reason == "unreadable_image"
    assert detail.startswith("a.png: ")


def test_a_picture_that_its_source_cannot_give_is_told(tmp_path: Path) -> None:
    def gone() -> bytes:
        raise Rejected(Reason.BLOCKED, "a gate")

    assert refusal(tmp_path, draft("a", image=gone)) == ("blocked", "a gate")


def test_what_a_source_lost_is_a_row_too(tmp_path: Path) -> None:
    lost = Lost(source_ref="x", reason=Reason.LAYOUT_CHANGED, detail="no such heading")
    kept, rejected = run(tmp_path, draft("a"), lost)
    assert list(kept["source_ref"]) == ["a"]
    assert rejected.loc[0, "reason"] == "layout_changed"
    assert rejected.loc[0, "detail"] == "no such heading"


def test_a_name_that_comes_twice_is_refused_naming_both_patients(tmp_path: Path) -> None:
    kept, rejected = run(tmp_path, draft("a"), draft("a", patient="8"), draft("b"))
    assert list(kept["record_id"]) == ["invented/a", "invented/b"]
    assert kept.loc[0, "patient_id"] == "invented/7"
    assert "invented/7 and invented/8" in str(rejected.loc[0, "detail"])


def test_no_picture_is_asked_for_where_the_words_are_refused(tmp_path: Path) -> None:
    def never() -> bytes:
        raise AssertionError

    assert refusal(tmp_path, draft("a", view="Oblique", image=never))[0] == "unknown_term"


def mixed() -> list[Draft | Lost]:
    films: list[Draft | Lost] = [
        draft(f"f{n:02d}", image=lambda n=n: picture(n), patient=str(n % 5)) for n in range(24)
    ]
    films[5] = draft("f05", image=lambda: b"no film")
    films[11] = draft("f11", finding="Martian flu")
    films[17] = Lost(source_ref="f17", reason=Reason.MISSING_IMAGE, detail="gone")
    films[20] = draft("f02")
    return films


def test_all_that_comes_in_is_kept_or_rejected(tmp_path: Path) -> None:
    kept, rejected = run(tmp_path, *mixed())
    assert len(kept) == 20
    assert rejected["reason"].value_counts().to_dict() == {
        "unreadable_image": 1, "unknown_term": 1, "missing_image": 1, "invalid_field": 1,
    }  # fmt: skip


def test_the_same_source_gives_the_same_bytes(tmp_path: Path) -> None:
    hashes = []
    for place in (tmp_path / "one", tmp_path / "two"):
        kept, rejected = run(place, *mixed())
        table.write(place / "out" / table.RECORDS, kept, Record)
        table.write(place / "out" / table.REJECTED, rejected, Rejection)
        files = sorted((place / "out").iterdir())
        hashes.append({f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files})
    assert set(hashes[0]) == {"images-00000.parquet", table.RECORDS, table.REJECTED}
    assert hashes[0] == hashes[1]


def test_every_record_has_a_working_copy_of_bounded_size(tmp_path: Path) -> None:
    small = draft("small", image=lambda: picture(size=(20, 30)))
    kept, _ = run(tmp_path, WHOLE, small, draft("bad", image=lambda: b""))
    copies = WorkingCopies([tmp_path / "out"])
    shapes = {ref: copies.pixels(ref).shape for ref in kept["record_id"]}
    assert shapes == {"invented/a.png": (32, 64), "invented/small": (20, 30)}
    assert "invented/bad" not in copies


def test_only_a_few_films_are_in_memory_at_a_time() -> None:
    given: list[int] = []

    def drafts() -> Iterator[Draft]:
        for number in range(1000):
            given.append(number)
            yield draft(f"{number:03d}", image=partial(picture, number))

    desk = Desk(
        key="invented", about=Invented.about, terms=Terms.load(TERMS, "invented"),
        max_side=64, max_pixels=20_000, is_drawn=True,
    )  # fmt: skip
    first = next(ingest._judged(desk, drafts(), ALONE))
    assert isinstance(first, Taken)
    assert first.record.source_ref == "000"
    assert len(given) <= 2 * IN_FLIGHT * (os.cpu_count() or 1) + AT_A_TIME


def test_a_drawn_folder_marks_its_records(tmp_path: Path) -> None:
    (tmp_path / "drawn/files").mkdir(parents=True)
    (tmp_path / "drawn/files/PHANTOM.json").write_text('{"drawn": true, "world": 1}')
    assert list(run(tmp_path / "drawn", WHOLE).kept["is_drawn"]) == [True]
    assert list(run(tmp_path / "real", WHOLE).kept["is_drawn"]) == [False]


def entry(key: str, files: Path) -> Source:
    """The source `key` as params.yaml has it, reading another folder."""
    known = yaml.safe_load((TERMS.parents[1] / "params.yaml").read_text())["sources"][key]
    return load(key, {key: {**known, "files": files}})


@pytest.mark.parametrize("key", keys())
def test_a_folder_without_a_film_stops_the_stage_and_is_named(key: str, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    with pytest.raises(NoFilms, match=rf"^{key}: no films .*files: .*`cxr fetch {key}`") as found:
        ingest.main(key, entry(key, folder), tmp_path, TERMS, PARAMS)
    assert found.value.exit_code == 6
    assert str(folder) in str(found.value)


def test_a_table_without_rows_and_rows_without_films_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "metadata.csv").write_text("patientid,finding,view,modality,filename,url,license")
    with pytest.raises(NoFilms, match="no row names one"):
        ingest.main("cohen", entry("cohen", tmp_path), tmp_path, TERMS, PARAMS)
    with pytest.raises(NoFilms, match="1 rows that are none, first: gone"):
        run(tmp_path, Lost(source_ref="x", reason=Reason.MISSING_IMAGE, detail="gone"))


def test_a_source_whose_films_are_all_refused_is_read(tmp_path: Path) -> None:
    kept, rejected = run(tmp_path, draft("a", image=bytes), draft("b", view="Oblique"))
    assert (len(kept), len(rejected)) == (0, 2)
    table.check_records(kept, "ingest")


@pytest.mark.parametrize("key", keys())
def test_all_that_a_real_folder_gives_is_kept_or_rejected(key: str, tmp_path: Path) -> None:
    source = entry(key, Path(__file__).parents[1] / "sources/fixtures" / key)
    given = [type(one) for one in ingest.drafts_of(key, source)]
    border = Border(key=key, files=source.files)
    assert [type(one) for one in border.counted(ingest.drafts_of(key, source))] == given
    assert (border.films, border.losses) == (given.count(Draft), given.count(Lost))
    kept, rejected = ingest.main(key, source, tmp_path, TERMS, PARAMS)
    assert len(kept) + len(rejected) == border.came_in == len(given)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    source = Invented.model_construct(files=tmp_path / "nowhere", gives=())
    with pytest.raises(Misspelt, match=r"'sources\.invented\.files' is .*nowhere.*no folder"):
        ingest.main("invented", source, tmp_path, TERMS, PARAMS)
