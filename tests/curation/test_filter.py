import logging

import pytest
from project import ROOT
from records import record, records

from curation.licenses import Licenses
from curation.stages import filter as stage
from manifests.contract.record import Record
from manifests.contract.table import check_counts

LICENSES = Licenses.load(ROOT / "manifests/licenses.yaml")
KEEP = stage.Params(
    adult_from_years=18, unknown_age="keep", unknown_view="keep", overrule_from=0.8,
    pediatric_rule="use", pediatric_from=0.9, quality="reject", early="keep",
    contradicted_by_test="keep",
)  # fmt: skip
STRICT = KEEP.model_copy(
    update={"unknown_age": "reject", "unknown_view": "reject", "contradicted_by_test": "reject"}
)

NONE = records([])
"""No copy left."""


def reason(row: Record, params: stage.Params = KEEP) -> str:
    verdict = stage.main(records([row]), NONE, LICENSES, params)
    check_counts("filter", 1, len(verdict.kept), len(verdict.rejected))
    return "kept" if len(verdict.kept) else str(verdict.rejected["reason"].iloc[0])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "kept"),
        ({"view": "AP_SUPINE"}, "kept"),
        ({"view": "FRONTAL"}, "kept"),
        ({"view": "L"}, "not_frontal"),
        ({"modality": "CT"}, "not_radiograph"),
        ({"modality": "UNKNOWN"}, "not_radiograph"),
        ({"modality": "CT", "view": "L", "age_years": 3.0}, "not_radiograph"),
        ({"age_years": 17.9}, "pediatric"),
        ({"age_years": 18.0}, "kept"),
        ({"age_years": 0.03}, "pediatric"),
    ],
)
def test_frontal_radiographs_of_adults_stay(given: dict[str, object], expected: str) -> None:
    assert reason(record("a", **given)) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [({"age_years": None}, "pediatric"), ({"view": "UNKNOWN"}, "not_frontal")],
)
def test_what_is_unknown_is_a_policy(given: dict[str, object], expected: str) -> None:
    assert reason(record("a", **given)) == "kept"
    assert reason(record("a", **given), STRICT) == expected


def test_an_unknown_age_is_not_called_adult() -> None:
    kept = stage.main(
        records([record("a", age_years=None), record("b")]), NONE, LICENSES, KEEP
    ).kept
    assert kept["pediatric"].isna().tolist() == [True, False]
    assert kept["pediatric_evidence"].tolist() == ["age unknown", "age 50 years"]


def test_every_refusal_says_what_was_found() -> None:
    rejected = stage.main(records([record("a", age_years=5.0)]), NONE, LICENSES, KEEP).rejected
    assert rejected["detail"].iloc[0].startswith("patient: age 5 years")
    assert rejected["sha256"].iloc[0] == record("a").sha256


def judged(
    film: dict[str, object], copy: dict[str, object], params: stage.Params = KEEP
) -> tuple[str, str]:
    """Why a film with one copy leaves, or "kept", and the sentence or evidence."""
    row = record("a", copies=("sirm/b",), **film)
    verdict = stage.main(
        records([row]), records([record("b", source="sirm", **copy)]), LICENSES, params
    )
    if len(verdict.kept):
        return "kept", str(verdict.kept["pediatric_evidence"].iloc[0])
    return str(verdict.rejected["reason"].iloc[0]), str(verdict.rejected["detail"].iloc[0])


@pytest.mark.parametrize(
    ("film", "copy", "expected", "told"),
    [
        ({"age_years": None}, {"age_years": 5.0}, "pediatric", "age 5 years, by its copy sirm/b"),
        ({"age_years": 40.0}, {"age_years": 5.0}, "pediatric", "age 5 years, by its copy sirm/b"),
        ({"age_years": 5.0}, {"age_years": 40.0}, "pediatric", "age 5 years;"),
        ({"age_years": 40.0}, {"age_years": 39.0}, "kept", "age 40 years"),
        ({"age_years": None}, {"age_years": 39.0}, "kept", "age 39 years, by its copy sirm/b"),
        ({"age_years": None}, {"age_years": None}, "kept", "age unknown"),
        ({"view": "PA"}, {"view": "L"}, "not_frontal", "view: L, by its copy sirm/b"),
        ({"view": "UNKNOWN"}, {"view": "L"}, "not_frontal", "view: L, by its copy sirm/b"),
        ({"view": "PA"}, {"view": "UNKNOWN"}, "kept", "age 50 years"),
        ({}, {"modality": "CT"}, "not_radiograph", "modality: CT, by its copy sirm/b"),
        ({}, {"modality": "UNKNOWN"}, "kept", "age 50 years"),
        ({"modality": "UNKNOWN"}, {}, "kept", "age 50 years"),
    ],
)
def test_a_film_is_judged_by_the_strictest_word_on_its_copies(
    film: dict[str, object], copy: dict[str, object], expected: str, told: str
) -> None:
    found, words = judged(film, copy)
    assert found == expected
    assert told in words


def test_what_a_copy_knows_is_no_longer_unknown() -> None:
    silent: dict[str, object] = {"age_years": None, "view": "UNKNOWN"}
    assert judged(silent, {}, STRICT) == ("kept", "age 50 years, by its copy sirm/b")
    assert judged(silent, {"age_years": None}, STRICT)[0] == "pediatric"


def test_sources_that_contradict_each_other_are_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        judged({"age_years": 40.0}, {"age_years": 5.0})
        judged({"age_years": None}, {"age_years": 6.0})
    (entry,) = caplog.records
    assert "cohen/a: its age_years is 40.0, but 5.0 for its copy sirm/b" in entry.getMessage()


def test_a_copy_of_another_film_says_nothing() -> None:
    stranger = records([record("b", source="sirm", age_years=5.0)])
    assert len(stage.main(records([record("a", copies=())]), stranger, LICENSES, KEEP).kept) == 1


@pytest.mark.parametrize("forbidding", ["a", "b"])
def test_what_no_model_may_learn_from_leaves(forbidding: str) -> None:
    no_training = LICENSES.of("CC-BY-4.0").model_copy(update={"may_train": False})
    rules = LICENSES.model_copy(
        update={"licenses": {**LICENSES.licenses, "LicenseRef-No-Training": no_training}}
    )
    said = dict.fromkeys("ab", "CC-BY-4.0") | {forbidding: "LicenseRef-No-Training"}
    film = record("a", license=said["a"], copies=("sirm/b",))
    copy = record("b", source="sirm", license=said["b"])
    rejected = stage.main(records([film]), records([copy]), rules, KEEP).rejected
    assert rejected["reason"].tolist() == ["license"]
    assert "LicenseRef-No-Training" in rejected["detail"].iloc[0]


@pytest.mark.parametrize(
    ("given", "expected", "evidence"),
    [
        ({"age_years": None, "is_child": True}, "pediatric", "the source marks a child"),
        ({"age_years": 45.0, "is_child": True}, "pediatric", "the source marks a child"),
        ({"age_years": 9.0, "is_child": True}, "pediatric", "age 9 years"),
        ({"age_years": None, "is_child": False}, "kept", "age unknown"),
        ({"age_years": None}, "kept", "age unknown"),
    ],
)
def test_a_sources_own_mark_of_a_child_counts(
    given: dict[str, object], expected: str, evidence: str
) -> None:
    verdict = stage.main(records([record("a", **given)]), NONE, LICENSES, KEEP)
    assert ("kept" if len(verdict.kept) else str(verdict.rejected["reason"].iloc[0])) == expected
    told = verdict.kept["pediatric_evidence"] if len(verdict.kept) else verdict.rejected["detail"]
    assert evidence in str(told.iloc[0])


def test_a_disputed_label_takes_the_film_out_and_says_what_brings_it_back() -> None:
    verdict = stage.main(records([record("a", is_conflict=True)]), NONE, LICENSES, KEEP)
    (gone,) = verdict.rejected.to_dict("records")
    assert gone["reason"] == "label_conflict"
    assert "corrections.csv" in gone["detail"]


def test_a_decided_label_stays() -> None:
    assert reason(record("a", is_conflict=False, label_rule="more_specific")) == "kept"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"pcr_positive": False}, "label_conflict"),
        ({"pcr_positive": True}, "kept"),
        ({"finding": "normal", "pcr_positive": True}, "label_conflict"),
        ({"finding": "pneumonia", "pcr_positive": False}, "kept"),
        ({}, "kept"),
    ],
)
def test_a_test_that_contradicts_the_label_is_a_parameter(
    given: dict[str, object], expected: str
) -> None:
    film = record("a", view="PA", **given)
    assert expected == reason(film, STRICT)
    assert reason(film, KEEP) == "kept"


def test_the_test_of_a_copy_contradicts_too() -> None:
    kept, left = record("a", copies=("cohen/b",)), record("b", pcr_positive=False)
    verdict = stage.main(records([kept]), records([left]), LICENSES, STRICT)
    assert verdict.rejected["reason"].tolist() == ["label_conflict"]
    assert "by its copy cohen/b" in verdict.rejected["detail"].iloc[0]
