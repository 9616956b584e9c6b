from collections.abc import Mapping
from itertools import permutations

import pytest

from curation.labels.rules import BEFORE_COVID19, GENERAL, RULES, decide, statement
from manifests.contract.vocabulary import Finding, LabelRule

Words = Mapping[str, object]
SAID: Words = {"source": "cohen", "abnormal": None, "corrected": None}
CONFLICT = "conflict"
C: Words = {"finding": "covid19"}
CLEAR: Words = {**C, "abnormal": False}


def says(name: str, given: Words) -> Words:
    return {"record_id": f"cohen/{name}", "findings": [given["finding"]], **SAID, **given}


def decided(*sides: Words) -> tuple[str | None, set[str]]:
    """The rule, and the letters of the films that count, whatever order they come in."""
    rows = [says(letter, side) for letter, side in zip("abcd", sides, strict=False)]
    (found,) = {decide([statement(row) for row in mixed]) for mixed in permutations(rows)}
    return found.rule, {film.removeprefix("cohen/") for film in found.counting}


@pytest.mark.parametrize(
    ("sides", "rule", "counting"),
    [
        ([C, C], None, "ab"),
        ([C, {"finding": "unknown"}], "known_over_unknown", "a"),
        ([C, {"finding": "unknown", "abnormal": False}], "known_over_unknown", "a"),
        ([C, {"finding": "viral_pneumonia"}], "more_specific", "a"),
        ([C, {"finding": "pneumonia"}], "more_specific", "a"),
        ([{"finding": "viral_pneumonia"}, {"finding": "pneumonia"}], "more_specific", "a"),
        ([{"finding": "bacterial_pneumonia"}, {"finding": "pneumonia"}], "more_specific", "a"),
        ([C, C, {"finding": "pneumonia"}, {"finding": "unknown"}], "more_specific", "ab"),
        ([{"finding": "pneumonia", "findings": ["pneumonia", "effusion"]},
          {"finding": "effusion"}], "names_more", "a"),
        ([C, {"finding": "bacterial_pneumonia"}], CONFLICT, "ab"),
        ([C, {"finding": "sars"}], CONFLICT, "ab"),
        ([C, {"finding": "normal"}], CONFLICT, "ab"),
        ([C, {"finding": "pneumonia"}, {"finding": "normal"}], CONFLICT, "abc"),
        ([{"finding": "pneumonia"}, {"finding": "consolidation"}], CONFLICT, "ab"),
    ],
)  # fmt: skip
def test_each_rule_decides_what_it_should(
    sides: list[Words], rule: str | None, counting: str
) -> None:
    assert decided(*sides) == (rule, set(counting))


@pytest.mark.parametrize(
    "ill", [{"abnormal": True}, {"severity": "severe"}, {"uncertain": ["covid19"]}]
)
def test_disease_without_a_name_beside_a_clear_film_is_a_conflict(ill: Words) -> None:
    unnamed, normal = {"finding": "unknown", **ill}, {"finding": "normal", "abnormal": False}
    assert decided(unnamed, normal) == (CONFLICT, {"a", "b"})
    assert decided(unnamed, normal, {"finding": "unknown"})[0] == CONFLICT
    assert decided(unnamed, C) == ("known_over_unknown", {"b"})
    assert decided({"finding": "unknown", "severity": "none"}, normal)[0] == "known_over_unknown"


def test_one_picture_that_shows_disease_and_nothing_is_a_conflict() -> None:
    assert decided(C, CLEAR) == (CONFLICT, {"a", "b"})
    assert decided({"finding": "pneumonia"}, CLEAR) == (CONFLICT, {"a", "b"})


@pytest.mark.parametrize("column", ["findings", "abnormal"])
def test_a_persons_correction_wins_over_everything(column: str) -> None:
    assert decided({"finding": "normal", "corrected": [column]}, C) == (
        "corrected_by_a_person",
        {"a"},
    )


def test_a_correction_of_something_else_decides_no_label() -> None:
    assert decided({"finding": "normal", "corrected": ["age_years"]}, C)[0] == CONFLICT


def test_two_persons_who_disagree_have_not_decided() -> None:
    sides: list[Words] = [
        {"finding": "normal", "corrected": ["findings"]},
        {**C, "corrected": ["findings"]},
    ]
    assert decided(*sides)[0] == CONFLICT


@pytest.mark.parametrize("source", sorted(BEFORE_COVID19))
def test_no_film_older_than_the_disease_becomes_covid19(source: str) -> None:
    older: Words = {"finding": "viral_pneumonia", "source": source}
    assert decided(C, older)[0] == CONFLICT
    assert decided(C, {**older, "corrected": ["findings"]}) == ("corrected_by_a_person", {"b"})


def test_every_rule_has_a_word_and_the_kinds_lead_up_to_pneumonia() -> None:
    assert [*(rule for rule, _ in RULES), LabelRule.CONFLICT] == list(LabelRule)
    assert set(GENERAL.values()) == {Finding.VIRAL_PNEUMONIA, Finding.PNEUMONIA}
