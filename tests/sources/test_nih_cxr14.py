import io
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from curation.sources.base import Draft, Lost, Remote
from curation.sources.loading import load
from curation.sources.nih_cxr14 import NihCxr14
from curation.stages import ingest
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parent / "fixtures/nih_cxr14"
SAMPLE = ROOT.parent / "shared/data/nih"
TERMS = ROOT / "manifests/terms.yaml"
PARAMS = ingest.Params(max_side=1024, max_megapixels=40)


def read(files: Path, **asked: Any) -> dict[str, Draft | Lost]:
    asked = {"findings": (), "max_films": None, **asked}
    return {draft.source_ref: draft for draft in NihCxr14(files=files, **asked).read(files)}


def lost(found: dict[str, Draft | Lost]) -> dict[str, str]:
    return {ref: str(one.reason) for ref, one in found.items() if isinstance(one, Lost)}


def kept(found: dict[str, Draft | Lost]) -> list[str]:
    return [ref for ref, one in found.items() if isinstance(one, Draft)]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return shutil.copytree(FIXTURE, tmp_path / "nih")


def test_the_archives_are_read_and_nothing_is_unpacked(files: Path) -> None:
    before = sorted(files.rglob("*"))
    found = read(files)
    assert len(kept(found)) == 5
    assert lost(found) == {"00009999_000.png": "unlisted_image",
                           "00000004_000.png": "missing_image"}  # fmt: skip
    assert sorted(files.rglob("*")) == before


def test_loose_pictures_are_read_like_archived_ones(files: Path) -> None:
    archived = read(files)
    for archive in sorted(files.glob("*.tar.gz")):
        with tarfile.open(archive) as members:
            for member in filter(tarfile.TarInfo.isfile, members):
                place = files / member.name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(members.extractfile(member).read())  # type: ignore[union-attr]
        archive.unlink()
    loose = read(files)
    assert kept(archived) == kept(loose)
    for ref in kept(archived):
        assert archived[ref].image() == loose[ref].image()  # type: ignore[union-attr]  # drafts


@pytest.mark.parametrize(
    ("asked", "names"),
    [({"findings": ("Pneumonia",)}, ["00000001_001.png", "00000003_002.png"]),
     ({"findings": ("Infiltration", "No Finding"), "max_films": 1}, ["00000001_000.png"]),
     ({"max_films": 2}, ["00000001_000.png", "00000001_001.png"])],
)  # fmt: skip
def test_only_what_the_parameters_ask_for_comes_in(
    asked: dict[str, Any], names: list[str], files: Path
) -> None:
    found = read(files, **asked)
    assert kept(found) == names
    # What no row names is told, unless reading stops before it.
    assert set(lost(found)) == (set() if "max_films" in asked else {"00009999_000.png"})


def test_reading_stops_when_all_is_found(files: Path) -> None:
    (files / "images_002.tar.gz").write_bytes(b"never opened")
    assert lost(read(files, max_films=3)) == {}


def test_the_table_of_2020_is_preferred_and_the_one_of_2017_is_read(
    files: Path, tmp_path: Path
) -> None:
    def ages() -> list[float | None]:
        folder = tmp_path / "out"
        folder.mkdir(exist_ok=True)
        source = load(
            "nih_cxr14", {"nih_cxr14": {"files": files, "findings": [], "max_films": None}}
        )
        rows = ingest.main("nih_cxr14", source, folder, TERMS, PARAMS).kept
        return list(rows["age_years"].astype(object).where(rows["age_years"].notna(), None))

    assert ages() == [58, 59, 58, 58, 60]
    (files / "Data_Entry_2017_v2020.csv").unlink()
    assert ages() == [None, 59, 58, 58, 60]


def test_the_comma_that_ends_every_row_of_2017_adds_no_column(files: Path) -> None:
    (files / "Data_Entry_2017_v2020.csv").unlink()
    table = files / "Data_Entry_2017.csv"
    lines = table.read_text().splitlines()
    assert all(line.endswith(",") for line in lines)
    before = kept(read(files))
    # Some copies of it have the comma in the rows and none in the header.
    table.write_text("\n".join([lines[0].removesuffix(","), *lines[1:]]) + "\n")
    assert kept(read(files)) == before != []


def test_several_labels_are_several_findings(tmp_path: Path) -> None:
    source = NihCxr14(files=FIXTURE, findings=(), max_films=None)
    rows = ingest.main("nih_cxr14", source, tmp_path, TERMS, PARAMS).kept.set_index("source_ref")
    row = rows.loc["00000001_001.png"]
    assert row["findings"] == ["pneumonia", "cardiomegaly", "effusion"]
    assert row["finding_text"] == "Cardiomegaly|Effusion|Pneumonia"
    assert (row["patient_id"], row["study_id"]) == ("nih_cxr14/1", "nih_cxr14/1-1")
    assert (row["sex"], row["view"], row["license"]) == ("F", "PA", "LicenseRef-NIHCC")


@pytest.mark.parametrize("length", [0, 40, 2000, 5600])
def test_a_damaged_archive_is_told_and_its_films_are_missing(length: int, files: Path) -> None:
    archive = files / "images_002.tar.gz"
    archive.write_bytes(archive.read_bytes()[:length])
    found = read(files)
    assert {"00000001_000.png", "00000001_001.png", "00000002_000.png"} <= set(kept(found))
    assert lost(found)["images_002.tar.gz"] == "unreadable_image"
    assert len(found) == 7


def test_a_member_that_is_no_plain_file_is_not_followed(files: Path) -> None:
    with tarfile.open(files / "images_001.tar.gz", "w:gz") as archive:
        link = tarfile.TarInfo("images/00000001_000.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link)
        climbing = tarfile.TarInfo("../../00000001_001.png")
        climbing.size = 4
        archive.addfile(climbing, io.BytesIO(b"film"))
    found = read(files, max_films=2)
    assert kept(found) == ["00000001_001.png"]
    assert isinstance(found["00000001_000.png"], Lost)


def test_a_row_that_comes_twice_is_told(files: Path) -> None:
    table = files / "Data_Entry_2017_v2020.csv"
    rows = table.read_text().splitlines()
    table.write_text("\n".join([*rows, rows[1].replace("No Finding", "Mass")]))
    found = list(NihCxr14(files=files, findings=(), max_films=None).read(files))
    first = next(one for one in found if isinstance(one, Lost))
    assert (first.source_ref, first.reason) == ("00000001_000.png", Reason.INVALID_FIELD)


def test_a_film_that_is_there_twice_is_told(files: Path) -> None:
    with tarfile.open(files / "images_003.tar.gz", "w:gz") as archive:
        again = tarfile.TarInfo("images/00000001_000.png")
        again.size = 5
        archive.addfile(again, io.BytesIO(b"other"))
    found = list(NihCxr14(files=files, findings=(), max_films=None).read(files))
    first, second = (one for one in found if one.source_ref == "00000001_000.png")
    assert isinstance(first, Draft)
    assert first.image().startswith(b"\x89PNG")
    assert isinstance(second, Lost)
    assert second.reason == Reason.INVALID_FIELD
    assert "stands twice" in second.detail


def test_an_unlisted_film_behind_the_last_listed_one_is_told(files: Path) -> None:
    table = files / "Data_Entry_2017_v2020.csv"
    rows = [row for row in table.read_text().splitlines() if "00000004_000.png" not in row]
    table.write_text("\n".join(rows))
    with tarfile.open(files / "images_003.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("images/00009998_000.png"), io.BytesIO())
    assert lost(read(files)) == {"00009998_000.png": "unlisted_image",
                                 "00009999_000.png": "unlisted_image"}  # fmt: skip


def test_a_label_that_nih_does_not_use_is_named() -> None:
    entry = {"files": FIXTURE, "findings": ["Pneumonia", "Covid"], "max_films": None}
    with pytest.raises(Misspelt, match=r"sources\.nih_cxr14\.findings\.1' is 'Covid'"):
        load("nih_cxr14", {"nih_cxr14": entry})


def test_a_folder_without_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="holds none of"):
        read(tmp_path)


def test_fetch_takes_the_links_that_nih_hands_out(tmp_path: Path) -> None:
    source = NihCxr14(files=tmp_path, findings=(), max_films=None)
    with pytest.raises(Misspelt, match=r"sources\.nih_cxr14\.links"):
        next(source.remotes(tmp_path))
    links = tmp_path / "links.csv"
    links.write_text("name,url,sha256\nimages_001.tar.gz,https://nihcc.box.com/shared/x.gz,\n")
    (remote,) = source.model_copy(update={"links": links}).remotes(tmp_path)
    assert (remote.name, remote.url) == ("images_001.tar.gz", "https://nihcc.box.com/shared/x.gz")


def linked(folder: Path, *lines: str) -> list[Remote]:
    links = folder / "links.csv"
    links.write_text("\n".join(["name,url,sha256", *lines]))
    source = NihCxr14(files=folder, findings=(), max_films=None, links=links)
    return list(source.remotes(folder))


def test_a_published_hash_may_stand_in_capitals(tmp_path: Path) -> None:
    (remote,) = linked(tmp_path, f"a.gz,https://nihcc.box.com/a,{'AB' * 32}")
    assert remote.sha256 == "ab" * 32


def test_links_that_cannot_be_read_or_share_a_name_are_named(tmp_path: Path) -> None:
    source = NihCxr14(files=tmp_path, findings=(), max_films=None, links=tmp_path / "none.csv")
    with pytest.raises(Misspelt, match=r"nih_cxr14\.links: .*none\.csv: is no file"):
        next(source.remotes(tmp_path))
    with pytest.raises(Misspelt, match=r"\['a\.gz'\] stand twice"):
        linked(tmp_path, "a.gz,https://nihcc.box.com/a,", "a.gz,https://nihcc.box.com/b,")


@pytest.mark.parametrize("wrong", ["ab" * 16, "xy" * 32, "none"])
def test_what_is_no_hash_is_refused_before_anything_is_asked(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(Misspelt, match=r"links\.csv, line 3: sha256 is '"):
        linked(tmp_path, "a.gz,https://nihcc.box.com/a,", f"b.gz,https://nihcc.box.com/b,{wrong}")


@pytest.mark.sample
@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the real films are not beside the project")
def test_the_real_sample_is_counted(tmp_path: Path) -> None:
    source = NihCxr14(files=SAMPLE, findings=(), max_films=None)
    found = ingest.main("nih_cxr14", source, tmp_path, TERMS, PARAMS)
    assert (len(found.kept), len(found.rejected)) == (94, 0)
    assert found.kept["finding"].value_counts()["normal"] == 52
    assert found.kept["finding"].value_counts()["pneumonia"] == 37
