import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from curation.sources.base import Draft, Lost
from curation.sources.nlm_tb import NlmTb
from curation.sources.nlm_tb.archive import contents
from curation.sources.nlm_tb.readings import Reading, patient_of, reading
from curation.stages import ingest
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason
from manifests.contract.working import MASKS, WorkingCopies

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parent / "fixtures/nlm_tb"
SAMPLE = ROOT.parent / "shared/data"
PARAMS = ingest.Params(max_side=1024, max_megapixels=40)
SETS = (Path("MontgomerySet"), Path("ChinaSet_AllFiles"))
FILM = (FIXTURE / "MontgomerySet/CXR_png/MCUCXR_0001_0.png").read_bytes()
LUNGS = (FIXTURE / "ChinaSet_AllFiles/mask/CHNCXR_0001_0_mask.png").read_bytes()


def source(files: Path, *sets: Path) -> NlmTb:
    return NlmTb(files=files, sets=sets or SETS)


def ingested(folder: Path, files: Path = FIXTURE, *sets: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    kept, rejected = ingest.main(
        "nlm_tb", source(files, *sets), folder, ROOT / "manifests/terms.yaml", PARAMS
    )
    names = kept["source_ref"].str.removesuffix(".png")
    return kept.set_index(names), rejected


def a_set(folder: Path, **files: bytes | str) -> list[Draft | Lost]:
    """What a set of one film, CHNCXR_0001_0, gives with further `files`, "/" written as "__"."""
    for name, data in {"CXR_png__CHNCXR_0001_0.png": FILM, **files}.items():
        place = folder / "x" / name.replace("__", "/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(source(folder, Path("x")).read(folder))


def drafts(given: list[Draft | Lost]) -> list[Draft]:
    return [one for one in given if isinstance(one, Draft)]


def losses(given: list[Draft | Lost]) -> dict[str, str]:
    return {one.source_ref: str(one.reason) for one in given if isinstance(one, Lost)}


def zipped(folder: Path, place: Path, top: str = "") -> Path:
    """The set `folder` as the archive `place`, its names beginning with `top`."""
    with zipfile.ZipFile(place, "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, f"{top}{file.relative_to(folder).as_posix()}")
    return place


def test_the_last_digit_of_the_name_is_the_finding_and_tuberculosis_stays_in(
    tmp_path: Path,
) -> None:
    kept, _ = ingested(tmp_path)
    found = (kept.index.str[-1] + " " + kept["finding"]).value_counts().to_dict()
    assert found == {"0 normal": 10, "1 tuberculosis": 8}


def test_sex_and_age_of_every_form_are_understood(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    words = kept[["sex", "age_years"]].astype(object).where(kept["sex"].notna(), "")
    assert {film: (row["sex"], row["age_years"]) for film, row in words.iterrows()} == {
        "MCUCXR_0001_0": ("F", 27), "MCUCXR_0002_0": ("M", 5), "MCUCXR_0003_0": ("O", 40),
        "MCUCXR_0162_1": ("M", 61), "MCUCXR_0170_1": ("", ""), "MCUCXR_0195_1": ("F", 33),
        "MCUCXR_0200_1": ("", ""),
        "CHNCXR_0001_0": ("M", 45), "CHNCXR_0002_0": ("M", 29), "CHNCXR_0003_0": ("F", 32),
        "CHNCXR_0004_0": ("F", 24), "CHNCXR_0005_0": ("M", 1.3333),
        "CHNCXR_0006_0": ("F", 0.1752), "CHNCXR_0007_0": ("M", 42),
        "CHNCXR_0327_1": ("M", 37), "CHNCXR_0328_1": ("", ""), "CHNCXR_0329_1": ("M", 28),
        "CHNCXR_0330_1": ("", ""),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Patient's Sex: F \nPatient's Age: 027Y\nnormal", Reading("F", "027Y")),
        ("\ufeffPatient\u2019s Sex: M \r\nPatient\u2019s Age: 005Y \r\n", Reading("M", "005Y")),
        ("Patients Sex:O\npatient`s age:040y", Reading("O", "040y")),
        ("Patient's Sex: \nPatient's Age: 027Y\n", Reading("", "027Y")),
        ("Patient's Sex: F \nx\nPatient's Sex: M \nPatient's Age: 070Y", Reading("F", "")),
        ("NO REPORT (same pt as MCUCXR_0162_1)", Reading(twin="MCUCXR_0162_1")),
        ("male 45yrs\nnormal", Reading("male", "45yrs")),
        ("male , 29yrs\t\t\r\n", Reading("male", "29yrs")),
        ("femal 32yrs", Reading("femal", "32yrs")),
        ("Female24yrs", Reading("Female", "24yrs")),
        ("\u3000male 16month", Reading("male", "16month")),
        ("male 42\n", Reading("male", "42")),
        ("female\nnormal", Reading("female", "")),
        ("normal\nmale 37yrs\nfemale 51yrs", Reading("male", "37yrs")),
        ("seen with a male of 37yrs", Reading()),
        ("male 37yrs, female 51yrs", Reading()),
        ("", Reading()),
    ],
)
def test_the_first_reading_of_a_file_is_read_and_none_is_guessed(
    text: str, expected: Reading
) -> None:
    assert reading(text) == expected


def test_a_film_that_refers_to_another_is_the_same_patients(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    patients = kept["patient_id"].to_dict()
    assert patients["MCUCXR_0170_1"] == patients["MCUCXR_0162_1"] == "nlm_tb/MCUCXR_0162_1"
    assert kept["patient_id"].nunique() == len(kept) - 1


def test_films_that_refer_to_each_other_in_a_row_or_a_ring_are_one_patients() -> None:
    row = {"A": "B", "B": "C"}
    assert {patient_of(film, row) for film in "ABC"} == {"C"}
    ring = {"A": "B", "B": "C", "C": "B"}
    assert {patient_of(film, ring) for film in "ABC"} == {"B"}
    assert patient_of("A", {"A": "A"}) == "A"


def test_a_film_without_a_reading_is_a_film_and_a_reading_without_a_film_is_told(
    tmp_path: Path,
) -> None:
    kept, rejected = ingested(tmp_path)
    assert {"MCUCXR_0200_1", "CHNCXR_0330_1"} <= set(kept.index)
    assert dict(zip(rejected["record_id"], rejected["reason"], strict=True)) == {
        "nlm_tb/MontgomerySet/ManualMask/leftMask/MCUCXR_0999_0.png": "unlisted_image",
        "nlm_tb/ChinaSet_AllFiles/CXR_png/CHNCXR_0331.png": "unlisted_image",
        "nlm_tb/ChinaSet_AllFiles/CXR_png/notes.txt": "unlisted_image",
        "nlm_tb/ChinaSet_AllFiles/ClinicalReadings/CHNCXR_0008_0.txt": "missing_image",
        "nlm_tb/ChinaSet_AllFiles/mask/CHNCXR_0009_0_mask.png": "unlisted_image",
    }


def test_the_table_holds_where_there_is_no_reading_and_only_there(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept.loc["CHNCXR_0001_0", "age_years"] == 45
    assert kept.loc["CHNCXR_0329_1", "age_years"] == 28


def test_every_row_of_the_table_is_a_film_or_told(tmp_path: Path) -> None:
    table = (
        "study_id,sex,age,findings\nchncxr_0001_0.PNG,Male,28,a\n"
        "CHNCXR_0001_0.png,Female,3,b\nCHNCXR_0661_1.png,Male,3,c\n"
    )
    given = a_set(tmp_path, **{"shenzhen_metadata.csv": table})
    assert [(draft.sex, draft.age) for draft in drafts(given)] == [("Male", "28")]
    assert losses(given) == {
        "x/shenzhen_metadata.csv, line 3": "unlisted_image",
        "x/shenzhen_metadata.csv, line 4": "missing_image",
    }


def test_a_reading_that_cannot_be_made_out_is_said_and_free_text_never_is(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    facts = {film: json.loads(said) for film, said in kept["facts"].to_dict().items()}
    assert facts["CHNCXR_0328_1"] == {"set": "Shenzhen", "reading": "no sex or age in it"}
    assert facts["MCUCXR_0001_0"] == {"set": "Montgomery"}
    assert "nvented" not in "".join(kept["facts"])
    assert "nvented" not in "".join(kept["finding_text"])


def test_both_lungs_are_united_and_one_lung_alone_is_no_mask(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    masks = WorkingCopies([tmp_path / MASKS])
    for film in ("MCUCXR_0001_0", "CHNCXR_0001_0"):
        lungs = masks.pixels(f"nlm_tb/{film}.png")
        half = lungs.shape[1] // 2
        assert lungs[:, :half].any()
        assert lungs[:, half:].any()
    assert "nlm_tb/MCUCXR_0003_0.png" not in masks
    assert "right only" in kept["facts"].to_dict()["MCUCXR_0003_0"]


def test_a_film_without_a_mask_stays_and_says_nothing_of_one(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    without = set(kept.index[kept["has_lung_mask"].isna()])
    assert without == {"MCUCXR_0003_0", "MCUCXR_0200_1", "CHNCXR_0004_0", "CHNCXR_0330_1"}
    assert kept["has_lung_mask"].dropna().all()


def test_a_palette_is_looked_up_and_not_taken_for_greys(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept.loc["CHNCXR_0001_0", "decoding"] == "P_to_grey"
    pixels = WorkingCopies([tmp_path]).pixels("nlm_tb/CHNCXR_0001_0.png")
    assert pixels.min() > 8
    assert pixels.max() == 255


def test_junk_is_not_counted(tmp_path: Path) -> None:
    junk: dict[str, bytes | str] = {
        "CXR_png__.ipynb_checkpoints__CHNCXR_0001_0-checkpoint.png": FILM,
        "CXR_png__Thumbs.db": b"x", "mask__.DS_Store": b"x", "CXR_png__._a.png": b"x",
        "NLM-ChinaCXRSet-ReadMe.docx": b"x", "montgomery_consensus_roi.csv": "a\n",
        "ClinicalReadings__readme.txt": "x", "Annotations__polygon__CHNCXR_0001_0.json": "{}",
    }  # fmt: skip
    (tmp_path / "x/__MACOSX").mkdir(parents=True)
    (tmp_path / "x/__MACOSX/a.png").write_bytes(FILM)
    given = a_set(tmp_path, **junk)
    assert len(given) == 1


def test_a_folder_that_nobody_knows_is_told(tmp_path: Path) -> None:
    given = a_set(tmp_path, new_ManualMask__leftMask__a=FILM)
    assert losses(given) == {"x/new_ManualMask": "layout_changed"}
    given = a_set(tmp_path / "y", ManualMask__left__CHNCXR_0001_0=LUNGS)
    assert losses(given) == {"x/ManualMask/left": "layout_changed"}


def test_a_second_reading_or_mask_of_a_film_is_told(tmp_path: Path) -> None:
    doubled: dict[str, bytes | str] = {
        "ClinicalReadings__CHNCXR_0001_0.TXT": "male 45yrs",
        "ClinicalReadings__chncxr_0001_0.txt": "female 3yrs",
        "mask__CHNCXR_0001_0_mask.jpg": b"x", "mask__CHNCXR_0001_0_mask.png": LUNGS,
    }  # fmt: skip
    given = a_set(tmp_path, **doubled)
    assert [(draft.age, len(draft.masks)) for draft in drafts(given)] == [("45yrs", 1)]
    assert losses(given) == {
        "x/ClinicalReadings/chncxr_0001_0.txt": "unlisted_image",
        "x/mask/CHNCXR_0001_0_mask.png": "unlisted_image",
    }


def test_readings_of_a_new_form_are_told_and_take_no_film_away(tmp_path: Path) -> None:
    given = a_set(tmp_path, **{"ClinicalReadings__CHNCXR_0001_0.txt": "Gender=M;Years=45"})
    assert len(drafts(given)) == 1
    assert losses(given) == {"x/ClinicalReadings": "layout_changed"}


def test_names_are_matched_in_any_case(tmp_path: Path) -> None:
    lower: dict[str, bytes | str] = {
        "ClinicalReadings__chncxr_0001_0.TXT": "male 45yrs",
        "mask__CHNCXR_0001_0_MASK.PNG": LUNGS,
    }
    given = a_set(tmp_path, **lower)
    (draft,) = drafts(given)
    assert (draft.age, len(draft.masks), losses(given)) == ("45yrs", 1, {})


def test_a_film_in_a_deeper_folder_or_of_another_name_is_told(tmp_path: Path) -> None:
    given = a_set(
        tmp_path, CXR_png__test__CHNCXR_0001_0=FILM,
        **{"CXR_png__test__CHNCXR_0002_0.png": FILM, "CXR_png__CHNCXR_0002_0_1.png": FILM},
    )  # fmt: skip
    assert len(drafts(given)) == 1
    assert list(losses(given).values()) == ["unlisted_image"] * 3


def test_a_set_that_is_missing_stops_the_source_with_its_name(tmp_path: Path) -> None:
    a_set(tmp_path)
    with pytest.raises(
        Rejected, match=r"MontgomerySet.*take it out of sources\.nlm_tb\.sets"
    ) as no:
        list(source(tmp_path, Path("x"), Path("MontgomerySet")).read(tmp_path))
    assert no.value.reason is Reason.LAYOUT_CHANGED
    (tmp_path / "empty/CXR_png").mkdir(parents=True)
    given = list(source(tmp_path, Path("x"), Path("empty")).read(tmp_path))
    assert losses(given) == {"empty": "layout_changed"}


@pytest.mark.parametrize("top", ["", "MontgomerySet/", "NLM/MontgomerySet/"])
def test_a_zip_gives_what_its_folder_gives(tmp_path: Path, top: str) -> None:
    kept, rejected = ingested(tmp_path)
    (tmp_path / "zips").mkdir()
    (tmp_path / "out").mkdir()
    for name in SETS:
        zipped(FIXTURE / name, tmp_path / "zips" / f"{name}.zip", top)
    # The table is not in the zip that upstream publishes.
    (tmp_path / "zips/ChinaSet_AllFiles").mkdir()
    table = "ChinaSet_AllFiles/shenzhen_metadata.csv"
    (tmp_path / "zips" / table).write_bytes((FIXTURE / table).read_bytes())
    before = set((tmp_path / "zips").iterdir())
    again, lost = ingested(tmp_path / "out", tmp_path / "zips")
    (kept, again) = (table.drop(columns="is_drawn") for table in (kept, again))
    pd.testing.assert_frame_equal(kept, again)
    assert set(rejected["record_id"]) == set(lost["record_id"])
    assert set((tmp_path / "zips").iterdir()) == before


def test_masks_in_a_folder_join_the_films_of_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("ChinaSet_AllFiles/CXR_png/CHNCXR_0001_0.png", FILM)
    (tmp_path / "x/mask").mkdir(parents=True)
    (tmp_path / "x/mask/CHNCXR_0001_0_mask.png").write_bytes(LUNGS)
    (draft,) = drafts(list(source(tmp_path, Path("x")).read(tmp_path)))
    assert draft.masks[0]() == LUNGS


def test_films_in_two_folders_of_a_zip_are_told_and_not_left_out(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a/CXR_png/CHNCXR_0001_0.png", FILM)
        archive.writestr("bb/CXR_png/CHNCXR_0002_0.png", FILM)
    given = list(source(tmp_path, Path("x")).read(tmp_path))
    assert (len(drafts(given)), losses(given)) == (
        1, {"x/bb/CXR_png/CHNCXR_0002_0.png": "layout_changed"},
    )  # fmt: skip


def test_every_picture_outside_the_known_folders_is_told(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {
        "CXR_png/CHNCXR_0001_0.png": FILM, "CHNCXR_0002_0.png": FILM, "more/1.png": FILM,
        "more/2.PNG": FILM, "notes/a.txt": "text", "Annotations/CHNCXR_0003_0.png": FILM,
    }  # fmt: skip
    given = a_set(tmp_path, **files)
    names = {name.partition("/")[2] for name in losses(given)}
    assert names == {"CHNCXR_0002_0.png", "more/1.png", "more/2.PNG", "notes"}


def test_a_film_whose_member_is_damaged_is_told_alone(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("CXR_png/CHNCXR_0001_0.png", FILM)
        archive.writestr("CXR_png/CHNCXR_0002_0.png", FILM)
    data = bytearray((tmp_path / "x.zip").read_bytes())
    data[data.index(FILM) + 40] ^= 1
    (tmp_path / "x.zip").write_bytes(data)
    (tmp_path / "out").mkdir()
    kept, rejected = ingested(tmp_path / "out", tmp_path, Path("x"))
    assert kept.index.tolist() == ["CHNCXR_0002_0"]
    assert rejected["reason"].tolist() == ["unreadable_image"]
    assert "fetch it again" in rejected["detail"].iloc[0]


def link(info: zipfile.ZipInfo) -> None:
    info.external_attr = 0o120777 << 16


def locked(info: zipfile.ZipInfo) -> None:
    info.flag_bits |= 1


@pytest.mark.parametrize("change", [link, locked])
def test_a_member_that_is_no_plain_file_is_refused(
    tmp_path: Path, change: Callable[[zipfile.ZipInfo], None]
) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("CXR_png/CHNCXR_0001_0.png", FILM)
        change(archive.infolist()[0])
    with pytest.raises(Rejected, match="no plain file") as verdict:
        contents(tmp_path / "x")["CXR_png/CHNCXR_0001_0.png"]()
    assert verdict.value.reason is Reason.UNREADABLE_IMAGE


def test_a_member_that_would_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curation.sources.nlm_tb.archive.MAX_FILE", 1000)
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("CXR_png/CHNCXR_0001_0.png", bytes(100_000))
    with pytest.raises(Rejected, match="larger than 1000 bytes"):
        contents(tmp_path / "x")["CXR_png/CHNCXR_0001_0.png"]()


def test_a_damaged_zip_costs_its_own_films_only(tmp_path: Path) -> None:
    a_set(tmp_path)
    (tmp_path / "MontgomerySet.zip").write_bytes(b"PK\3\4 cut short")
    given = list(source(tmp_path, Path("MontgomerySet"), Path("x")).read(tmp_path))
    assert len(drafts(given)) == 1
    assert losses(given) == {"MontgomerySet": "unreadable_image"}


def test_each_film_carries_licence_credit_view_and_address(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert set(kept["license"]) == {"LicenseRef-NLM-TB"}
    assert kept["attribution"].str.contains("Jaeger.*Candemir.*National Library").all()
    assert set(kept["view"]) == {"PA"}
    assert set(kept["modality"]) == {"X_RAY"}
    assert kept["source_url"].nunique() == 2


def test_fetch_brings_both_zips_and_no_folder_of_another_name(tmp_path: Path) -> None:
    names = [remote.name for remote in source(tmp_path).remotes(tmp_path)]
    assert names == ["MontgomerySet.zip", "ChinaSet_AllFiles.zip"]
    assert all(
        remote.url.startswith(f"https://{NlmTb.about.hosts[0]}/")
        for remote in source(tmp_path).remotes(tmp_path)
    )
    with pytest.raises(Misspelt, match=r"sources\.nlm_tb\.sets' names mine"):
        next(source(tmp_path, Path("mine")).remotes(tmp_path))


@pytest.mark.sample
@pytest.mark.skipif(
    not (SAMPLE / "montgomery").is_dir(), reason="the real films are not beside the project"
)
def test_the_real_sample_is_counted(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path, SAMPLE, Path("montgomery/MontgomerySet"), Path("shenzhen"))
    assert rejected["reason"].value_counts().to_dict() == {}
    sets = kept["facts"].map(lambda facts: json.loads(facts)["set"])
    assert (sets + " " + kept["finding"]).value_counts().to_dict() == {
        "Montgomery normal": 30, "Montgomery tuberculosis": 10,
        "Shenzhen normal": 47, "Shenzhen tuberculosis": 10,
    }  # fmt: skip
    assert kept["has_lung_mask"].fillna(value=False).groupby(sets).sum().to_dict() == {
        "Montgomery": 40, "Shenzhen": 54,
    }  # fmt: skip
    assert kept["age_years"].notna().groupby(sets).sum().to_dict() == {
        "Montgomery": 1, "Shenzhen": 57,
    }  # fmt: skip
    assert (kept["age_years"] < 5).sum() == 4
