"""What stands beside NIH's table: boxes, the official split, sizes, and the layouts of mirrors."""

import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from curation.sources.base import Draft, Lost
from curation.sources.nih_cxr14 import NihCxr14
from curation.stages import ingest
from curation.terms import Terms
from manifests.contract.labels import label_of
from manifests.contract.vocabulary import Finding, Reason

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parent / "fixtures/nih_cxr14"
SAMPLE = ROOT.parent / "shared/data/nih"
TERMS = ROOT / "manifests/terms.yaml"
PARAMS = ingest.Params(max_side=1024, max_megapixels=40)
MISSING_AND_UNLISTED = {"00000004_000.png", "00009999_000.png"}


def source(files: Path, **asked: Any) -> NihCxr14:
    return NihCxr14(files=files, **{"findings": (), "max_films": None, **asked})


def read(files: Path, **asked: Any) -> list[Draft | Lost]:
    return list(source(files, **asked).read(files))


def drafts(files: Path, **asked: Any) -> dict[str, Draft]:
    return {d.source_ref: d for d in read(files, **asked) if isinstance(d, Draft)}


def told(files: Path, **asked: Any) -> dict[str, Lost]:
    """What is lost, less what the fixture loses on purpose."""
    lost = [one for one in read(files, **asked) if isinstance(one, Lost)]
    return {one.source_ref: one for one in lost if one.source_ref not in MISSING_AND_UNLISTED}


def ingested(files: Path, folder: Path) -> pd.DataFrame:
    folder.mkdir(exist_ok=True)
    return ingest.main("nih_cxr14", source(files), folder, TERMS, PARAMS).kept.set_index(
        "source_ref"
    )


def loosened(files: Path, place: str) -> None:
    """The pictures of the archives as single files in the folder `place`."""
    (files / place).mkdir(parents=True, exist_ok=True)
    for archive in sorted(files.glob("*.tar.gz")):
        with tarfile.open(archive) as members:
            for member in members:
                held = members.extractfile(member)
                if held:
                    (files / place / Path(member.name).name).write_bytes(held.read())
        archive.unlink()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return shutil.copytree(FIXTURE, tmp_path / "nih")


def test_boxes_stand_on_their_film_and_infiltrate_is_infiltration(
    files: Path, tmp_path: Path
) -> None:
    rows = ingested(files, tmp_path / "out")
    assert json.loads(str(rows.loc["00000001_001.png", "boxes"])) == [
        {"finding": "pneumonia", "x": 5.25, "y": 8.5, "width": 20.12, "height": 16.0},
        {"finding": "infiltration", "x": 30.0, "y": 6.0, "width": 12.5, "height": 20.75},
    ]
    assert set(rows.index[rows["boxes"].notna()]) == {"00000001_001.png", "00000002_000.png"}


@pytest.mark.parametrize("ending", ["", ",,,"], ids=["as published", "blank cells at the end"])
def test_a_row_of_boxes_may_be_shorter_than_its_header(ending: str, files: Path) -> None:
    header, *lines = (files / "BBox_List_2017.csv").read_text().splitlines()
    assert header.endswith(",,,")
    (files / "BBox_List_2017.csv").write_text("\n".join([header, *(li + ending for li in lines)]))
    assert drafts(files)["00000002_000.png"].boxes == (("Infiltrate", "6", "10", "18", "22"),)
    assert told(files) == {}


def test_a_box_on_a_film_that_was_not_asked_for_is_not_counted(files: Path) -> None:
    films = drafts(files, findings=("Infiltration",))
    assert set(films) == {"00000002_000.png"}
    assert len(films["00000002_000.png"].boxes) == 1
    assert told(files, findings=("Infiltration",)) == {}


def test_a_box_on_a_film_that_no_table_lists_is_told_with_its_line(files: Path) -> None:
    with (files / "BBox_List_2017.csv").open("a") as table:
        table.write("00030806_000.png,Mass,1,2,3,4\n")
    (lost,) = told(files, max_films=1).values()
    assert (lost.source_ref, lost.reason) == ("BBox_List_2017.csv, line 5", Reason.UNLISTED_IMAGE)
    assert "00030806_000.png" in lost.detail


def test_a_box_row_that_does_not_fit_is_told_and_the_films_stay(files: Path) -> None:
    with (files / "BBox_List_2017.csv").open("a") as table:
        table.write("00000001_000.png,Mass,1,2\n")
    (lost,) = told(files).values()
    assert (lost.source_ref, lost.reason) == ("BBox_List_2017.csv, line 5", Reason.INVALID_FIELD)
    assert len(drafts(files)) == 5


def test_boxes_with_other_columns_are_told_once_and_the_films_stay(files: Path) -> None:
    table = files / "BBox_List_2017.csv"
    table.write_text(table.read_text().replace("Bbox [x,y,w,h]", "x0,y0,x1,y1"))
    (lost,) = told(files).values()
    assert (lost.source_ref, lost.reason) == ("BBox_List_2017.csv", Reason.LAYOUT_CHANGED)
    assert len(drafts(files)) == 5


def test_the_official_split_is_kept_beside_ours(files: Path, tmp_path: Path) -> None:
    rows = ingested(files, tmp_path / "out")
    assert rows["official_split"].to_dict() == {
        "00000001_000.png": "train_val", "00000001_001.png": "train_val",
        "00000002_000.png": "test",
        "00000003_000.png": "train_val", "00000003_002.png": "train_val",
    }  # fmt: skip
    assert rows["split"].isna().all()


def test_a_name_in_both_lists_is_told_and_belongs_to_neither(files: Path) -> None:
    with (files / "test_list.txt").open("a") as names:
        names.write("00000001_000.png\n")
    (lost,) = told(files).values()
    assert (lost.source_ref, lost.reason) == ("test_list.txt, 00000001_000.png", "invalid_field")
    assert "train_val_list.txt too" in lost.detail
    assert drafts(files)["00000001_000.png"].official_split == ""
    assert told(files, findings=("Infiltration",)) == {}


def test_names_in_a_list_that_no_table_knows_are_told_in_one_sentence(files: Path) -> None:
    with (files / "test_list.txt").open("a") as names:
        names.write("00030806_000.png\n00030806_001.png\n")
    (lost,) = told(files).values()
    assert (lost.source_ref, lost.reason) == ("test_list.txt", Reason.UNLISTED_IMAGE)
    assert "2 names" in lost.detail


def test_an_empty_list_is_told(files: Path) -> None:
    (files / "train_val_list.txt").write_text("\n")
    assert told(files)["train_val_list.txt"].reason == Reason.LAYOUT_CHANGED


def test_boxes_and_lists_need_not_be_there(files: Path) -> None:
    for name in ("BBox_List_2017.csv", "train_val_list.txt", "test_list.txt"):
        (files / name).unlink()
    films = drafts(files)
    assert len(films) == 5
    assert {(film.boxes, film.official_split) for film in films.values()} == {((), "")}
    assert told(files) == {}


FACTS = {"follow_up": "1", "original_width": "2500", "original_height": "2048",
         "pixel_spacing_x": "0.168", "pixel_spacing_y": "0.168"}  # fmt: skip


@pytest.mark.parametrize("width", ["OriginalImage[Width,Height]", "OriginalImage[Width, Height]"])
def test_sizes_are_read_out_of_brackets_that_hold_commas(width: str, files: Path) -> None:
    table = files / "Data_Entry_2017_v2020.csv"
    table.write_text(table.read_text().replace("OriginalImage[Width,Height]", width))
    assert drafts(files)["00000001_001.png"].facts == FACTS
    table.unlink()
    assert drafts(files)["00000001_001.png"].facts == FACTS


def test_kaggles_sample_has_its_own_columns_ages_and_padded_numbers(tmp_path: Path) -> None:
    files = tmp_path / "nih"
    (files / "images").mkdir(parents=True)
    shutil.copy(FIXTURE / "images_001.tar.gz", files)
    loosened(files, "images")
    (files / "sample_labels.csv").write_text(
        "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,"
        "View Position,OriginalImageWidth,OriginalImageHeight,OriginalImagePixelSpacing_x,"
        "OriginalImagePixelSpacing_y\n"
        "00000001_000.png,No Finding,000,00000001,060Y,M,AP,2500,2048,0.168,0.168\n"
        "00000001_001.png,No Finding,001,00000001,013M,M,AP,2500,2048,0.168,0.168\n"
        "00000002_000.png,No Finding,000,00000002,009D,F,PA,2500,2048,0.168,0.168\n"
    )
    rows = ingested(files, tmp_path / "out")
    assert rows["age_years"].tolist() == [60, 1.0833, 0.0246]
    assert set(rows["patient_id"]) == {"nih_cxr14/1", "nih_cxr14/2"}
    assert rows["study_id"].tolist() == ["nih_cxr14/1-0", "nih_cxr14/1-1", "nih_cxr14/2-0"]
    assert drafts(files)["00000001_001.png"].facts == FACTS | {"follow_up": "001"}


def test_some_mirrors_call_the_sex_by_another_name(files: Path) -> None:
    table = files / "Data_Entry_2017_v2020.csv"
    table.write_text(table.read_text().replace("Patient Gender", "Patient Sex"))
    assert drafts(files)["00000002_000.png"].sex == "M"


@pytest.mark.parametrize("place", ["images_001/images", "images", "png", "."])
def test_the_layouts_of_the_mirrors_are_read(place: str, files: Path) -> None:
    before = list(drafts(files))
    loosened(files, place)
    assert list(drafts(files)) == before
    assert told(files) == {}


def test_a_name_in_other_letters_is_the_same_film_and_its_ending_is_not_believed(
    files: Path, tmp_path: Path
) -> None:
    loosened(files, "images")
    film = files / "images/00000001_001.png"
    film.rename(film.with_suffix(".PNG"))
    table = files / "Data_Entry_2017_v2020.csv"
    table.write_text(table.read_text().replace("00000002_000.png", "00000002_000.Png"))
    rows = ingested(files, tmp_path / "out")
    assert {"00000001_001.png", "00000002_000.Png"} <= set(rows.index)
    assert str(rows.loc["00000002_000.Png", "boxes"]).startswith("[")
    assert rows.loc["00000002_000.Png", "official_split"] == "test"
    assert told(files) == {}


def test_a_file_with_another_ending_is_told_and_not_passed_over(files: Path) -> None:
    loosened(files, "images")
    (files / "images/00000007_000.jpg").write_bytes(b"a film that no row names")
    (files / "images_002.zip").write_bytes(b"PK")
    lost = told(files)
    assert lost["00000007_000.jpg"].reason == Reason.UNLISTED_IMAGE
    assert lost["images_002.zip"].reason == Reason.LAYOUT_CHANGED


def test_nihs_three_duties_stand_on_every_film(files: Path, tmp_path: Path) -> None:
    (credit,) = set(ingested(files, tmp_path / "out")["attribution"])
    for duty in ("CVPR 2017", "NIH Clinical Center", "https://nihcc.app.box.com/v/ChestXray-NIHCC"):
        assert duty in credit


@pytest.mark.parametrize(
    ("labels", "label"),
    [("No Finding", "normal"), ("Pneumonia", "cap"), ("Consolidation|Pneumonia", "cap"),
     ("Edema|Infiltration|Pneumonia", "cap"), ("Consolidation", None), ("Infiltration", None),
     ("Effusion|Mass", None), ("Hernia", None)],
)  # fmt: skip
def test_a_film_is_cap_with_pneumonia_and_its_proxies_are_an_option_of_the_task(
    labels: str, label: str | None
) -> None:
    findings = Terms.load(TERMS, "nih_cxr14").findings(labels)
    tasks = yaml.safe_load((ROOT / "params.yaml").read_text())["tasks"]
    film: dict[str, Any] = {"finding": findings[0], "abnormal": None, "patient_ill": False}
    assert label_of(tasks["three_class"], **film) == label
    wider = {"cap": (Finding.PNEUMONIA, Finding.CONSOLIDATION, Finding.INFILTRATION)}
    is_wider = {"Pneumonia", "Consolidation", "Infiltration"} & set(labels.split("|"))
    assert label_of(wider, **film) == ("cap" if is_wider else None)


def test_a_patients_pneumonia_is_known_where_its_film_was_not_asked_for(
    files: Path, tmp_path: Path
) -> None:
    asked = source(files, findings=("No Finding",))
    (film,) = ingest.main("nih_cxr14", asked, tmp_path / "out", TERMS, PARAMS).kept.to_dict(
        "records"
    )
    assert film["source_ref"] == "00000001_000.png"
    assert list(film["found_elsewhere"]) == ["pneumonia", "cardiomegaly", "effusion"]
    assert {draft.elsewhere for draft in drafts(files).values()} == {()}


@pytest.mark.sample
@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the real films are not beside the project")
def test_the_boxes_of_the_real_sample_stand_on_their_films(tmp_path: Path) -> None:
    rows = ingested(SAMPLE, tmp_path)
    marked = rows[rows["boxes"].notna()]
    boxes = dict(zip(marked.index, map(json.loads, marked["boxes"]), strict=True))
    assert len(boxes) == 5
    assert [box["finding"] for box in boxes["00008365_000.png"]] == ["cardiomegaly"]
    for (box,), width, height in zip(
        boxes.values(), marked["width"], marked["height"], strict=True
    ):
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height
    assert json.loads(rows["facts"].iloc[0]).keys() == FACTS.keys()
