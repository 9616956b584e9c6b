import shutil
import zipfile
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest
from project import ROOT

from curation.sources.base import Draft, Lost
from curation.sources.kermany import Kermany
from curation.stages import ingest
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

FIXTURE = Path(__file__).parent / "fixtures/kermany"
SAMPLE = ROOT.parent / "shared/data/kermany"
PARAMS = ingest.Params(max_side=1024, max_megapixels=40)


def read(files: Path) -> dict[str, Draft | Lost]:
    return {one.source_ref: one for one in Kermany(files=files).read(files)}


def ingested(folder: Path, files: Path = FIXTURE) -> tuple[pd.DataFrame, pd.DataFrame]:
    kept, rejected = ingest.main(
        "kermany", Kermany(files=files), folder, ROOT / "manifests/terms.yaml", PARAMS
    )
    return kept.set_index("source_ref"), rejected


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(FIXTURE, tmp_path / "files")
    return tmp_path / "files"


def packed(folder: Path, *more: tuple[str, bytes]) -> Path:
    folder.mkdir()
    with zipfile.ZipFile(folder / "ChestXRay2017.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for place in sorted(FIXTURE.rglob("chest_xray/**/*")):
            archive.write(place, place.relative_to(FIXTURE))
        for name, data in more:
            archive.writestr(name, data)
    return folder


def test_folder_and_name_say_finding_and_part_of_the_split(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    said = {ref: (row["finding"], row["official_split"]) for ref, row in kept.iterrows()}
    assert said == {
        "train/NORMAL/IM-0115-0001.jpeg": ("normal", "train"),
        "train/NORMAL/NORMAL2-IM-0406-0001-0001.jpeg": ("normal", "train"),
        "train/PNEUMONIA/person1_bacteria_1.jpeg": ("bacterial_pneumonia", "train"),
        "train/PNEUMONIA/person1_bacteria_2 (1).jpeg": ("bacterial_pneumonia", "train"),
        "train/PNEUMONIA/person1_virus_6_1.jpeg": ("viral_pneumonia", "train"),
        "test/PNEUMONIA/person1_virus_9.jpeg": ("viral_pneumonia", "test"),
        "val/NORMAL/IM-0115-0001.jpeg": ("normal", "val"),
    }


def test_person_numbers_restart_for_each_agent_and_part(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    ill = kept[kept["finding"] != "normal"]
    assert Counter(ill["patient_id"]) == {
        "kermany/train/bacteria/1": 2, "kermany/train/virus/1": 1, "kermany/test/virus/1": 1,
    }  # fmt: skip


def test_the_films_of_val_were_taken_out_of_train_and_so_were_their_persons(copy: Path) -> None:
    person = copy / "chest_xray/val/PNEUMONIA/person1_bacteria_3.jpeg"
    person.parent.mkdir()
    person.write_bytes(b"x")
    given = read(copy)
    for patient, film in (
        ("train/bacteria/1", "PNEUMONIA/person1_bacteria_{}.jpeg"),
        ("train/NORMAL/IM-0115", "NORMAL/IM-0115-0001.jpeg"),
    ):
        for ref in (f"train/{film.format(1)}", f"val/{film.format(3)}"):
            assert given[ref].patient == patient  # type: ignore[union-attr]
    val = given["val/NORMAL/IM-0115-0001.jpeg"]
    assert isinstance(val, Draft)
    assert val.official_split == "val"


def test_every_film_is_a_childs_and_from_the_front(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert set(kept["age_years"]) == {1.0}
    assert kept["is_child"].all()
    assert set(kept["view"]) == {"AP"}


def test_nested_copies_and_leavings_are_counted_and_not_taken(tmp_path: Path) -> None:
    _, rejected = ingested(tmp_path)
    assert set(rejected["reason"]) == {"unlisted_image"}
    details = " ".join(rejected["detail"])
    assert details.count("is a nested copy of train/") == 2
    assert details.count("the archiver's") == 2
    assert len(rejected) == 4


def test_a_nested_file_that_is_another_picture_is_no_copy(copy: Path) -> None:
    nested = "chest_xray/chest_xray/train/NORMAL/IM-0115-0001.jpeg"
    (copy / nested).write_bytes(b"another")
    lost = read(copy)[nested]
    assert isinstance(lost, Lost)
    assert lost.reason == Reason.INVALID_FIELD
    assert "another picture than the train/NORMAL/IM-0115-0001.jpeg" in lost.detail


def test_the_zip_gives_what_the_folder_gives(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    folder, lost = ingested(tmp_path / "a")
    zipped, as_lost = ingested(tmp_path / "b", packed(tmp_path / "zip"))
    assert folder["sha256"].to_dict() == zipped["sha256"].to_dict()
    assert lost["detail"].tolist() == as_lost["detail"].tolist()


def test_a_member_that_lies_about_its_place_stays_in_the_zip(tmp_path: Path) -> None:
    files = packed(
        tmp_path / "zip", ("../../evil.jpeg", b"x"), ("chest_xray/train/OTHER/a.jpeg", b"x")
    )
    given = read(files)
    for ref in ("../../evil.jpeg", "chest_xray/train/OTHER/a.jpeg"):
        assert isinstance(given[ref], Lost)
        assert "lies in no folder of the set" in given[ref].detail  # type: ignore[union-attr]
    assert sorted(place.name for place in tmp_path.rglob("*")) == ["ChestXRay2017.zip", "zip"]


def test_a_bomb_in_the_zip_is_cut_at_its_real_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curation.sources.kermany.archive.MAX_FILE", 1000)
    name = "chest_xray/train/PNEUMONIA/person9_virus_9.jpeg"
    film = read(packed(tmp_path / "zip", (name, bytes(100_000))))[name.removeprefix("chest_xray/")]
    assert isinstance(film, Draft)
    with pytest.raises(Rejected, match="larger than 1000 bytes"):
        film.image()


def test_the_directory_of_the_zip_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = packed(tmp_path / "zip")
    opened: list[Path] = []

    class Counted(zipfile.ZipFile):
        def __init__(self, file: Path) -> None:
            opened.append(file)
            super().__init__(file)

    monkeypatch.setattr(zipfile, "ZipFile", Counted)
    ingested(tmp_path, files)
    assert len(opened) == 1


def test_a_link_in_the_zip_is_no_picture(tmp_path: Path) -> None:
    files = packed(tmp_path / "zip")
    link = zipfile.ZipInfo("chest_xray/train/PNEUMONIA/person9_virus_9.jpeg")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(files / "ChestXRay2017.zip", "a") as archive:
        archive.writestr(link, "/etc/passwd")
    film = read(files)["train/PNEUMONIA/person9_virus_9.jpeg"]
    assert isinstance(film, Draft)
    with pytest.raises(Rejected, match="a link, no picture"):
        film.image()


def test_a_damaged_zip_is_a_row_and_the_folder_beside_it_is_read(copy: Path) -> None:
    whole = (packed(copy.parent / "zip") / "ChestXRay2017.zip").read_bytes()
    (copy / "ChestXRay2017.zip").write_bytes(whole[: len(whole) // 2])
    given = read(copy)
    assert given["ChestXRay2017.zip"].reason == Reason.UNREADABLE_IMAGE  # type: ignore[union-attr]
    assert sum(isinstance(one, Draft) for one in given.values()) == 7


def test_a_name_of_no_known_form_is_told(copy: Path) -> None:
    (copy / "chest_xray/train/PNEUMONIA/IM-0001-0001.jpeg").write_bytes(b"moved")
    lost = read(copy)["chest_xray/train/PNEUMONIA/IM-0001-0001.jpeg"]
    assert isinstance(lost, Lost)
    assert lost.reason == Reason.LAYOUT_CHANGED


def test_a_picture_beside_the_set_is_told(copy: Path) -> None:
    (copy / "a.JPEG").write_bytes(b"stray")
    assert isinstance(read(copy)["a.JPEG"], Lost)


def test_another_layout_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "train/NORMAL").mkdir(parents=True)
    with pytest.raises(Rejected, match="bring the set as it is published") as verdict:
        read(tmp_path)
    assert verdict.value.reason is Reason.LAYOUT_CHANGED


def test_a_fetch_brings_the_zip_that_was_published_and_no_other(tmp_path: Path) -> None:
    (remote,) = Kermany(files=tmp_path).remotes(tmp_path)
    assert remote.name == "ChestXRay2017.zip"
    assert urlsplit(remote.url).hostname in Kermany.about.hosts
    assert len(remote.sha256) == 64
    assert "download it from https://data.mendeley.com/datasets/rscbjbr9sj/2" in remote.cure


@pytest.mark.sample
@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the real films are not beside the project")
def test_the_real_sample_is_counted(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path, SAMPLE)
    assert len(rejected) == 0
    assert len(kept) == len(list(SAMPLE.rglob("*.jpeg"))) == 109
    assert kept["finding"].value_counts().to_dict() == {
        "bacterial_pneumonia": 48, "viral_pneumonia": 44, "normal": 17,
    }  # fmt: skip
    assert set(kept["official_split"]) == {"train", "test"}
