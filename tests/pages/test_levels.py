from typing import Any

from seen import shift

from curation.pages.levels import levels


def with_histograms(bins: list[float]) -> dict[str, Any]:
    facts = shift("sirm")
    for own in facts["recipes"].values():
        own["histograms"] = {"cohen": bins, "sirm": bins[::-1]}
    return facts


def test_each_recipe_has_a_line_for_each_source() -> None:
    drawn = levels(with_histograms([0.1, 0.4, 0.4, 0.1]))
    assert [own.recipe for own in drawn] == ["plain", "matched"]
    assert [line.name for line in drawn[0].drawing.lines] == ["cohen", "sirm"]


def test_a_black_border_does_not_flatten_the_rest() -> None:
    line = levels(with_histograms([0.9, 0.02, 0.04, 0.04]))[0].drawing.lines[0]
    assert line.values == "0 0.046,85 0.02,170 0.04,255 0.04"


def test_what_was_made_before_histograms_were_kept_draws_nothing() -> None:
    assert [] == levels(shift("sirm")) == levels(None)
