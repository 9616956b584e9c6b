import json
from pathlib import Path

import pandas as pd
import pytest

from curation.sources.base import Draft, Lost
from curation.sources.hannover import Hannover
from curation.sources.hannover.offset import RULES, OffsetRule, days_since, finding
from curation.stages import ingest
from manifests.contract.params import Misspelt
from manifests.contract.rejection import Rejected
from manifests.contract.vocabulary import Reason

ROOT = Path(__file__).parents[2]
FIXTURE = Path(__file__).parent / "fixtures/hannover"
SAMPLE = ROOT.parent / "shared/data/hannover"
PARAMS = ingest.Params(max_side=1024, max_megapixels=40)


def source(files: Path, rule: OffsetRule = "covid_cxnet", commit: str = "drawn") -> Hannover:
    return Hannover(files=files, commit=commit, offset_rule=rule)


def ingested(
    folder: Path, files: Path = FIXTURE, rule: OffsetRule = "covid_cxnet"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    kept, rejected = ingest.main(
        "hannover", source(files, rule), folder, ROOT / "manifests/terms.yaml", PARAMS
    )
    return kept.set_index("source_ref"), rejected


def read(files: Path) -> dict[str, Draft | Lost]:
    return {draft.source_ref: draft for draft in source(files).read(files)}


def one_film(folder: Path, **cells: str) -> Path:
    """A clone of one film, whose row says `cells`."""
    usual = {
        "patient_id": "p", "image_id": "i", "sex": "m", "age": "", "admission_offset": "0",
        "modality": "CR", "projection": "ap",
    }  # fmt: skip
    row = {**usual, **cells}
    (folder / "data.csv").write_text(f"{','.join(row)}\n{','.join(row.values())}\n")
    (folder / "png").mkdir()
    (folder / "png/i.png").write_bytes((FIXTURE / "png/f0000001.png").read_bytes())
    return folder


def test_a_positive_offset_is_a_film_before_the_admission(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept["offset_days"].dropna().to_dict() == {
        "f0000001": 0, "f0000002": 4, "f0000003": -23, "f0000004": 61, "f0000005": -10,
        "f0000006": -4, "f0000008": -14, "F000000A": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("covid_cxnet", "ill ill ill ill ill ill clear"),
        ("cohen", "ill ill ill ill unsaid unsaid clear"),
        ("cohen_may_2020", "ill ill clear clear clear clear clear"),
        ("cautious", "ill ill unsaid unsaid unsaid unsaid clear"),
        ("none", "ill ill ill ill ill ill ill"),
    ],
)
def test_the_rule_is_told_at_each_of_its_edges(rule: OffsetRule, said: str) -> None:
    words = {"COVID-19": "ill", "No Finding": "clear", "Unknown": "unsaid"}
    offsets = ("-61", "0", "1.0", "7", "8", "14", "15.0")
    assert " ".join(words[finding(offset, rule)] for offset in offsets) == said


def test_two_projects_label_the_same_film_differently(tmp_path: Path) -> None:
    found = {}
    for rule in RULES:
        (tmp_path / rule).mkdir()
        kept, _ = ingested(tmp_path / rule, rule=rule)
        found[rule] = kept.loc[["f0000003", "f0000005", "f0000006"], "finding"].tolist()
    assert found == {
        "covid_cxnet": ["normal", "covid19", "covid19"],
        "cohen": ["normal", "unknown", "covid19"],
        "cohen_may_2020": ["normal", "normal", "normal"],
        "cautious": ["normal", "unknown", "unknown"],
        "none": ["covid19", "covid19", "covid19"],
    }


def test_a_rule_needs_an_offset_and_none_needs_none(tmp_path: Path) -> None:
    for rule, expected in (
        ("covid_cxnet", "unknown"),
        ("cautious", "unknown"),
        ("none", "covid19"),
    ):
        folder = tmp_path / rule
        folder.mkdir()
        kept, _ = ingested(folder, rule=rule)  # type: ignore[arg-type]  # the names of two rules
        assert kept.loc["f0000007", "finding"] == expected
        assert kept["offset_days"].isna().to_dict()["f0000007"]


@pytest.mark.parametrize("offset", ["3.5", "inf", "soon", "--4"])
def test_an_offset_that_is_no_number_of_days_is_refused(offset: str, tmp_path: Path) -> None:
    _, rejected = ingested(tmp_path, one_film(tmp_path, admission_offset=offset))
    assert rejected["reason"].tolist() == ["invalid_field"]
    assert f"offset_days is '{offset}'" in rejected["detail"].iloc[0]


def test_days_keep_their_number_when_the_sign_turns() -> None:
    assert {offset: days_since(offset) for offset in ("0", "-0.0", "-4", "+4", "23.0", "")} == {
        "0": "0", "-0.0": "0", "-4": "4", "+4": "-4", "23.0": "-23", "": "",
    }  # fmt: skip


def test_a_redacted_age_is_unknown_and_makes_nobody_an_adult_or_a_child(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept["age_years"].isna().all()
    assert kept["is_child"].isna().all()


def test_a_virus_test_is_not_in_the_table_and_is_not_made_up(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept["pcr_positive"].isna().all()


def test_offsets_and_laboratory_values_stay_words_and_blanks_are_left_out(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    facts = {film: json.loads(said) for film, said in kept["facts"].to_dict().items()}
    assert facts["f0000001"] == {
        "admission_offset": "0", "modality": "CR", "crp_offset": "0.0", "crp_val": "-inf",
        "d-dimer_offset": "1.0", "d-dimer_val": "inf",
    }  # fmt: skip
    assert facts["f0000002"] == {
        "admission_offset": "-4", "modality": "CR", "icu_admission_offset": "-4.0",
        "icu_release_offset": "6.0", "death_offset": "14.0",
    }  # fmt: skip


def test_both_words_for_a_woman_and_both_detectors_are_understood(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept.loc[["f0000001", "f0000003", "f0000005"], "sex"].tolist() == ["F", "M", "F"]
    assert set(kept["modality"]) == {"X_RAY"}
    assert {json.loads(facts)["modality"] for facts in kept["facts"]} == {"CR", "DX"}
    assert set(kept["view"]) == {"AP", "PA"}


def test_a_withdrawn_film_has_no_row_and_a_row_may_lack_its_file(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path)
    assert dict(zip(rejected["record_id"], rejected["reason"], strict=True)) == {
        "hannover/f0000009": "missing_image",
        "hannover/f000000b.png": "unlisted_image",
    }
    assert len(kept) == 9


def test_a_file_is_found_in_any_case_and_read_by_its_content(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert kept.loc["F000000A", "format"] == "JPEG"


def test_each_film_carries_the_licence_the_credit_and_its_address(tmp_path: Path) -> None:
    kept, _ = ingested(tmp_path)
    assert set(kept["license"]) == {"CC-BY-3.0"}
    assert kept["attribution"].str.contains("10.6084/m9.figshare.12275009", regex=False).all()
    assert str(kept.loc["f0000001", "source_url"]).endswith("/drawn/png/f0000001.png")


def test_a_word_that_is_not_known_is_not_guessed(tmp_path: Path) -> None:
    _, rejected = ingested(tmp_path, one_film(tmp_path, projection="oblique"))
    assert rejected["reason"].tolist() == ["unknown_term"]


def test_without_its_columns_or_its_folder_the_layout_has_changed(tmp_path: Path) -> None:
    one_film(tmp_path)
    (tmp_path / "data.csv").write_text("patient_id,image_id,sex\n")
    with pytest.raises(Rejected, match=r"data.csv: no column .*'admission_offset'") as verdict:
        read(tmp_path)
    assert verdict.value.reason is Reason.LAYOUT_CHANGED
    (tmp_path / "png").rename(tmp_path / "films")
    with pytest.raises(Rejected, match="png: is no folder"):
        read(tmp_path)


def test_fetch_brings_the_list_then_the_table_and_the_films(tmp_path: Path) -> None:
    commit = "0123456789" * 4
    remotes = source(tmp_path, commit=commit).remotes(tmp_path)
    paths = ("data.csv", "nii/readme.md", "png/a.png")
    tree = [{"path": path, "type": "blob"} for path in paths]
    (tmp_path / next(remotes).name).write_text(json.dumps({"tree": tree}))
    assert [remote.name for remote in remotes] == ["data.csv", "png/a.png"]
    with pytest.raises(Misspelt, match=r"sources\.hannover\.commit"):
        next(source(tmp_path, commit="master").remotes(tmp_path))


@pytest.mark.sample
@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the real films are not beside the project")
def test_the_real_sample_is_counted(tmp_path: Path) -> None:
    kept, rejected = ingested(tmp_path, SAMPLE)
    assert rejected["reason"].value_counts().to_dict() == {}
    assert len(kept) == 45
    assert kept["patient_id"].nunique() == 20
    assert kept["finding"].value_counts().to_dict() == {"covid19": 44, "normal": 1}
    assert kept["view"].value_counts().to_dict() == {"AP": 28, "PA": 17}
    assert kept["age_years"].isna().all()
    assert (kept["offset_days"].min(), kept["offset_days"].max()) == (-22, 17)
