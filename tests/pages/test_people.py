from page_inputs import film
from records import records

from curation.pages.people import people


def test_ages_of_those_that_stayed_and_left_are_counted_apart() -> None:
    kept = records([film("a", age_years=30), film("b", age_years=101), film("c", age_years=None)])
    found = people(kept, records([film("d", age_years=3)]), 18)
    assert (found.known, found.unknown) == (2, 1)
    assert found.ages is not None
    assert [bar.words for bar in found.ages.bars] == [
        "0 to 5: 1 left",
        "30 to 35: 1 stayed",
        "95 to 100: 1 stayed",
    ]
    assert "2 of known age stayed, median 65 years, 1 left" in found.ages.told


def test_a_row_with_one_age_has_no_span_and_sexes_may_be_untold() -> None:
    kept = records([
        film("a", sex="F"), film("b", sex=None, age_years=40), film("c", source="sirm", sex="M"),
    ])  # fmt: skip
    found = people(kept, kept.head(0), 18)
    assert found.by_source is not None
    assert [name.words for name in found.by_source.names] == ["cohen, 2 films"]
    assert [dot.words.split(": ")[1] for dot in found.by_source.dots] == ["45 (41 to 49)"]
    assert [list(row) for row in found.sexes.cells] == [[1, 0], [0, 1], [0, 0], [1, 0]]
    assert list(found.views.columns) == ["cohen", "sirm"]


def test_nobody_has_no_age() -> None:
    nobody = records([])
    found = people(nobody, nobody, 18)
    assert (found.ages, found.by_source, found.known) == (None, None, 0)
