import pytest
from records import record, records

from curation.stages import filter as stage
from manifests.contract.record import Record
from manifests.contract.table import check_counts

KEEP = stage.Params(adult_from_years=18, unknown_age="keep", unknown_view="keep")
STRICT = stage.Params(adult_from_years=18, unknown_age="reject", unknown_view="reject")


def reason(row: Record, params: stage.Params = KEEP) -> str:
    verdict = stage.main(records([row]), params)
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
    kept = stage.main(records([record("a", age_years=None), record("b")]), KEEP).kept
    assert kept["pediatric"].isna().tolist() == [True, False]
    assert kept["pediatric_evidence"].tolist() == ["age unknown", "age 50 years"]


def test_every_refusal_says_what_was_found() -> None:
    rejected = stage.main(records([record("a", age_years=5.0)]), KEEP).rejected
    assert rejected["detail"].iloc[0].startswith("patient: age 5 years")
    assert rejected["sha256"].iloc[0] == record("a").sha256
