import pytest
from project import ROOT
from records import record, records

from curation.licenses import Licenses
from curation.stages import filter as stage

LICENSES = Licenses.load(ROOT / "manifests/licenses.yaml")
PARAMS = stage.Params(
    adult_from_years=18, unknown_age="keep", unknown_view="keep", overrule_from=0.85,
    pediatric_rule="use", pediatric_from=0.9, quality="reject", early="keep",
    contradicted_by_test="keep",
)  # fmt: skip


def verdict(given: dict[str, object], **params: object) -> tuple[str, str]:
    """The reason or "kept", and the sentence or the evidence of the view."""
    rows = records([record("a", **given)])
    found = stage.main(rows, records([]), LICENSES, PARAMS.model_copy(update=params))
    if len(found.kept):
        return "kept", str(found.kept["view_evidence"].iloc[0])
    detail = str(found.rejected["detail"].iloc[0]).split(";")[0]
    return str(found.rejected["reason"].iloc[0]), detail


def seen(view: str, score: float) -> dict[str, object]:
    return {"seen_view": view, "view_score": score}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"view": "PA", **seen("L", 0.97)},
         ("not_frontal",
          "view: PA by the source, lateral by its pixels (0.97), and the pixels count")),
        ({"view": "L", **seen("FRONTAL", 0.99)},
         ("kept", "view: L by the source, frontal by its pixels (0.99), and the pixels count")),
        ({"view": "PA", **seen("L", 0.84)}, ("kept", "view: PA")),
        ({"view": "L", **seen("FRONTAL", 0.7)}, ("not_frontal", "view: L")),
        ({"view": "UNKNOWN", **seen("L", 0.9)},
         ("not_frontal", "view: not told, lateral by its pixels (0.90)")),
        ({"view": "UNKNOWN", **seen("FRONTAL", 0.9)},
         ("kept", "view: not told, frontal by its pixels (0.90)")),
        ({"view": "PA", **seen("OTHER", 0.95)},
         ("not_radiograph", "modality: X_RAY by the source, no chest film by its pixels (0.95)")),
        ({"modality": "CT", **seen("FRONTAL", 1.0)}, ("not_radiograph", "modality: CT")),
        ({"view": "PA", **seen("UNKNOWN", 0.99)}, ("kept", "view: PA")),
        ({"view": "PA"}, ("kept", "view: PA")),
    ],
)  # fmt: skip
def test_pixels_count_only_where_they_are_sure(
    given: dict[str, object], expected: tuple[str, str]
) -> None:
    assert verdict(given) == expected


def test_a_film_that_nobody_tells_is_a_policy_and_sure_pixels_tell() -> None:
    assert verdict({"view": "UNKNOWN"}, unknown_view="reject")[0] == "not_frontal"
    sure = {"view": "UNKNOWN", **seen("FRONTAL", 0.9)}
    assert verdict(sure, unknown_view="reject")[0] == "kept"


@pytest.mark.parametrize(
    ("given", "rule", "expected"),
    [
        ({"age_years": None, "pediatric_score": 0.95}, "use", "pediatric"),
        ({"age_years": None, "pediatric_score": 0.95}, "ignore", "kept"),
        ({"age_years": None, "pediatric_score": 0.89}, "use", "kept"),
        ({"age_years": 40.0, "pediatric_score": 0.99}, "use", "kept"),
        ({"age_years": None, "is_child": False, "pediatric_score": 0.99}, "use", "kept"),
    ],
)
def test_lungs_make_a_child_only_where_nothing_else_is_known(
    given: dict[str, object], rule: str, expected: str
) -> None:
    assert verdict(given, pediatric_rule=rule)[0] == expected


def test_a_low_score_does_not_prove_an_adult() -> None:
    rows = records([record("a", age_years=None, pediatric_score=0.01)])
    kept = stage.main(rows, records([]), LICENSES, PARAMS).kept
    assert kept["pediatric"].isna().all()


@pytest.mark.parametrize("word", ["blank", "tiny", "inverted"])
def test_a_picture_that_cannot_be_learnt_from_is_a_switch(word: str) -> None:
    assert verdict({"quality": word}) == ("quality", f"quality: {word}")
    assert verdict({"quality": word}, quality="keep")[0] == "kept"


@pytest.mark.parametrize("word", ["photo", "saturated", "good"])
def test_a_poor_picture_stays(word: str) -> None:
    assert verdict({"quality": word})[0] == "kept"


@pytest.mark.parametrize("given", [{"abnormal": False}, {"severity": "none"}])
def test_early_films_of_the_ill_are_a_switch(given: dict[str, object]) -> None:
    assert verdict(given)[0] == "kept"
    assert verdict(given, early="reject")[0] == "early_stage"
    healthy = {**given, "finding": "normal"}
    assert verdict(healthy, early="reject")[0] == "kept"
