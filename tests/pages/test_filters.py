from typing import Any

import pandas as pd
from limits import LIMITS
from page_inputs import film
from records import records

from curation.pages import filters
from manifests.contract.record import Record
from manifests.contract.rejection import Rejection
from manifests.contract.table import frame


def known(*given: Record) -> dict[str, dict[str, Any]]:
    return {row.record_id: row.model_dump() for row in given}


def rejected(*names: str) -> pd.DataFrame:
    rows = [
        Rejection(record_id=f"cohen/{name}", source="cohen", stage="filter", reason="pediatric",
                  detail=f"patient: {name}; this data set holds frontal radiographs")
        for name in names
    ]  # fmt: skip
    return frame(rows, Rejection)


def test_the_films_nearest_to_a_threshold_are_shown_on_both_sides_with_what_decided() -> None:
    stayed = [film("old", age_years=80), film("young", age_years=18, view_evidence="view: PA")]
    left = [film("baby", age_years=1), film("teen", age_years=17.5)]
    lines = filters.lines(
        records(stayed), records([*stayed, *left]), rejected("baby", "teen"), LIMITS
    )
    age = filters.filters(lines, 1, known(*stayed, *left), {})[0]
    assert (age.films, age.left) == (4, 2)
    assert [(one.film.record_id, one.has_left, one.why) for one in age.below] == [
        ("cohen/teen", True, "patient: teen")
    ]
    assert [(one.film.record_id, one.has_left, one.why) for one in age.above] == [
        ("cohen/young", False, "view: PA; age")
    ]
    assert {"cohen/teen", "cohen/young"} == filters.wanted(lines[:1], 1)


def test_the_rule_for_children_is_asked_only_where_nobody_tells_an_age() -> None:
    nobody = {"age_years": None, "is_child": None}
    stayed = [film("told", pediatric_score=0.5), film("seen", pediatric_score=0.4, **nobody)]
    left = [film("child", pediatric_score=0.95, **nobody)]
    lines = filters.lines(records(stayed), records([*stayed, *left]), rejected("child"), LIMITS)
    assert list(lines[1].films["record_id"]) == ["cohen/seen", "cohen/child"]
    asked = filters.filters(lines, 3, known(*stayed, *left), {})[1]
    assert (
        [one.value for one in asked.below],
        [one.value for one in asked.above],
    ) == ([0.4], [0.95])
    assert asked.drawing is not None
    assert "1 films stayed, 1 left; the threshold is 0.9" in asked.drawing.told


def test_a_film_that_left_before_was_asked_nothing() -> None:
    stayed, gone = film("a"), film("b")
    before = rejected("b").assign(stage="dedup")
    lines = filters.lines(records([stayed]), records([stayed, gone]), before, LIMITS)
    assert list(lines[0].films["record_id"]) == ["cohen/a"]
    none = filters.lines(records([]), records([]), before.head(0), LIMITS)
    assert [one.films for one in filters.filters(none, 3, {}, {})] == [0, 0, 0]
