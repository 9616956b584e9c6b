import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from curation.sources.base import Draft, Lost
from curation.sources.base_files import Row
from curation.sources.chexpert import Chexpert
from curation.sources.chexpert.labels import COLUMNS, LABELS, Label, Said, UncertainRule, said
from curation.stages import ingest
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parent / "fixtures/chexpert"
SMALL = "CheXpert-v1.0-small"
PARAMS = ingest.Params(max_side=1024, max_megapixels=40)
DEVICES = "train/patient00001/study1/view1_frontal.jpg"
ILL = "train/patient00002/study1/view1_frontal.jpg"
LATERAL = "train/patient00002/study1/view2_lateral.jpg"
CONTRADICTED = "train/patient00003/study1/view1_frontal.jpg"
SILENT = "train/patient00004/study1/view1_frontal.jpg"
BLANK_VIEW = "train/patient00004/study2/view1_frontal.jpg"
LATERAL_AP = "train/patient00004/study2/view2_lateral.jpg"
GONE = "train/patient00005/study1/view1_frontal.jpg"
ALL = "train/patient00006/study1/view1_frontal.jpg"
CLEAR = "train/patient00007/study1/view1_frontal.jpg"
VALID = "valid/patient64541/study1/view1_frontal.jpg"
VALID_CLEAR = "valid/patient64542/study1/view1_frontal.jpg"
UNLISTED = "train/patient00099/study1/view1_frontal.jpg"


def source(
    files: Path = FIXTURE, rule: UncertainRule = "keep", findings: tuple[Label, ...] = ()
) -> Chexpert:
    return Chexpert(files=files, uncertain=rule, findings=findings)


def ingested(
    folder: Path, files: Path = FIXTURE, rule: UncertainRule = "keep"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    terms = ROOT / "manifests/terms.yaml"
    kept, rejected = ingest.main("chexpert", source(files, rule), folder, terms, PARAMS)
    return kept.set_index("source_ref"), rejected


def read(files: Path) -> dict[str, Draft | Lost]:
    return {one.source_ref: one for one in source(files).read(files)}


def words(kept: pd.DataFrame, film: str, column: str) -> list[str]:
    return [str(word) for word in kept[column].to_dict()[film]]


def labelled(rule: UncertainRule, **cells: str) -> Said:
    return said(Row(line=2, cells={**dict.fromkeys(COLUMNS, ""), **cells}), rule)


def copied(folder: Path, old: str = "", new: str = "") -> Path:
    """A copy of the fixture, `old` replaced once in its train.csv."""
    shutil.copytree(FIXTURE, folder / "files")
    table = folder / "files" / SMALL / "train.csv"
    assert old in table.read_text()
    table.write_text(table.read_text().replace(old, new, 1))
    return folder / "files"


def test_each_label_becomes_our_word(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert words(kept, ALL, "findings") == [
        "pneumonia", "consolidation", "atelectasis", "cardiomegaly", "effusion", "edema",
        "pneumothorax", "other",
    ]  # fmt: skip
    assert kept.loc[[ILL, VALID, BLANK_VIEW], "finding"].tolist() == [
        "pneumonia", "atelectasis", "other",
    ]  # fmt: skip


def test_a_doubt_is_kept_as_a_doubt(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert words(kept, ILL, "findings") == ["pneumonia", "other"]
    assert words(kept, ILL, "uncertain") == ["consolidation", "edema"]
    assert kept["uncertain"].isna().to_dict()[VALID]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("keep", Said(("Pneumonia",), ("Edema",))),
        ("positive", Said(("Edema", "Pneumonia"), ())),
        ("negative", Said(("Pneumonia",), ())),
    ],
)
def test_each_rule_says_what_a_doubt_counts_as(rule: UncertainRule, expected: Said) -> None:
    assert labelled(rule, edema="-1.0", pneumonia="1.0", fracture="0.0") == expected


def test_no_finding_gives_way_to_any_finding_and_any_doubt() -> None:
    assert labelled("keep", no_finding="1.0") == Said(("No Finding",), ())
    assert labelled("keep", no_finding="1.0", edema="1.0") == Said(("Edema",), ())
    assert labelled("keep", no_finding="1.0", edema="-1.0") == Said((), ("Edema",))
    assert labelled("positive", no_finding="1.0", edema="-1.0") == Said(("Edema",), ())
    assert labelled("negative", no_finding="1.0", edema="-1.0") == Said(("No Finding",), ())
    assert labelled("keep", no_finding="-1.0") == Said((), ())


@pytest.mark.parametrize("device", ["1.0", "-1.0"])
def test_a_support_device_is_no_disease_and_a_clear_film_stays_clear(device: str) -> None:
    clear = labelled("keep", no_finding="1.0", support_devices=device)
    assert clear == Said(("No Finding",), ())
    assert labelled("keep", support_devices="1.0") == Said(("Support Devices",), ())


def test_the_device_of_a_clear_film_stays_in_its_facts(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept.loc[DEVICES, "finding"] == "normal"
    assert json.loads(str(kept.loc[DEVICES, "facts"])) == {
        "frontal/lateral": "Frontal", "ap/pa": "AP", "no_finding": "1.0", "support_devices": "1.0",
    }  # fmt: skip
    assert json.loads(str(kept.loc[ILL, "facts"]))["fracture"] == "0.0"


def test_a_row_without_a_label_is_unknown_and_one_in_doubt_is_not_normal(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept.loc[[SILENT, CONTRADICTED], "finding"].tolist() == ["unknown", "unknown"]
    assert words(kept, CONTRADICTED, "uncertain") == ["effusion"]
    assert kept.loc[[CLEAR, VALID_CLEAR], "finding"].tolist() == ["normal", "normal"]


def test_a_label_that_is_no_known_number_is_told(tmp_path: Path) -> None:
    found = read(copied(tmp_path, ",LL,,", ",LL,0.5,"))["train.csv, line 6"]
    assert isinstance(found, Lost)
    assert found.reason is Reason.INVALID_FIELD
    assert "No Finding is '0.5'" in found.detail


def test_the_view_is_of_both_columns_and_a_lateral_film_is_lateral(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept["view"].to_dict() == {
        DEVICES: "AP", ILL: "AP", LATERAL: "L", CONTRADICTED: "PA", SILENT: "FRONTAL",
        BLANK_VIEW: "FRONTAL", LATERAL_AP: "L", ALL: "FRONTAL", CLEAR: "PA", VALID: "AP",
        VALID_CLEAR: "PA",
    }  # fmt: skip


def test_age_zero_and_sex_unknown_say_nothing_and_ninety_is_a_bound(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept["age_years"].isna().to_dict()[SILENT]
    assert kept.loc[CONTRADICTED, "age_years"] == 90
    assert kept["sex"].isna().to_dict()[SILENT]
    assert kept.loc[[ILL, CONTRADICTED], "sex"].tolist() == ["F", "M"]


def test_patient_study_and_part_come_from_the_path(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    study = kept["study_id"].to_dict()
    assert kept["patient_id"].to_dict()[BLANK_VIEW] == "chexpert/patient00004"
    assert study[BLANK_VIEW] == study[LATERAL_AP] == "chexpert/patient00004/study2"
    assert study[SILENT] == "chexpert/patient00004/study1"
    assert kept.loc[[SILENT, VALID], "official_split"].tolist() == ["train", "val"]


def test_a_row_without_its_film_and_a_film_without_a_row_are_told(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path)
    assert dict(zip(rejected["record_id"], rejected["reason"], strict=True)) == {
        f"chexpert/{GONE}": "missing_image",
        f"chexpert/{UNLISTED}": "unlisted_image",
    }
    assert len(kept) == 11


def test_case_and_extension_of_a_file_are_not_trusted(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept.loc[ALL, "format"] == "JPEG"
    assert kept.loc[CLEAR, "format"] == "PNG"


def test_of_two_files_that_a_row_may_mean_none_is_guessed(tmp_path: Path) -> None:
    files = copied(tmp_path)
    there = files / SMALL / "train/patient00006/study1/View1_Frontal.JPEG"
    shutil.copy(there, there.with_name("VIEW1_frontal.png"))
    found = read(files)[ALL]
    assert isinstance(found, Lost)
    assert found.reason is Reason.INVALID_FIELD
    shutil.copy(there, there.with_name("view1_frontal.jpg"))
    assert isinstance(read(files)[ALL], Draft)


def test_the_folder_may_have_any_name_or_be_the_archive_itself(tmp_path: Path) -> None:
    files = copied(tmp_path)
    before = list(read(files))
    (files / SMALL).rename(files / "archive (1)")
    assert list(read(files)) == before
    assert list(read(files / "archive (1)")) == before


def test_two_archives_side_by_side_are_refused(tmp_path: Path) -> None:
    files = copied(tmp_path)
    shutil.copytree(files / SMALL, files / "CheXpert-v1.0")
    with pytest.raises(Rejected, match=r"both CheXpert-v1\.0 and CheXpert-v1\.0-small"):
        read(files)


def test_a_path_that_names_no_patient_or_another_part_is_told(tmp_path: Path) -> None:
    files = copied(tmp_path, f"{SMALL}/train/patient00003", f"{SMALL}/valid/patient00003")
    found = read(files)["train.csv, line 5"]
    assert isinstance(found, Lost)
    assert "is no film of train" in found.detail
    other = copied(tmp_path / "other", f"{SMALL}/train/patient00003", f"{SMALL}/train/p3")
    odd = read(other)["train.csv, line 5"]
    assert isinstance(odd, Lost)
    assert "names no patient" in odd.detail


def test_a_missing_table_is_told_and_without_any_the_layout_has_changed(tmp_path: Path) -> None:
    files = copied(tmp_path)
    (files / SMALL / "valid.csv").unlink()
    found = read(files)
    assert isinstance(lost := found["valid.csv"], Lost)
    assert lost.reason is Reason.LAYOUT_CHANGED
    assert isinstance(unlisted := found[VALID], Lost)
    assert unlisted.reason is Reason.UNLISTED_IMAGE
    (files / SMALL / "train.csv").unlink()
    with pytest.raises(Rejected, match="no folder here holds train") as verdict:
        read(files)
    assert verdict.value.reason is Reason.LAYOUT_CHANGED


def test_only_films_with_a_label_asked_for_are_given_and_the_rest_is_not_counted() -> None:
    normal = source(findings=("No Finding",)).read(FIXTURE)
    assert [one.source_ref for one in normal] == [DEVICES, CLEAR, VALID_CLEAR, UNLISTED]
    doubted = source(findings=("Edema",), rule="positive").read(FIXTURE)
    assert [one.source_ref for one in doubted] == [ILL, LATERAL, ALL, UNLISTED]


CLEAR_AND_ILL = (
    f"{SMALL}/train/patient00007/study2/view1_frontal.jpg,Female,29,Frontal,PA,"
    ",,,,,,1.0,1.0,,,,,,\n"
)


def drafts(
    files: Path, findings: tuple[Label, ...], rule: UncertainRule = "keep"
) -> dict[str, Draft]:
    found = source(files, rule, findings).read(files)
    return {one.source_ref: one for one in found if isinstance(one, Draft)}


def with_row(folder: Path, line: str) -> Path:
    files = copied(folder)
    with (files / SMALL / "train.csv").open("a") as table:
        table.write(line)
    return files


def test_what_a_patient_has_on_films_not_asked_for_is_passed_on(tmp_path: Path) -> None:
    files = with_row(tmp_path, CLEAR_AND_ILL)
    study = files / SMALL / "train/patient00007/study2"
    study.mkdir()
    shutil.copy(files / SMALL / ILL, study / "view1_frontal.jpg")
    told = drafts(files, ("No Finding",))
    assert told[CLEAR].elsewhere == ("Consolidation", "Pneumonia")
    assert told[DEVICES].elsewhere == ()
    assert drafts(files, ())[CLEAR].elsewhere == ()


def test_what_a_patient_has_on_a_film_that_is_not_here_is_passed_on(tmp_path: Path) -> None:
    files = with_row(tmp_path, CLEAR_AND_ILL)
    assert drafts(files, ())[CLEAR].elsewhere == ("Consolidation", "Pneumonia")


def test_a_doubt_is_passed_on_by_the_same_rule(tmp_path: Path) -> None:
    files = with_row(tmp_path, CLEAR_AND_ILL.replace("1.0,1.0", ",-1.0"))
    assert drafts(files, ("No Finding",))[CLEAR].elsewhere == ()
    told = drafts(files, ("No Finding",), "positive")
    assert told[CLEAR].elsewhere == ("Pneumonia",)


def test_the_table_is_walked_and_not_gathered() -> None:
    films = source().read(FIXTURE)
    assert next(iter(films)).source_ref == DEVICES


def test_fetch_says_where_a_person_registers_and_where_the_films_go(tmp_path: Path) -> None:
    with pytest.raises(Misspelt, match=r"register at https://stanfordaimi") as fault:
        source(tmp_path).remotes(tmp_path)
    assert str(tmp_path) in str(fault.value)


def test_every_label_has_a_column() -> None:
    assert len(LABELS) == len(set(COLUMNS)) == 14
